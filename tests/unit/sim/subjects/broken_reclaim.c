// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * broken-reclaim: a stale bitmap that lets go of its lock for a moment, between the flush and
 * clearing the bits that it covers. A free that gets in there is taken for flushed. Only some
 * schedules show it.
 */
#include "unit/allocators/broken_stale.h"

static unsigned long reclaim_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				   unsigned int align_order, unsigned long *handle,
				   const struct iommu_device *device)
{
	struct broken_stale *t = (struct broken_stale *)map;
	unsigned long index;

	(void)align_order, (void)handle;
	lock_acquire(&t->lock, &map->locks, cpu);
	index = broken_stale_search(t, n, device);
	if (index == IOMMU_FAIL) {
		t->flush(map->flush_arg);
		/* The fault. */
		lock_release(&t->lock, &map->locks);
		lock_acquire(&t->lock, &map->locks, cpu);
		broken_stale_reclaim(t);
		index = broken_stale_search(t, n, device);
	}
	lock_release(&t->lock, &map->locks);
	return index;
}

static const struct iommu_allocator broken_reclaim = {
	.name = "broken-reclaim",
	.summary = "reclaims what was freed just after the flush",
	.pools = broken_pools,
	.default_pools = broken_pools,
	.stale_safe = true,
	.check = area_check_single,
	.size = broken_stale_size,
	.init = broken_stale_init,
	.alloc = reclaim_alloc,
	.free = broken_stale_free,
	.own_pool = area_own_all,
	.live = broken_stale_live,
};
IOMMU_ALLOCATOR(broken_reclaim);
