// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dma4v-4.1: sun4v's map_page and unmap_page since Linux 4.1 (arch/sparc/kernel/pci_sun4v.c): 16 pools without a lazy
 * flush, no lock but theirs, which map_sg takes segment by segment too; a hypercall a map and one an unmap.
 */
#include "dma-4.1.h"
#include "dma4v.h"

#define POOLED_LINE 8
#define POOLED_NAME "dma4v-4.1"
#define POOLED_BEHIND             \
	struct dma41_iommu iommu; \
	_Alignas(IOMMU_CACHE_LINE) struct dma4v v;
#include "pooled.h"

static const char *path_check(const struct iommu_geometry *g)
{
	if (g->npools != IOMMU_MAX_POOLS)
		return "pools must be 16, as it had";
	return g->large_pool ? "it has no large pool" : pooled_check(g);
}

static size_t path_size(const struct iommu_geometry *g)
{
	return pooled_size(g) + dma4v_size(g);
}

static struct iommu_map *path_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				   iommu_flush_fn flush, void *flush_arg)
{
	struct pooled *m = (struct pooled *)pooled_init(arena, g, NULL, flush_arg);

	if (!m)
		return NULL;
	dma4v_begin(&m->v, arena, g, flush, flush_arg);
	return &m->map;
}

static unsigned long map_page(struct iommu_map *map, unsigned int cpu, unsigned long n,
			      unsigned int align_order, unsigned long *handle,
			      const struct iommu_device *device)
{
	struct pooled *m = (struct pooled *)map;
	const struct iommu_device any = dma41_device(device);
	unsigned long index = pooled_range_alloc(m, cpu, n, 0, handle, &any);

	(void)align_order;
	if (index != IOMMU_FAIL)
		dma4v_map(&m->v, cpu, index, n);
	return index;
}

static void unmap_page(struct iommu_map *map, unsigned int cpu, unsigned long entry,
		       unsigned long n)
{
	struct pooled *m = (struct pooled *)map;

	area_check_range(map, POOLED_NAME, entry, n);
	dma4v_demap(&m->v, entry, n);
	pooled_range_free(m, cpu, entry, n);
}

static const unsigned int sixteen_pools[] = {IOMMU_MAX_POOLS, 0};

static const struct iommu_allocator dma4v_41 = {
	.name = POOLED_NAME,
	.summary = "sun4v's call path since Linux 4.1: 16 pools, a hypercall a map and an unmap",
	.rank = 34,
	.pools = sixteen_pools,
	.default_pools = sixteen_pools,
	.ran_on = "sun4v/pools:16",
	.stale_safe = true,
	.strict_flush = true,
	.hypercalls = true,
	.frees_any_range = true,
	.uses_handle = true,
	.check = path_check,
	.pool_size = pooled_pool_size,
	.size = path_size,
	.init = path_init,
	.reserve = pooled_reserve,
	.alloc = map_page,
	.free = unmap_page,
	.own_pool = pooled_own,
	.live = pooled_live,
};
IOMMU_ALLOCATOR(dma4v_41);
