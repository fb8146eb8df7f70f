/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Exact counts without any PMU: a fixed number of steps under valgrind's callgrind, which counts
 * instructions and simulates two levels of cache of a fixed shape.
 */
#ifndef IOMMUBENCH_CALLGRIND_H
#define IOMMUBENCH_CALLGRIND_H

#include <jansson.h>

#include "base/error.h"
#include "counters/counter_plan.h"
#include "counters/wrapper.h"

/* The function that does the steps which count, for tools that count by function. */
#define STEPS_COUNTED "steps_counted"

/* Puts what callgrind counts into @p, absent with a reason where valgrind is missing. */
void callgrind_plan(struct counter_plan *p);

/*
 * How to run a sample under it: fills *w; what it counts goes to a file that callgrind_collect()
 * reads and removes. 0, or -EINVAL with *e set.
 */
int callgrind_begin(const struct counter_plan *p, struct spawn_wrapper *w, struct error *e);

/* Adds the counts per op to @sample (NULL: it failed, only clean up). 0, or -EINVAL with *e. */
int callgrind_collect(struct spawn_wrapper *w, json_t *sample, struct error *e);

/*
 * Finds the counts in callgrind's file: its "events:" line names them, its "totals:" line has them.
 * 0 with all four, or -EINVAL with *e set.
 */
struct callgrind_counts {
	double instructions, l1d_misses, llc_misses;
};
int callgrind_parse(const char *text, struct callgrind_counts *counts, struct error *e);

#endif
