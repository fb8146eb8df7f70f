/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bitmap search that all allocators share. */
#ifndef IOMMUBENCH_AREA_H
#define IOMMUBENCH_AREA_H

#include "area_map.h"
#include "bitmap.h"

/* SMP_CACHE_BYTES of sparc64 and x86. */
#define UPSTREAM_LINE 64

/*
 * Takes the first fitting run of @n clear bits at or after @start and below
 * @size - 1 (the last entry is never handed out), aligned by index to @align_mask + 1,
 * not crossing a multiple of @boundary counted from page @base. Returns its
 * first entry, or IOMMU_FAIL with the map unchanged. The caller holds the lock of
 * every word in [start, size) and has checked area_possible().
 */
unsigned long area_alloc(unsigned long *bits, unsigned long size, unsigned long start,
			 unsigned long n, uint64_t base, uint64_t boundary,
			 unsigned long align_mask);

#endif
