/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A simulated CPU's measured interval, in virtual time, and what those of all CPUs add up to. */
#ifndef IOMMUBENCH_SIM_SPAN_H
#define IOMMUBENCH_SIM_SPAN_H

#include "sim/simulate.h"

/* What a CPU had done when its interval began, or ended. */
struct sim_edge {
	struct tally counts;
	struct sim_counts sim;
	uint64_t clock;
	uint64_t flushes, flush_time; /* by this CPU: how many, and the ps it waited for them */
};

struct sim_span {
	struct sim_edge begin, end;
};

/*
 * Fills *r by the spans of the CPUs of @c, but for what is recorded of locks and audited; the caller frees
 * r->run.cpu. 0, or -EINVAL with *e set if no pair was done.
 */
int sim_spans_add_up(const struct sim_config *c, const struct sim_span *spans, struct sim_result *r,
		     struct error *e);

#endif
