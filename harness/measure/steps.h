/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A fixed number of a workload's steps on one CPU, without clock, thread or delay, so that the same
 * instructions are executed each time. A flush costs the call; think time is left out.
 */
#ifndef IOMMUBENCH_STEPS_H
#define IOMMUBENCH_STEPS_H

#include "counters/callgrind.h" /* STEPS_COUNTED */
#include "measure/interval.h"

/*
 * Runs the one CPU of @config so: twice around the map to warm up, then four times. 0 with the
 * counts of *result filled, and the time it took; -EINVAL with *e set.
 */
int steps_run(const struct interval_config *config, struct interval_result *result,
	      struct error *e);

#endif
