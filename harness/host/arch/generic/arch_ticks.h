/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time stamp: no cycle counter known, CLOCK_MONOTONIC_RAW in nanoseconds. */
#ifndef IOMMUBENCH_ARCH_TICKS_H
#define IOMMUBENCH_ARCH_TICKS_H

#include <stdint.h>
#include <time.h>

#define ARCH_TICKS_SOURCE "clock_gettime"
/* 1: all CPUs count together, so that one may compare its reading with another's. */
#define ARCH_TICKS_GLOBAL 1

static inline uint64_t arch_ticks(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC_RAW, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The same, not before what precedes it is done nor after what follows: for times as short as a
 * lock is held, which would else leave out the cache misses still under way. */
static inline uint64_t arch_ticks_ordered(void)
{
	return arch_ticks();
}

#endif
