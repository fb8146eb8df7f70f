// SPDX-License-Identifier: GPL-2.0-or-later
/* The map that sun4u and advance share: one lock, one hint, a flush when the search wraps. */
#include "arena.h"

const unsigned int arena_pools[] = {1, 0};

const char *arena_check(const struct iommu_geometry *g)
{
	if (g->npools != 1)
		return "it has one arena: pools must be 1";
	if (g->large_pool)
		return "it has no large pool";
	return area_check(g);
}

size_t arena_size(const struct iommu_geometry *g)
{
	return sizeof(struct arena) + area_bitmap_bytes(g->entries);
}

struct iommu_map *arena_init(void *mem, const struct iommu_geometry *g, iommu_flush_fn flush,
			     void *flush_arg)
{
	struct arena *a = mem;

	area_map_init(&a->map, g, (unsigned long *)(a + 1), flush, flush_arg);
	lock_name(&a->lock, "arena", 0);
	return &a->map;
}

struct iommu_range arena_own_pool(const struct iommu_map *map, unsigned int cpu, unsigned long n)
{
	(void)cpu, (void)n;
	return (struct iommu_range){.start = 0, .end = map->entries};
}

unsigned long arena_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(map->bits, NULL, range);
}

static inline void flush_if_any(const struct iommu_map *map)
{
	if (map->flush)
		map->flush(map->flush_arg);
}

unsigned long arena_search(struct arena *a, unsigned long start, unsigned long n)
{
	struct iommu_map *map = &a->map;
	unsigned long index;

	if (start >= map->entries) {
		start = 0;
		flush_if_any(map);
	}
	index = area_alloc(map, map->entries, start, n, 0);
	if (index == IOMMU_FAIL) {
		flush_if_any(map);
		index = area_alloc(map, map->entries, 0, n, 0);
	}
	if (index != IOMMU_FAIL)
		a->hint = index + n;
	return index;
}
