/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The map of sun4u and advance: one bitmap, one lock, a hint that moves upwards, and
 * the IOTLB flushed when the search wraps. The two differ in what a handle and a free
 * do to the hint.
 */
#ifndef IOMMUBENCH_ARENA_H
#define IOMMUBENCH_ARENA_H

#include "area.h"

struct arena {
	struct iommu_map map;
	_Alignas(IOMMU_CACHE_LINE) struct lock lock;
	unsigned long hint; /* where the next search starts; under lock */
};

extern const unsigned int arena_pools[];

const char *arena_check(const struct iommu_geometry *g);
size_t arena_size(const struct iommu_geometry *g);
struct iommu_map *arena_init(void *mem, const struct iommu_geometry *g, iommu_flush_fn flush,
			     void *flush_arg);
struct iommu_range arena_own_pool(const struct iommu_map *map, unsigned int cpu, unsigned long n);
unsigned long arena_live(const struct iommu_map *map, struct iommu_range range);

/*
 * Searches @n entries from @start (which may lie beyond the map), wrapping once, and moves
 * the hint behind what it found. The caller holds a->lock.
 */
unsigned long arena_search(struct arena *a, unsigned long start, unsigned long n);

#endif
