/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked of the simulator besides its cells and its machine. */
#ifndef IOMMUBENCH_SIM_REQUEST_H
#define IOMMUBENCH_SIM_REQUEST_H

#include <stdbool.h>

struct sim_request {
	unsigned int
		rounds;    /* of the map, in pairs: how long an interval lasts without --seconds */
	unsigned int jobs; /* cells simulated at once; 0: as many as there are CPUs */
	bool polling;      /* simulate each poll of a waiting CPU */
	bool audit;        /* watch for stale reuse */
	unsigned int explore; /* so many schedules of each cell; 0: simulate the cells */
};

#endif
