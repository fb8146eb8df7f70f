/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is calibrated once a run and told to every sample: the clock, flushes and think times. */
#ifndef IOMMUBENCH_RUN_COSTS_H
#define IOMMUBENCH_RUN_COSTS_H

#include "clock.h"
#include "flush.h"
#include "host/delay.h"
#include "host/topology.h"
#include "output/results.h"
#include "plan/plan.h"
#include "plan/request.h"
#include "run/spawn.h"

struct run_costs {
	struct clock_calibration clock;
	const struct plan *plan;
	struct flush_cost flush[PLAN_FLUSHES_MAX]; /* as plan->flushes */
	struct flush_cost think[OPTIONS_LIST_MAX]; /* as o->think */
};

/*
 * Calibrates what the cells of @plan need, which must outlive *costs, on the first CPU of @t. @suite: of the results file that is resumed, whose clock rate
 * is kept; NULL: a new run. 0, or -EINVAL with *e set if this process cannot be pinned there.
 */
int run_costs_calibrate(struct run_costs *costs, const struct plan_request *o,
			const struct plan *plan, struct topology *t, const json_t *suite,
			struct error *e);

/* Adds to the context which costs were requested and which were achieved. */
void run_costs_record(const struct run_costs *costs, const struct plan_request *o, json_t *suite);

/* What a sample of @c is told. */
struct spawn_calibration run_costs_of_cell(const struct run_costs *costs,
					   const struct plan_request *o, const struct cell *c);

#endif
