// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sun4u: what sparc had until Linux 4.0 (arch/sparc/kernel/iommu.c). Free only clears bits,
 * so an entry freed ahead of the hint is met again before the wrap that flushes: the lazy
 * flush is cheap because it is late, and for the same reason it is not safe.
 */
#include "arena.h"

static unsigned long sun4u_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				 unsigned int align_order, unsigned long *handle, uint64_t mask)
{
	struct arena *a = (struct arena *)map;
	struct lock_node node;
	unsigned long index;

	(void)cpu, (void)align_order, (void)mask;
	if (!area_possible(map, n, UINT64_MAX))
		return IOMMU_FAIL;
	lock_acquire(&a->lock, map->lock_kind, &node);
	index = arena_search(a, handle && *handle ? *handle : a->hint, n);
	lock_release(&a->lock, map->lock_kind, &node);
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static void sun4u_free(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct arena *a = (struct arena *)map;
	struct lock_node node;

	area_check_range(map, "sun4u", entry, n);
	lock_acquire(&a->lock, map->lock_kind, &node);
	area_check_free(map, "sun4u", NULL, entry, n);
	bitmap_clear(map->bits, entry, n);
	lock_release(&a->lock, map->lock_kind, &node);
}

static const struct iommu_allocator sun4u = {
	.name = "sun4u",
	.summary = "sparc until Linux 4.0: one bitmap, one lock, flush when the search wraps",
	.rank = 10,
	.pools = arena_pools,
	.default_pools = arena_pools,
	.uses_handle = true,
	.check = arena_check,
	.size = arena_size,
	.init = arena_init,
	.alloc = sun4u_alloc,
	.free = sun4u_free,
	.own_pool = arena_own_pool,
	.live = arena_live,
};
IOMMU_ALLOCATOR(sun4u);
