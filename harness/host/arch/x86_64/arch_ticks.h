/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time stamp: the TSC, constant and synchronised where Linux uses it as its clocksource (doctor
 * says whether). Unordered: a few instructions of slack. */
#ifndef IOMMUBENCH_ARCH_TICKS_H
#define IOMMUBENCH_ARCH_TICKS_H

#include <stdint.h>

#define ARCH_TICKS_SOURCE "tsc"
/* 1: all CPUs count together, so that one may compare its reading with another's. */
#define ARCH_TICKS_GLOBAL 1

static inline uint64_t arch_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

/* The same, not before what precedes it is done: for times as short as a lock is held, which would else leave out
 * the cache misses still under way. What follows may begin beside it, within a few cycles: to wait for that too
 * (rdtscp; lfence) takes longer, and whoever is timed holds a lock. */
static inline uint64_t arch_ticks_ordered(void)
{
	__asm__ __volatile__("lfence" ::: "memory");
	return __builtin_ia32_rdtsc();
}

#endif
