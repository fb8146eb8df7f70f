// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * dma4u-4.0: sun4u's map_page and unmap_page until Linux 4.0 (arch/sparc/kernel/iommu.c): one round of iommu->lock a
 * map, over the allocation and the context, and one an unmap, over the IOPTEs, the free and the context.
 */
#include "dma.h"
#include "sun4u.h"

static_assert(DMA_CONTEXTS == SUN4U_CONTEXTS, "one bitmap");

static size_t path_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct sun4u), 1) + dma_table_size(g);
}

static struct iommu_map *path_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				   iommu_flush_fn flush, void *flush_arg)
{
	struct sun4u *s = area_init(arena, g, sizeof(*s), flush_arg);

	if (!s)
		return NULL;
	s->iommu.dummy_page_pa = DMA_DUMMY_PA;
	sun4u_begin(s, arena, g, flush);
	s->iommu.page_table = dma_table_init(arena, g, s->iommu.dummy_page_pa);
	return &s->map;
}

/* A segment of map_sg has its IOPTEs written under the lock, a page of map_page after it. */
static unsigned long map_page(struct iommu_map *map, unsigned int cpu, unsigned long n,
			      unsigned int align_order, unsigned long *handle,
			      const struct iommu_device *device)
{
	struct sun4u *s = (struct sun4u *)map;
	struct sun4u_iommu *iommu = &s->iommu;
	unsigned long index, context = 0;

	(void)align_order;
	lock_acquire(&iommu->lock, &map->locks, cpu);
	index = sun4u_range_alloc(s, n, handle, device);
	if (iommu->ctxflush)
		context = dma_context_alloc(&iommu->ctx_lowest_free, iommu->ctx_bitmap);
	if (handle && index != IOMMU_FAIL)
		iopte_map(iommu->page_table, context, index, n);
	lock_release(&iommu->lock, &map->locks);
	if (index == IOMMU_FAIL)
		/* Without the lock, as upstream. */
		dma_context_free(&iommu->ctx_lowest_free, iommu->ctx_bitmap, context);
	else if (!handle)
		iopte_map(iommu->page_table, context, index, n);
	return index;
}

static void unmap_page(struct iommu_map *map, unsigned int cpu, unsigned long entry,
		       unsigned long n)
{
	struct sun4u *s = (struct sun4u *)map;
	struct sun4u_iommu *iommu = &s->iommu;
	unsigned long context = 0;

	area_check_range(map, "dma4u-4.0", entry, n);
	lock_acquire(&iommu->lock, &map->locks, cpu);
	if (iommu->ctxflush)
		context = iopte_context(iommu->page_table[entry]);
	iopte_make_dummy(iommu->page_table, iommu->dummy_page_pa, entry, n);
	sun4u_range_free(s, "dma4u-4.0", entry, n);
	dma_context_free(&iommu->ctx_lowest_free, iommu->ctx_bitmap, context);
	lock_release(&iommu->lock, &map->locks);
}

static const struct iommu_allocator dma4u_40 = {
	.name = "dma4u-4.0",
	.summary = "call path around sun4u, Linux 4.0: iommu->lock once a map, once an unmap",
	.rank = 31,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.known_stale_reuse = true,
	.ran_on = "sun4u/pools:1",
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
IOMMU_ALLOCATOR(dma4u_40);
