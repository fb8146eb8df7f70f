/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time stamp: the time base, of fixed frequency and synchronised by the firmware. */
#ifndef IOMMUBENCH_ARCH_TICKS_H
#define IOMMUBENCH_ARCH_TICKS_H

#include <stdint.h>

#define ARCH_TICKS_SOURCE "timebase"
/* 1: all CPUs count together, so that one may compare its reading with another's. */
#define ARCH_TICKS_GLOBAL 1

static inline uint64_t arch_ticks(void)
{
	return __builtin_ppc_get_timebase();
}

/* The same, not before what precedes it is done nor after what follows: for times as short as a
 * lock is held, which would else leave out the cache misses still under way. */
static inline uint64_t arch_ticks_ordered(void)
{
	uint64_t ticks;

	__asm__ __volatile__("isync" ::: "memory");
	ticks = arch_ticks();
	__asm__ __volatile__("isync" ::: "memory");
	return ticks;
}

#endif
