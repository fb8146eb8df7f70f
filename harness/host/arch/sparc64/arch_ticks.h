/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time stamp: %tick, the CPU clock of this CPU; UltraSPARC CPUs do not share it. */
#ifndef IOMMUBENCH_ARCH_TICKS_H
#define IOMMUBENCH_ARCH_TICKS_H

#include <stdint.h>

#define ARCH_TICKS_SOURCE "%tick"
/* 1: all CPUs count together, so that one may compare its reading with another's. */
#define ARCH_TICKS_GLOBAL 0

static inline uint64_t arch_ticks(void)
{
	uint64_t ticks;

	__asm__ __volatile__("rd %%tick, %0" : "=r"(ticks));
	return ticks;
}

/* The same, not before what precedes it is done nor after what follows: for times as short as a
 * lock is held, which would else leave out the cache misses still under way. */
static inline uint64_t arch_ticks_ordered(void)
{
	__asm__ __volatile__("membar #Sync" ::: "memory");
	return arch_ticks();
}

#endif
