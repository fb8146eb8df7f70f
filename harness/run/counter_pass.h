/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pass `counters` of a run: which samples it takes, and how one is taken. */
#ifndef IOMMUBENCH_COUNTER_PASS_H
#define IOMMUBENCH_COUNTER_PASS_H

#include "counters/counter_plan.h"
#include "plan/plan.h"
#include "plan/request.h"
#include "run/spawn.h"

/*
 * Finds out what @o's counters are on this host (counter_plan_make(), on the first CPU of @t) and
 * into how many groups they fall, which is set in @o. 0, or -EINVAL with *e set.
 */
int counter_pass_plan(struct plan_request *o, const struct topology *t, struct counter_plan *p,
		      struct error *e);

/* As spawn_sample(), with the group of counters whose turn it is in @repetition. */
enum spawn_end counter_pass_sample(struct counter_plan *p, const struct cell *cell,
				   const struct plan_request *o, const struct topology *t,
				   unsigned int repetition, uint64_t seed,
				   struct spawn_calibration calibration, json_t **sample,
				   struct error *e);

/* From now on nothing is counted; the results give @reason. */
void counter_pass_give_up(struct counter_plan *p, const char *reason);

/* Does @suite, of a document that is resumed, have the same groups of counters? */
bool counter_pass_same(const struct counter_plan *p, const json_t *suite);

#endif
