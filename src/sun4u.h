/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The old sparc allocator without its lock, which the callers took: map_page and unmap_page did
 * more under it (src/dma4u-4.0.c).
 */
#ifndef IOMMUBENCH_SUN4U_H
#define IOMMUBENCH_SUN4U_H

#include <assert.h>

#include "area.h"

#define SUN4U_CONTEXTS 4096

struct sun4u;

/*
 * struct iommu of Linux 4.0, arch/sparc/include/asm/iommu_64.h: its fields, order and sizes. It was
 * allocated by kzalloc, and so began on a cache line. Registers are never touched here.
 */
struct sun4u_iommu {
	struct lock lock;
	struct {
		unsigned long *map;
		unsigned int hint, limit;
	} arena;
	iommu_flush_fn flush_all;
	uint64_t *page_table;
	uint32_t page_table_map_base; /* upstream in bytes, here in IO pages */
	unsigned long control, tsbbase, flush, flushinv, tags;
	unsigned long ctxflush; /* not 0: mappings have a context */
	unsigned long write_complete_reg, dummy_page;
	unsigned long dummy_page_pa;
	unsigned long ctx_lowest_free;
	unsigned long ctx_bitmap[SUN4U_CONTEXTS / BITS_PER_WORD];
	uint32_t dma_addr_mask;
};
static_assert(offsetof(struct sun4u_iommu, arena.map) == 8, "as upstream");
static_assert(offsetof(struct sun4u_iommu, arena.hint) == 16, "as upstream");
static_assert(offsetof(struct sun4u_iommu, arena.limit) == 20, "as upstream");
static_assert(offsetof(struct sun4u_iommu, flush_all) == 24, "as upstream");
static_assert(offsetof(struct sun4u_iommu, page_table) == 32, "as upstream");
static_assert(offsetof(struct sun4u_iommu, page_table_map_base) == 40, "as upstream");
static_assert(offsetof(struct sun4u_iommu, ctxflush) == 88, "as upstream");
static_assert(offsetof(struct sun4u_iommu, ctx_lowest_free) == 120, "as upstream");
static_assert(offsetof(struct sun4u_iommu, ctx_bitmap) == 128, "as upstream");
static_assert(sizeof(struct sun4u_iommu) == 648, "as upstream");

struct sun4u {
	struct iommu_map map;
	_Alignas(IOMMU_CACHE_LINE) struct sun4u_iommu iommu;
};

static inline const char *sun4u_check(const struct iommu_geometry *g)
{
	if (g->base > UINT32_MAX)
		return "the first page number must fit 32 bits, as the base it had";
	return area_check_single(g);
}

/* The rest of init; returns the map. */
static inline struct iommu_map *sun4u_begin(struct sun4u *s, struct iommu_arena *arena,
					    const struct iommu_geometry *g, iommu_flush_fn flush)
{
	s->iommu.arena.map = area_bitmap(arena, g);
	s->iommu.arena.limit = (unsigned int)g->entries;
	s->iommu.flush_all = flush;
	s->iommu.page_table_map_base = (uint32_t)g->base;
	s->iommu.ctx_lowest_free = 1;
	lock_name(&s->iommu.lock, "iommu");
	return &s->map;
}

static inline void sun4u_flush(const struct sun4u *s)
{
	if (s->iommu.flush_all)
		s->iommu.flush_all(s->map.flush_arg);
}

/* Allocates as alloc() does, under the lock. */
static inline unsigned long sun4u_range_alloc(struct sun4u *s, unsigned long n,
					      unsigned long *handle,
					      const struct iommu_device *device)
{
	struct sun4u_iommu *iommu = &s->iommu;
	const uint64_t base = iommu->page_table_map_base;
	const unsigned long limit = iommu->arena.limit;
	unsigned long start = handle && *handle ? *handle : iommu->arena.hint;
	unsigned long index;

	if (n == 0 || n > device->boundary)
		return IOMMU_FAIL;
	if (start >= limit) {
		start = 0;
		sun4u_flush(s);
	}
	index = area_alloc(iommu->arena.map, limit, start, n, base, device->boundary, 0);
	if (index == IOMMU_FAIL) {
		sun4u_flush(s);
		index = area_alloc(iommu->arena.map, limit, 0, n, base, device->boundary, 0);
	}
	if (index == IOMMU_FAIL)
		return IOMMU_FAIL;
	iommu->arena.hint = (unsigned int)(index + n);
	if (handle)
		*handle = index + n;
	return index;
}

/* Frees as free() does, under the lock; for the checked build @allocator is to blame. */
static inline void sun4u_range_free(struct sun4u *s, const char *allocator, unsigned long entry,
				    unsigned long n)
{
	area_check_free(s->iommu.arena.map, allocator, NULL, entry, n);
	bitmap_clear(s->iommu.arena.map, entry, n);
}

static inline unsigned long sun4u_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(((const struct sun4u *)map)->iommu.arena.map, NULL, range);
}

static inline void sun4u_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	bitmap_set(((struct sun4u *)map)->iommu.arena.map, entry, n);
}

#endif
