// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * broken-reclaim: a stale bitmap that lets go of its lock for a moment, between the flush and
 * clearing the bits that it covers. A free that gets in there is taken for flushed. Only some
 * schedules show it.
 */
#include "unit/allocators/broken_stale.h"

static unsigned long reclaim_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				   unsigned int align_order, unsigned long *handle, uint64_t mask)
{
	struct broken_stale *t = (struct broken_stale *)map;
	struct lock_node node;
	unsigned long index;

	(void)cpu, (void)align_order, (void)handle, (void)mask;
	lock_acquire(&t->arena.lock, map->lock_kind, &node);
	index = broken_stale_search(t, n);
	if (index == IOMMU_FAIL) {
		map->flush(map->flush_arg);
		/* The fault. */
		lock_release(&t->arena.lock, map->lock_kind, &node);
		lock_acquire(&t->arena.lock, map->lock_kind, &node);
		broken_stale_reclaim(t);
		index = broken_stale_search(t, n);
	}
	lock_release(&t->arena.lock, map->lock_kind, &node);
	return index;
}

static const struct iommu_allocator broken_reclaim = {
	.name = "broken-reclaim",
	.summary = "reclaims what was freed just after the flush",
	.pools = broken_pools,
	.default_pools = broken_pools,
	.stale_safe = true,
	.check = arena_check,
	.size = broken_stale_size,
	.init = broken_stale_init,
	.alloc = reclaim_alloc,
	.free = broken_stale_free,
	.own_pool = arena_own_pool,
	.live = broken_stale_live,
};
IOMMU_ALLOCATOR(broken_reclaim);
