/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a counter without a system call, from the page that the kernel shares with the thread it
 * counts (linux/perf_event.h, struct perf_event_mmap_page).
 */
#ifndef IOMMUBENCH_PERF_PAGE_H
#define IOMMUBENCH_PERF_PAGE_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * The thread's own count so far, in *count. @pmc reads the hardware counter of a number. False where
 * the page does not allow it, or the event is not on the PMU at the moment: use read(2).
 *
 * The kernel changes the page on this very CPU, while the thread does not run: `lock` is then
 * another one, and the compiler alone must be kept from reordering.
 */
static inline bool perf_page_read(const volatile struct perf_event_mmap_page *page,
				  uint64_t (*pmc)(uint32_t number), uint64_t *count)
{
	uint64_t value;
	uint32_t lock;

	do {
		unsigned int unused_bits;
		uint32_t index;

		lock = page->lock;
		__asm__ __volatile__("" ::: "memory");
		index = page->index;
		if (!page->cap_user_rdpmc || !index || !page->pmc_width || page->pmc_width > 64)
			return false;
		unused_bits = 64U - page->pmc_width;
		/* The offset is that of a counter of this width, which counts up from below 0. */
		value = (uint64_t)page->offset +
			(uint64_t)((int64_t)(pmc(index - 1) << unused_bits) >> unused_bits);
		__asm__ __volatile__("" ::: "memory");
	} while (page->lock != lock);
	*count = value;
	return true;
}

#endif
