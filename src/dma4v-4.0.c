// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dma4v-4.0: sun4v's map_page and unmap_page in Linux 4.0 (arch/sparc/kernel/pci_sun4v.c): iommu->lock around the
 * allocation and around the free alone, the hypercalls outside. (Until 3.18 at least an unmap held it over free and
 * demap.) There is no lazy flush: a demap flushes.
 */
#include "dma4v.h"
#include "sun4u.h"

struct dma4v_40 {
	struct sun4u s;
	_Alignas(IOMMU_CACHE_LINE) struct dma4v v;
};

static size_t path_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct dma4v_40), 1) + dma4v_size(g);
}

static struct iommu_map *path_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				   iommu_flush_fn flush, void *flush_arg)
{
	struct dma4v_40 *p = area_init(arena, g, sizeof(*p), flush_arg);

	if (!p)
		return NULL;
	sun4u_begin(&p->s, arena, g, NULL);
	dma4v_begin(&p->v, arena, g, flush, flush_arg);
	return &p->s.map;
}

/* map_sg has the calls for its segments under the lock (read in 3.18), map_page after it. */
static unsigned long map_page(struct iommu_map *map, unsigned int cpu, unsigned long n,
			      unsigned int align_order, unsigned long *handle,
			      const struct iommu_device *device)
{
	struct dma4v_40 *p = (struct dma4v_40 *)map;
	struct lock *lock = &p->s.iommu.lock;
	unsigned long index;

	(void)align_order;
	lock_acquire(lock, &map->locks, cpu);
	index = sun4u_range_alloc(&p->s, n, handle, device);
	if (handle && index != IOMMU_FAIL)
		dma4v_map(&p->v, cpu, index, n);
	lock_release(lock, &map->locks);
	if (!handle && index != IOMMU_FAIL)
		dma4v_map(&p->v, cpu, index, n);
	return index;
}

static void unmap_page(struct iommu_map *map, unsigned int cpu, unsigned long entry,
		       unsigned long n)
{
	struct dma4v_40 *p = (struct dma4v_40 *)map;
	struct lock *lock = &p->s.iommu.lock;

	area_check_range(map, "dma4v-4.0", entry, n);
	dma4v_demap(&p->v, entry, n);
	lock_acquire(lock, &map->locks, cpu);
	sun4u_range_free(&p->s, "dma4v-4.0", entry, n);
	lock_release(lock, &map->locks);
}

static const struct iommu_allocator dma4v_40 = {
	.name = "dma4v-4.0",
	.summary =
		"sun4v's call path, Linux 4.0: sun4u under iommu->lock, a hypercall a map and an "
		"unmap",
	.rank = 33,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.ran_on = "sun4v/pools:1",
	.stale_safe = true,
	.strict_flush = true,
	.hypercalls = true,
	.frees_any_range = true,
	.uses_handle = true,
	.check = sun4u_check,
	.size = path_size,
	.init = path_init,
	.reserve = sun4u_reserve,
	.alloc = map_page,
	.free = unmap_page,
	.own_pool = area_own_all,
	.live = sun4u_live,
};
IOMMU_ALLOCATOR(dma4v_40);
