// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gart: the IOMMU that x86 had in AMD's northbridges (arch/x86/kernel/amd_gart_64.c, as of Linux 6.1, with
 * iommu=nofullflush: by default it flushes at each map). sun4u made safe: a free at or above the hint moves
 * the hint behind what it frees, so nothing freed is met again before the wrap, hence before the flush. The
 * flush is not part of the allocation: the map functions take the lock a second time to look whether one is
 * due, whatever came of the first.
 */
#include "gart.h"

static size_t gart_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct gart), 1);
}

static struct iommu_map *gart_init(struct iommu_arena *arena, const struct iommu_geometry *geometry,
				   iommu_flush_fn flush, void *flush_arg)
{
	struct gart *g = area_init(arena, geometry, sizeof(*g), flush_arg);

	if (!g)
		return NULL;
	g->v.iommu_bus_base = geometry->base;
	g->v.iommu_pages = geometry->entries;
	g->v.iommu_gart_bitmap = area_bitmap(arena, geometry);
	g->flush = flush;
	lock_name(&g->v.iommu_bitmap_lock, "iommu_bitmap");
	return &g->map;
}

static unsigned long search(struct gart_variables *v, unsigned long n, unsigned long align_mask,
			    uint64_t boundary)
{
	unsigned long index = area_alloc(v->iommu_gart_bitmap, v->iommu_pages, v->next_bit, n,
					 v->iommu_bus_base, boundary, align_mask);

	if (index == IOMMU_FAIL) {
		v->need_flush = true;
		index = area_alloc(v->iommu_gart_bitmap, v->iommu_pages, 0, n, v->iommu_bus_base,
				   boundary, align_mask);
	}
	if (index == IOMMU_FAIL)
		return index;
	v->next_bit = index + n;
	if (v->next_bit >= v->iommu_pages) {
		v->next_bit = 0;
		v->need_flush = true;
	}
	return index;
}

static void flush_if_due(struct gart *g, unsigned int cpu)
{
	lock_acquire(&g->v.iommu_bitmap_lock, &g->map.locks, cpu);
	if (g->v.need_flush) {
		if (g->flush)
			g->flush(g->map.flush_arg);
		g->v.need_flush = false;
	}
	lock_release(&g->v.iommu_bitmap_lock, &g->map.locks);
}

static unsigned long gart_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				unsigned int align_order, unsigned long *handle,
				const struct iommu_device *device)
{
	struct gart *g = (struct gart *)map;
	unsigned long index;

	if (n == 0 || n > device->boundary)
		return IOMMU_FAIL;
	lock_acquire(&g->v.iommu_bitmap_lock, &map->locks, cpu);
	index = search(&g->v, n, area_align_mask(align_order), device->boundary);
	lock_release(&g->v.iommu_bitmap_lock, &map->locks);
	flush_if_due(g, cpu);
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static void gart_free(struct iommu_map *map, unsigned int cpu, unsigned long entry, unsigned long n)
{
	struct gart *g = (struct gart *)map;

	area_check_range(map, "gart", entry, n);
	lock_acquire(&g->v.iommu_bitmap_lock, &map->locks, cpu);
	area_check_free(g->v.iommu_gart_bitmap, "gart", NULL, entry, n);
	bitmap_clear(g->v.iommu_gart_bitmap, entry, n);
	if (entry >= g->v.next_bit)
		g->v.next_bit = entry + n;
	lock_release(&g->v.iommu_bitmap_lock, &map->locks);
}

static unsigned long gart_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(((const struct gart *)map)->v.iommu_gart_bitmap, NULL, range);
}

static void gart_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	bitmap_set(((struct gart *)map)->v.iommu_gart_bitmap, entry, n);
}

static const struct iommu_allocator gart = {
	.name = "gart",
	.summary = "x86 GART: as sun4u, but a free ahead of the hint moves the hint past it",
	.rank = 20,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.ran_on = "gart/pools:1",
	.stale_safe = true,
	.frees_any_range = true,
	.uses_align = true,
	.check = area_check_single,
	.size = gart_size,
	.init = gart_init,
	.reserve = gart_reserve,
	.alloc = gart_alloc,
	.free = gart_free,
	.own_pool = area_own_all,
	.live = gart_live,
};
IOMMU_ALLOCATOR(gart);
