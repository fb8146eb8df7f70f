// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sun4u: what sparc had until Linux 4.0 (arch/sparc/kernel/iommu.c). Free only clears bits,
 * so an entry freed ahead of the hint is met again before the wrap that flushes: the lazy
 * flush is cheap because it is late, and for the same reason it is not safe.
 */
#include "sun4u.h"

static struct iommu_map *sun4u_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				    iommu_flush_fn flush, void *flush_arg)
{
	struct sun4u *s = area_init(arena, g, sizeof(*s), flush_arg);

	return s ? sun4u_begin(s, arena, g, flush) : NULL;
}

static size_t sun4u_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct sun4u), 1);
}

static unsigned long sun4u_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				 unsigned int align_order, unsigned long *handle,
				 const struct iommu_device *device)
{
	struct sun4u *s = (struct sun4u *)map;
	unsigned long index;

	(void)align_order;
	lock_acquire(&s->iommu.lock, &map->locks, cpu);
	index = sun4u_range_alloc(s, n, handle, device);
	lock_release(&s->iommu.lock, &map->locks);
	return index;
}

static void sun4u_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
		       unsigned long n)
{
	struct sun4u *s = (struct sun4u *)map;

	area_check_range(map, "sun4u", entry, n);
	lock_acquire(&s->iommu.lock, &map->locks, cpu);
	sun4u_range_free(s, "sun4u", entry, n);
	lock_release(&s->iommu.lock, &map->locks);
}

static const struct iommu_allocator sun4u = {
	.name = "sun4u",
	.summary = "sparc until Linux 4.0: one bitmap, one lock, flush when the search wraps",
	.rank = 10,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.known_stale_reuse = true,
	.ran_on = "sun4u/pools:1 sun4v/pools:1",
	.frees_any_range = true,
	.uses_handle = true,
	.check = sun4u_check,
	.size = sun4u_size,
	.init = sun4u_init,
	.reserve = sun4u_reserve,
	.alloc = sun4u_alloc,
	.free = sun4u_free,
	.own_pool = area_own_all,
	.live = sun4u_live,
};
IOMMU_ALLOCATOR(sun4u);
