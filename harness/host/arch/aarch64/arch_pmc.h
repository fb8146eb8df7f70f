/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware counters by mrs, which Linux allows where kernel.perf_user_access is 1 and the event asked
 * for it. PMSELR would be one register for all, but Linux does not keep it for the thread.
 */
#ifndef IOMMUBENCH_ARCH_PMC_H
#define IOMMUBENCH_ARCH_PMC_H

#include <stdint.h>

/* 1: arch_pmc() reads a counter. */
#define ARCH_PMC 1
/* Bits of perf_event_attr.config1 that ask for reading by users. */
#define ARCH_PMC_CONFIG1 2

#define ARCH_PMC_CYCLES 31

#define ARCH_PMC_CASE(n)                                                          \
	case n:                                                                   \
		__asm__ __volatile__("mrs %0, pmevcntr" #n "_el0" : "=r"(count)); \
		break;

/* Hardware counter number @number, as in perf_event_mmap_page.index less 1. */
static inline uint64_t arch_pmc(uint32_t number)
{
	uint64_t count = 0;

	__asm__ __volatile__("isb");
	switch (number) {
		/* clang-format off */
	ARCH_PMC_CASE(0) ARCH_PMC_CASE(1) ARCH_PMC_CASE(2) ARCH_PMC_CASE(3)
	ARCH_PMC_CASE(4) ARCH_PMC_CASE(5) ARCH_PMC_CASE(6) ARCH_PMC_CASE(7)
	ARCH_PMC_CASE(8) ARCH_PMC_CASE(9) ARCH_PMC_CASE(10) ARCH_PMC_CASE(11)
	ARCH_PMC_CASE(12) ARCH_PMC_CASE(13) ARCH_PMC_CASE(14) ARCH_PMC_CASE(15)
	ARCH_PMC_CASE(16) ARCH_PMC_CASE(17) ARCH_PMC_CASE(18) ARCH_PMC_CASE(19)
	ARCH_PMC_CASE(20) ARCH_PMC_CASE(21) ARCH_PMC_CASE(22) ARCH_PMC_CASE(23)
	ARCH_PMC_CASE(24) ARCH_PMC_CASE(25) ARCH_PMC_CASE(26) ARCH_PMC_CASE(27)
	ARCH_PMC_CASE(28) ARCH_PMC_CASE(29) ARCH_PMC_CASE(30)
			/* clang-format on */
			case ARCH_PMC_CYCLES : __asm__ __volatile__("mrs %0, pmccntr_el0"
								    : "=r"(count));
		break;
	}
	return count;
}

#undef ARCH_PMC_CASE

#endif
