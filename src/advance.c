// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * advance: sun4u made safe the way x86's GART did it (and s390 before its lazy bitmap). A free
 * at or above the hint moves the hint behind what it frees: nothing freed is met again
 * before the wrap, hence before the flush. A handle would go around the hint: it is ignored.
 */
#include "arena.h"

static unsigned long advance_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				   unsigned int align_order, unsigned long *handle, uint64_t mask)
{
	struct arena *a = (struct arena *)map;
	struct lock_node node;
	unsigned long index;

	(void)cpu, (void)align_order, (void)mask;
	if (!area_possible(map, n, UINT64_MAX))
		return IOMMU_FAIL;
	lock_acquire(&a->lock, map->lock_kind, &node);
	index = arena_search(a, a->hint, n);
	lock_release(&a->lock, map->lock_kind, &node);
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static void advance_free(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct arena *a = (struct arena *)map;
	struct lock_node node;

	area_check_range(map, "advance", entry, n);
	lock_acquire(&a->lock, map->lock_kind, &node);
	area_check_free(map, "advance", NULL, entry, n);
	bitmap_clear(map->bits, entry, n);
	if (entry >= a->hint)
		a->hint = entry + n;
	lock_release(&a->lock, map->lock_kind, &node);
}

static const struct iommu_allocator advance = {
	.name = "advance",
	.summary = "x86 GART: as sun4u, but a free ahead of the hint moves the hint past it",
	.rank = 20,
	.pools = arena_pools,
	.default_pools = arena_pools,
	.stale_safe = true,
	.check = arena_check,
	.size = arena_size,
	.init = arena_init,
	.alloc = advance_alloc,
	.free = advance_free,
	.own_pool = arena_own_pool,
	.live = arena_live,
};
IOMMU_ALLOCATOR(advance);
