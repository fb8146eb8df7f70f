/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `sim --explore N`: many schedules of each cell, looking for one that shows a violation. */
#ifndef IOMMUBENCH_SIM_EXPLORATION_H
#define IOMMUBENCH_SIM_EXPLORATION_H

#include "plan/plan.h"
#include "plan/request.h"
#include "sim/machine.h"
#include "sim/simulate.h"

/*
 * Runs sim->explore schedules of each cell, seeds o->seed, o->seed + 1 ..., with the checked allocators under
 * audit, and prints what was found, each with the seed that shows it again. EXIT_CHECK if there
 * was stale reuse in an allocator that is not known for it, or any failed; else EXIT_DONE.
 */
int exploration_run(const struct plan_request *o, const struct sim_request *sim,
		    const struct plan *plan, const struct machine *m);

#endif
