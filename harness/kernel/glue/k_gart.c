// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * k-gart: the tree's GART allocator, with the look whether a flush is due that each of its map functions ends with,
 * and with iommu=nofullflush: by default it flushes at each map. All it knows stands in variables of the kernel:
 * there can be one map at a time.
 */
//k roots alloc_iommu free_iommu flush_gart
//k from include/linux/bitmap.h
//k from include/linux/iommu-helper.h
//k from arch/x86/kernel/amd_gart_64.c
//k with bitmap find_bit iommu_helper
#define PAGE_SHIFT 0
#include "kernel/glue/glue.h"

static void amd_flush_garts(void);

#include <cut.c>

struct k_gart {
	struct iommu_map map;
	iommu_flush_fn flush;
};

static void amd_flush_garts(void)
{
	const struct k_gart *m = (const struct k_gart *)kernel_map();

	if (m->flush)
		m->flush(m->map.flush_arg);
}

static size_t k_gart_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct k_gart), 1);
}

static struct iommu_map *k_gart_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				     iommu_flush_fn flush, void *flush_arg)
{
	struct k_gart *m = area_init(arena, g, sizeof(*m), flush_arg);

	if (!m)
		return NULL;
	m->flush = flush;
	iommu_fullflush = 0;
	iommu_bus_base = g->base;
	iommu_pages = g->entries;
	iommu_gart_bitmap = area_bitmap(arena, g);
	kernel_spinlock_anew(iommu_bitmap_lock);
	next_bit = 0;
	need_flush = false;
	return &m->map;
}

static void k_gart_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	(void)map;
	for (; n; n--, entry++)
		__set_bit(entry, iommu_gart_bitmap);
}

static unsigned long k_gart_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				  unsigned int align_order, unsigned long *handle,
				  const struct iommu_device *device)
{
	unsigned long index;

	/* Its search would leave the bitmap, or never end. */
	if (n == 0 || n > device->boundary)
		return IOMMU_FAIL;
	kernel_enter(map, cpu);
	index = alloc_iommu((struct device *)device, n, area_align_mask(align_order));
	flush_gart();
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static void k_gart_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			unsigned long n)
{
	area_check_range(map, "k-gart", entry, n);
	area_check_free(iommu_gart_bitmap, "k-gart", NULL, entry, n);
	kernel_enter(map, cpu);
	free_iommu(entry, n);
}

static unsigned long k_gart_live(const struct iommu_map *map, struct iommu_range range)
{
	(void)map;
	return area_count(iommu_gart_bitmap, NULL, range);
}

static const struct iommu_allocator k_gart = {
	.name = "k-gart",
	.summary = "the kernel tree's GART allocator",
	.rank = 20,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.ran_on = "gart/pools:1",
	.stale_safe = true,
	.frees_any_range = true,
	.uses_align = true,
	.check = area_check_single,
	.size = k_gart_size,
	.init = k_gart_init,
	.reserve = k_gart_reserve,
	.alloc = k_gart_alloc,
	.free = k_gart_free,
	.own_pool = area_own_all,
	.live = k_gart_live,
};
IOMMU_ALLOCATOR(k_gart);
