/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hardware counters by rdpmc, which Linux allows to whoever has one mapped. */
#ifndef IOMMUBENCH_ARCH_PMC_H
#define IOMMUBENCH_ARCH_PMC_H

#include <stdint.h>

/* 1: arch_pmc() reads a counter. */
#define ARCH_PMC 1
/* Bits of perf_event_attr.config1 that ask for reading by users. */
#define ARCH_PMC_CONFIG1 0

/* Hardware counter number @number, as in perf_event_mmap_page.index less 1. */
static inline uint64_t arch_pmc(uint32_t number)
{
	uint32_t low, high;

	__asm__ __volatile__("rdpmc" : "=a"(low), "=d"(high) : "c"(number));
	return (uint64_t)high << 32 | low;
}

#endif
