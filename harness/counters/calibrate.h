/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A counter is believed after work that is known to raise it did raise it, by about as much as
 * known. Each kind of counter has such work; it is done twice, the second time twice as much, and
 * the difference is what counts.
 */
#ifndef IOMMUBENCH_CALIBRATE_H
#define IOMMUBENCH_CALIBRATE_H

#include <stdbool.h>
#include <stddef.h>

#include "counters.h"
#include "host/topology.h"

/* Memory and threads for the work, made once; NULL if memory is short. */
struct bench;
struct bench *bench_open(const struct topology *t);
void bench_close(struct bench *b);

enum calibration_kind {
	CALIBRATE_INSTRUCTIONS,
	CALIBRATE_CYCLES,
	CALIBRATE_BRANCHES,
	CALIBRATE_MEMORY,
	CALIBRATE_STALLS,
	CALIBRATE_REMOTE,
	CALIBRATE_KERNEL,
	CALIBRATE_SWITCHES,
	CALIBRATE_MIGRATIONS,
	CALIBRATE_FAULTS,
	CALIBRATE_TASK_CLOCK,
	CALIBRATE_ANY, /* an event of which nothing is known: any of the above must raise it */
};

struct calibration {
	bool good;
	const char *work;         /* what was done: "count down", ... */
	double counted, expected; /* the differences */
	const char *how;          /* "rdpmc", "read" */
	double edge_ns;   /* what beginning and ending an interval costs, the mean of both */
	char reason[200]; /* if not good */
};

/* What two doses of work counted, and what was expected of them. */
struct calibration_doses {
	double counted[2], expected[2];
};

/*
 * Is the difference of the doses what it should be, from @low to @high of what is expected? False
 * with a reason.
 */
bool calibration_judge(const struct calibration_doses *d, double low, double high, char *reason,
		       size_t size);

/*
 * Calibrates @spec on the calling thread, which must be pinned to the first CPU of @b's topology. 0
 * with *c filled, good or not; -errno if it cannot be opened.
 */
int calibrate_counter(const struct counter_spec *spec, enum calibration_kind kind, struct bench *b,
		      struct calibration *c);

/*
 * Can the counters of @list count at once, none waiting for another, and each what it counts alone?
 * The calling thread is pinned.
 */
bool calibrate_together(const struct counter_spec *list, unsigned int count);

#endif
