/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `sim --explore N`: many schedules of each cell, looking for one that shows a violation. */
#ifndef IOMMUBENCH_SIM_EXPLORATION_H
#define IOMMUBENCH_SIM_EXPLORATION_H

#include <stdbool.h>

#include "plan/plan.h"
#include "plan/request.h"
#include "sim/machine.h"

/* What is asked of the simulator besides its cells and its machine. */
struct sim_request {
	unsigned int
		rounds;    /* of the map, in pairs: how long an interval lasts without --seconds */
	unsigned int jobs; /* cells simulated at once; 0: as many as there are CPUs */
	bool polling;      /* simulate each poll of a waiting CPU */
	bool audit;        /* watch for stale reuse */
	unsigned int explore; /* so many schedules of each cell; 0: simulate the cells */
};

/*
 * Runs sim->explore schedules of each cell, seeds o->seed, o->seed + 1 ..., with the checked allocators under
 * audit, and prints what was found, each with the seed that shows it again. EXIT_CHECK if an allocator that should be
 * safe was not, or any failed; else EXIT_DONE.
 */
int exploration_run(const struct plan_request *o, const struct sim_request *sim,
		    const struct plan *plan, const struct machine *m);

#endif
