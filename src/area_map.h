/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all allocators need beside a search: a map's header and bitmap, requests that can never be served, the checked
 * build's tests. The kernel's own allocators use it too, which bring their searches with them.
 */
#ifndef IOMMUBENCH_AREA_MAP_H
#define IOMMUBENCH_AREA_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "allocator.h"

/*
 * False for requests that no search can ever satisfy: no entries at all, a range
 * longer than the segment boundary, or a mask below the first page.
 */
static inline bool area_possible(unsigned long n, uint64_t base, const struct iommu_device *device)
{
	return n != 0 && n <= device->boundary && device->mask >= base;
}

/*
 * 2^order - 1, where an order beyond the largest map means what the largest does: only
 * entry 0 is aligned.
 */
static inline unsigned long area_align_mask(unsigned int order)
{
	return (1UL << (order < 30 ? order : 30)) - 1;
}

/*
 * Common part of init: takes a map of @bytes, at whose beginning the header is, from @arena and fills the header;
 * NULL if the arena is too small. area_size() is what it takes, beside the @bitmaps that area_bitmap() does.
 */
void *area_init(struct iommu_arena *arena, const struct iommu_geometry *g, size_t bytes,
		void *flush_arg);
size_t area_size(const struct iommu_geometry *g, size_t bytes, unsigned int bitmaps);

/* How many CPU numbers there are. */
static inline unsigned int area_cpus(const struct iommu_geometry *g)
{
	return g->ncpus ? g->ncpus : 1;
}

/* A bitmap of all entries, on lines of its own. */
unsigned long *area_bitmap(struct iommu_arena *arena, const struct iommu_geometry *g);

/* Common part of check: NULL, or what is wrong with @g. */
const char *area_check(const struct iommu_geometry *g);

/* check() of allocators with one map, and their first (and only) pool. */
extern const unsigned int area_one_pool[];
const char *area_check_single(const struct iommu_geometry *g);
struct iommu_range area_own_all(const struct iommu_map *map, unsigned int cpu, unsigned long n);

/* How many bits of @range are set in @bits and, if @minus is not NULL, clear there. */
unsigned long area_count(const unsigned long *bits, const unsigned long *minus,
			 struct iommu_range range);

/*
 * The checked build's test of a free, made under the lock that guards the range; the
 * plain build's is empty. @bits as in area_count: what is set in @minus is freed already.
 */
#ifdef IOMMU_CHECKED
void area_check_free(const unsigned long *bits, const char *allocator, const unsigned long *minus,
		     unsigned long entry, unsigned long n);
/* The same for what must hold before a lock can be chosen: within the map. */
void area_check_range(const struct iommu_map *map, const char *allocator, unsigned long entry,
		      unsigned long n);
#else
static inline void area_check_free(const unsigned long *bits, const char *allocator,
				   const unsigned long *minus, unsigned long entry, unsigned long n)
{
	(void)bits, (void)allocator, (void)minus, (void)entry, (void)n;
}
static inline void area_check_range(const struct iommu_map *map, const char *allocator,
				    unsigned long entry, unsigned long n)
{
	(void)map, (void)allocator, (void)entry, (void)n;
}
#endif

#endif
