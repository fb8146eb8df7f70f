// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dma4u-4.1: sun4u's map_page and unmap_page since Linux 4.1 (arch/sparc/kernel/iommu.c): one pool, whose lock is
 * taken for each allocation and each free, and iommu->lock besides: a map takes it for the context alone, and
 * takes it where there is none too; an unmap for the IOPTEs and the context. Four rounds where 4.0 has two.
 */
#include "dma-4.1.h"

#define POOLED_LINE   8
#define POOLED_NAME   "dma4u-4.1"
#define POOLED_BEHIND struct dma41_iommu iommu;
#include "pooled.h"

static const char *path_check(const struct iommu_geometry *g)
{
	const char *why = area_check_single(g);

	return why ? why : pooled_check(g);
}

static size_t path_size(const struct iommu_geometry *g)
{
	return pooled_size(g) + dma_table_size(g);
}

static struct iommu_map *path_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				   iommu_flush_fn flush, void *flush_arg)
{
	struct pooled *m = (struct pooled *)pooled_init(arena, g, flush, flush_arg);

	if (!m)
		return NULL;
	m->iommu.dummy_page_pa = DMA_DUMMY_PA;
	m->iommu.ctx_lowest_free = 1;
	m->iommu.page_table = dma_table_init(arena, g, m->iommu.dummy_page_pa);
	lock_name(&m->iommu.lock, "iommu");
	return &m->map;
}

static inline unsigned long context_alloc(struct dma41_iommu *iommu)
{
	if (!iommu->ctxflush)
		return 0;
	return dma_context_alloc(&iommu->ctx_lowest_free, iommu->ctx_bitmap);
}

/* A segment of map_sg: iommu->lock over everything, the pool's inside it. */
static unsigned long map_segment(struct pooled *m, unsigned int cpu, unsigned long n,
				 unsigned long *handle, const struct iommu_device *device)
{
	struct dma41_iommu *iommu = &m->iommu;
	unsigned long index, context;

	lock_acquire(&iommu->lock, &m->map.locks, cpu);
	context = context_alloc(iommu);
	index = pooled_range_alloc(m, cpu, n, 0, handle, device);
	if (index != IOMMU_FAIL)
		iopte_map(iommu->page_table, context, index, n);
	else
		/* Upstream's map_sg forgets it. */
		dma_context_free(&iommu->ctx_lowest_free, iommu->ctx_bitmap, context);
	lock_release(&iommu->lock, &m->map.locks);
	return index;
}

static unsigned long map_page(struct iommu_map *map, unsigned int cpu, unsigned long n,
			      unsigned int align_order, unsigned long *handle,
			      const struct iommu_device *device)
{
	struct pooled *m = (struct pooled *)map;
	struct dma41_iommu *iommu = &m->iommu;
	const struct iommu_device any = dma41_device(device);
	unsigned long index, context;

	(void)align_order;
	if (handle)
		return map_segment(m, cpu, n, handle, &any);
	index = pooled_range_alloc(m, cpu, n, 0, NULL, &any);
	lock_acquire(&iommu->lock, &map->locks, cpu);
	context = context_alloc(iommu);
	lock_release(&iommu->lock, &map->locks);
	if (index != IOMMU_FAIL)
		iopte_map(iommu->page_table, context, index, n);
	else
		/* Without the lock, as upstream. */
		dma_context_free(&iommu->ctx_lowest_free, iommu->ctx_bitmap, context);
	return index;
}

static void unmap_page(struct iommu_map *map, unsigned int cpu, unsigned long entry,
		       unsigned long n)
{
	struct pooled *m = (struct pooled *)map;
	struct dma41_iommu *iommu = &m->iommu;
	unsigned long context = 0;

	area_check_range(map, POOLED_NAME, entry, n);
	lock_acquire(&iommu->lock, &map->locks, cpu);
	if (iommu->ctxflush)
		context = iopte_context(iommu->page_table[entry]);
	iopte_make_dummy(iommu->page_table, iommu->dummy_page_pa, entry, n);
	dma_context_free(&iommu->ctx_lowest_free, iommu->ctx_bitmap, context);
	lock_release(&iommu->lock, &map->locks);
	pooled_range_free(m, cpu, entry, n);
}

static const struct iommu_allocator dma4u_41 = {
	.name = POOLED_NAME,
	.summary =
		"call path around pooled-1 since Linux 4.1: pool lock and iommu->lock, each twice",
	.rank = 32,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.known_stale_reuse = true,
	.ran_on = "sun4u/pools:1",
	.frees_any_range = true,
	.uses_handle = true,
	.check = path_check,
	.size = path_size,
	.init = path_init,
	.reserve = pooled_reserve,
	.alloc = map_page,
	.free = unmap_page,
	.own_pool = pooled_own,
	.live = pooled_live,
};
IOMMU_ALLOCATOR(dma4u_41);
