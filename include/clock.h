/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Time. Two clocks: the architecture's tick counter (cheap, for spending time and for ref_ticks;
 * it is not a count of CPU cycles and is never called so), and CLOCK_MONOTONIC_RAW in ns, by which
 * intervals are measured and the ticks are calibrated. Thread-safe throughout.
 */
#ifndef IOMMUBENCH_CLOCK_H
#define IOMMUBENCH_CLOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "arch_ticks.h"

struct clock_calibration {
	double ticks_per_ns; /* > 0 */
	/* Of ordered readings: what 95 % of two in a row, of those that differ, differ by at most. It is the
	 * reading's cost in whole steps of the counter: no shorter time can be told singly. */
	double step_ns;
	double read_ns; /* what an ordered reading costs: part of every time between two */
};

/* Name of the tick counter: "tsc", "%tick", "timebase", "cntvct" or "clock_gettime". */
const char *clock_source(void);

/* May readings of different CPUs be compared? False too if the kernel distrusts the counter. */
bool clock_ticks_are_global(void);

/* Measures the tick counter against CLOCK_MONOTONIC_RAW; takes about 50 ms. */
void clock_calibrate(struct clock_calibration *c);

static inline uint64_t clock_ticks(void)
{
	return arch_ticks();
}

/* For short times: see arch_ticks_ordered(). Dearer. */
static inline uint64_t clock_ticks_ordered(void)
{
	return arch_ticks_ordered();
}

/* A POSIX clock in nanoseconds. */
static inline uint64_t clock_ns(clockid_t id)
{
	struct timespec now;

	clock_gettime(id, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline uint64_t clock_raw_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC_RAW);
}

#endif
