/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cells a run has, and in which order their samples are taken. */
#ifndef IOMMUBENCH_PLAN_H
#define IOMMUBENCH_PLAN_H

#include "cell.h"
#include "options.h"

/* A combination that was asked for but cannot be: left out, and said so. */
struct omission {
	char cell[CELL_NAME_MAX];
	const char *reason;
};

struct plan {
	struct cell *cells;
	unsigned int cell_count;
	struct omission *omissions;
	unsigned int omission_count;
};

/*
 * Multiplies the lists of @o for a host with @host_cpus CPUs. 0, or -EINVAL with *e set if
 * something explicitly asked for cannot be had here. The caller calls plan_free() in either case.
 */
int plan_make(const struct options *o, unsigned int host_cpus, struct plan *p, struct error *e);
void plan_free(struct plan *p);

/* One sample to take: a cell, and which of its repetitions. */
struct plan_sample {
	unsigned int cell;
	unsigned int repetition;
};

/*
 * All cells x repetitions: each repetition is a block with the cells in an order of its own,
 * drawn from @seed, so that what drifts hits all cells alike. Free it; NULL if memory is short.
 */
struct plan_sample *plan_order(const struct plan *p, unsigned int repetitions, uint64_t seed);

#endif
