// SPDX-License-Identifier: GPL-2.0-or-later
/* k-sun4u: sparc's allocator of trees before 4.1, under the lock that its callers take. */
//k roots iommu_range_alloc iommu_range_free iommu
//k from include/linux/bitmap.h
//k from include/linux/iommu-helper.h
//k from arch/sparc/include/asm/iommu_64.h
//k from arch/sparc/kernel/iommu.c
//k with bitmap find_bit iommu_helper
#include "kernel/glue/sparc.h"

#include <cut.c>
#undef iommu_arena

struct k_sun4u {
	struct iommu_map map;
	iommu_flush_fn flush;
	/* kzalloc has it begin on a line. */
	_Alignas(IOMMU_CACHE_LINE) struct iommu iommu;
};

static void k_sun4u_flush(struct iommu *iommu)
{
	struct k_sun4u *m = container_of(iommu, struct k_sun4u, iommu);

	m->flush(m->map.flush_arg);
}

static size_t k_sun4u_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct k_sun4u), 1);
}

static struct iommu_map *k_sun4u_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				      iommu_flush_fn flush, void *flush_arg)
{
	struct k_sun4u *m = area_init(arena, g, sizeof(*m), flush_arg);
	struct iommu *iommu;

	if (!m)
		return NULL;
	iommu = &m->iommu;
	m->flush = flush;
	/* Lock statistics call it as the kernel's would. */
	spin_lock_init(&iommu->lock);
	iommu->page_table_map_base = g->base;
	iommu->arena.map = area_bitmap(arena, g);
	iommu->arena.limit = g->entries;
	iommu->flush_all = flush ? k_sun4u_flush : NULL;
	return &m->map;
}

static void k_sun4u_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct k_sun4u *m = (struct k_sun4u *)map;

	for (; n; n--, entry++)
		__set_bit(entry, m->iommu.arena.map);
}

static unsigned long k_sun4u_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				   unsigned int align_order, unsigned long *handle,
				   const struct iommu_device *device)
{
	struct k_sun4u *m = (struct k_sun4u *)map;
	unsigned long index;

	(void)align_order;
	/* Its search would leave the bitmap, or never end. */
	if (n == 0 || n > device->boundary)
		return IOMMU_FAIL;
	kernel_enter(map, cpu);
	spin_lock(&m->iommu.lock);
	index = iommu_range_alloc((struct device *)device, &m->iommu, n, handle);
	spin_unlock(&m->iommu.lock);
	return index;
}

static void k_sun4u_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			 unsigned long n)
{
	struct k_sun4u *m = (struct k_sun4u *)map;

	area_check_range(map, "k-sun4u", entry, n);
	area_check_free(m->iommu.arena.map, "k-sun4u", NULL, entry, n);
	kernel_enter(map, cpu);
	spin_lock(&m->iommu.lock);
	iommu_range_free(&m->iommu, m->iommu.page_table_map_base + entry, n);
	spin_unlock(&m->iommu.lock);
}

static unsigned long k_sun4u_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(((const struct k_sun4u *)map)->iommu.arena.map, NULL, range);
}

static const struct iommu_allocator k_sun4u = {
	.name = "k-sun4u",
	.summary = "the kernel tree's sparc allocator, as it was before Linux 4.1",
	.rank = 10,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.known_stale_reuse = true,
	.ran_on = "sun4u/pools:1 sun4v/pools:1",
	.frees_any_range = true,
	.uses_handle = true,
	.check = sparc_check,
	.size = k_sun4u_size,
	.init = k_sun4u_init,
	.reserve = k_sun4u_reserve,
	.alloc = k_sun4u_alloc,
	.free = k_sun4u_free,
	.own_pool = area_own_all,
	.live = k_sun4u_live,
};
IOMMU_ALLOCATOR(k_sun4u);
