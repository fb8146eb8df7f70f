/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hardware counters: this architecture's users cannot read them. */
#ifndef IOMMUBENCH_ARCH_PMC_H
#define IOMMUBENCH_ARCH_PMC_H

#include <stdint.h>

/* 1: arch_pmc() reads a counter. */
#define ARCH_PMC 0
/* Bits of perf_event_attr.config1 that ask for reading by users. */
#define ARCH_PMC_CONFIG1 0

/* Hardware counter number @number, as in perf_event_mmap_page.index less 1. */
static inline uint64_t arch_pmc(uint32_t number)
{
	(void)number;
	return 0;
}

#endif
