/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which cells a run has, how many samples of each, and in which order these are taken. */
#ifndef IOMMUBENCH_PLAN_H
#define IOMMUBENCH_PLAN_H

#include "plan/cell.h"
#include "plan/pass.h"
#include "plan/request.h"

/* A combination that was asked for but cannot be: left out, and said so. */
struct omission {
	char cell[CELL_NAME_MAX];
	const char *reason;
	bool wrong; /* other options would help, rather than another host */
};

/* The request's, or two a platform. */
#define PLAN_FLUSHES_MAX (OPTIONS_LIST_MAX + 2 * PLATFORMS_MAX)

struct plan {
	struct cell *cells;
	unsigned int cell_count;
	struct omission *omissions;
	unsigned int omission_count;
	/* Each once. */
	struct flush_model flushes[PLAN_FLUSHES_MAX];
	unsigned int flush_count;
};

/* Does a plan have this cell as one of a platform on which it did not run? */
bool plan_is_hypothetical(const struct cell *c);

/*
 * Multiplies the lists of @o for a host with @host_cpus CPUs. 0, or -EINVAL with *e set if
 * something explicitly asked for cannot be had here, an audit's CPU numbers excepted, or the filter
 * matches nothing. The caller calls plan_free() in either case.
 */
int plan_make(const struct plan_request *o, unsigned int host_cpus, struct plan *p,
	      struct error *e);
void plan_free(struct plan *p);

enum plan_print {
	PLAN_PRINT_NAMES, /* of the cells */
	PLAN_PRINT_ALL,   /* and what was left out, with the reason */
};

void plan_print(const struct plan *p, enum plan_print what);

/*
 * Says why a plan has no cells but omissions: "nothing to VERB: ...". Returns the exit code: what can never be
 * had is wrong usage, what this host cannot do is not.
 */
int plan_empty(const struct plan *p, const char *verb);

/* One sample to take: a cell, which of its repetitions, by which pass. */
struct plan_sample {
	unsigned int cell;
	unsigned int repetition;
	enum pass pass;
};

/* How often @o has a cell measured by @pass; 0: that pass is not asked for. */
unsigned int plan_repetitions(const struct plan_request *o, enum pass pass);

/* How many samples all passes asked for take. */
size_t plan_samples(const struct plan *p, const struct plan_request *o);

/*
 * All samples of the passes asked for: each repetition is a block with its samples in an order of
 * its own, drawn from the seed, so that what drifts hits all cells alike. *count gets their
 * number. Free it; NULL if memory is short.
 */
struct plan_sample *plan_order(const struct plan *p, const struct plan_request *o, size_t *count);

#endif
