/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bitmap search that all allocators share. */
#ifndef IOMMUBENCH_AREA_H
#define IOMMUBENCH_AREA_H

#include <stdbool.h>
#include <stddef.h>

#include "allocator.h"
#include "bitmap.h"

/*
 * Takes the first fitting run of @n clear bits at or after @start and below
 * @size - 1 (the last entry is never handed out), aligned by index to @align_mask + 1,
 * not crossing a multiple of map->boundary counted from page map->base. Returns its
 * first entry, or IOMMU_FAIL with the map unchanged. The caller holds the lock of
 * every word in [start, size) and has checked area_possible().
 */
unsigned long area_alloc(struct iommu_map *map, unsigned long size, unsigned long start,
			 unsigned long n, unsigned long align_mask);

/*
 * False for requests that no search can ever satisfy: no entries at all, a range
 * longer than the segment boundary, or a mask below the first page.
 */
static inline bool area_possible(const struct iommu_map *map, unsigned long n, uint64_t mask)
{
	return n != 0 && n <= map->boundary && mask >= map->base;
}

/*
 * 2^order - 1, where an order beyond the largest map means what the largest does: only
 * entry 0 is aligned.
 */
static inline unsigned long area_align_mask(unsigned int order)
{
	return (1UL << (order < 30 ? order : 30)) - 1;
}

/* Common part of init: fills *map from @g; @bits are zeroed. */
void area_map_init(struct iommu_map *map, const struct iommu_geometry *g, unsigned long *bits,
		   iommu_flush_fn flush, void *flush_arg);

/* Bytes of a bitmap of @entries bits, rounded up to IOMMU_CACHE_LINE. */
size_t area_bitmap_bytes(unsigned long entries);

/* Common part of check: NULL, or what is wrong with @g. */
const char *area_check(const struct iommu_geometry *g);

/* How many bits of @range are set in @bits and, if @minus is not NULL, clear there. */
unsigned long area_count(const unsigned long *bits, const unsigned long *minus,
			 struct iommu_range range);

/*
 * The checked build's test of a free, made under the lock that guards the range; the
 * plain build's is empty. @bits as in area_count: what is set in @minus is freed already.
 */
#ifdef IOMMU_CHECKED
void area_check_free(const struct iommu_map *map, const char *allocator, const unsigned long *minus,
		     unsigned long entry, unsigned long n);
/* The same for what must hold before a lock can be chosen: within the map. */
void area_check_range(const struct iommu_map *map, const char *allocator, unsigned long entry,
		      unsigned long n);
#else
static inline void area_check_free(const struct iommu_map *map, const char *allocator,
				   const unsigned long *minus, unsigned long entry, unsigned long n)
{
	(void)map, (void)allocator, (void)minus, (void)entry, (void)n;
}
static inline void area_check_range(const struct iommu_map *map, const char *allocator,
				    unsigned long entry, unsigned long n)
{
	(void)map, (void)allocator, (void)entry, (void)n;
}
#endif

#endif
