/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time stamp: the TSC, constant and synchronised where Linux uses it as its clocksource (doctor
 * says whether). Unfenced: a few instructions of slack in intervals of milliseconds. */
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

#endif
