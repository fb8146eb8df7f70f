/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocators with a fault that the audit must find. broken_stale is the stale bitmap with one
 * pool and the mistake that is easily made: it flushes without its lock, and afterwards reclaims
 * all that is stale by then, what was freed during the flush too.
 */
#ifndef IOMMUBENCH_TEST_BROKEN_STALE_H
#define IOMMUBENCH_TEST_BROKEN_STALE_H

#include "area.h"

struct broken_stale {
	struct iommu_map map;
	struct lock lock;
	unsigned long *bits, *stale; /* under lock */
	unsigned long hint;
	iommu_flush_fn flush;
};

static const unsigned int broken_pools[] = {1, 0};

static size_t broken_stale_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct broken_stale), 2);
}

static struct iommu_map *broken_stale_init(struct iommu_arena *arena,
					   const struct iommu_geometry *g, iommu_flush_fn flush,
					   void *flush_arg)
{
	struct broken_stale *t = area_init(arena, g, sizeof(*t), flush_arg);

	t->bits = area_bitmap(arena, g);
	t->stale = area_bitmap(arena, g);
	t->flush = flush;
	return &t->map;
}

static unsigned long broken_stale_search(struct broken_stale *t, unsigned long n,
					 const struct iommu_device *device)
{
	const unsigned long entries = t->map.entries;
	unsigned long index = area_alloc(t->bits, entries, t->hint, n, 0, device->boundary, 0);

	if (index == IOMMU_FAIL)
		index = area_alloc(t->bits, entries, 0, n, 0, device->boundary, 0);
	if (index != IOMMU_FAIL)
		t->hint = index + n;
	return index;
}

/* All that is stale by now is free. */
static void broken_stale_reclaim(struct broken_stale *t)
{
	bitmap_for_each_word (w, 0, t->map.entries) {
		t->bits[w.word] ^= t->stale[w.word];
		t->stale[w.word] = 0;
	}
}

static unsigned long broken_stale_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
					unsigned int align_order, unsigned long *handle,
					const struct iommu_device *device)
{
	struct broken_stale *t = (struct broken_stale *)map;
	unsigned long index;

	(void)align_order, (void)handle;
	lock_acquire(&t->lock, &map->locks, cpu);
	index = broken_stale_search(t, n, device);
	if (index == IOMMU_FAIL) {
		lock_release(&t->lock, &map->locks);
		t->flush(map->flush_arg);
		lock_acquire(&t->lock, &map->locks, cpu);
		/* The fault: what became stale since the flush began is cleared as well. */
		broken_stale_reclaim(t);
		index = broken_stale_search(t, n, device);
	}
	lock_release(&t->lock, &map->locks);
	return index;
}

static void broken_stale_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			      unsigned long n)
{
	struct broken_stale *t = (struct broken_stale *)map;

	lock_acquire(&t->lock, &map->locks, cpu);
	bitmap_set(t->stale, entry, n);
	lock_release(&t->lock, &map->locks);
}

static unsigned long broken_stale_live(const struct iommu_map *map, struct iommu_range range)
{
	const struct broken_stale *t = (const struct broken_stale *)map;

	return area_count(t->bits, t->stale, range);
}

/* Not registered: only the tests know it. */
static const struct iommu_allocator broken_stale = {
	.name = "broken-stale",
	.summary = "reclaims what was freed during the flush",
	.pools = broken_pools,
	.default_pools = broken_pools,
	.stale_safe = true,
	.check = area_check_single,
	.size = broken_stale_size,
	.init = broken_stale_init,
	.alloc = broken_stale_alloc,
	.free = broken_stale_free,
	.own_pool = area_own_all,
	.live = broken_stale_live,
};

/* With hypercalls: each map makes one ... */
static unsigned long broken_demap_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
					unsigned int align_order, unsigned long *handle,
					const struct iommu_device *device)
{
	struct broken_stale *t = (struct broken_stale *)map;
	unsigned long index;

	(void)align_order, (void)handle;
	lock_acquire(&t->lock, &map->locks, cpu);
	index = broken_stale_search(t, n, device);
	lock_release(&t->lock, &map->locks);
	if (index != IOMMU_FAIL)
		t->flush(map->flush_arg);
	return index;
}

static void broken_demap_clear(struct broken_stale *t, unsigned int cpu, unsigned long entry,
			       unsigned long n)
{
	lock_acquire(&t->lock, &t->map.locks, cpu);
	bitmap_clear(t->bits, entry, n);
	lock_release(&t->lock, &t->map.locks);
}

/* ... and an unmap none, which is the fault; */
static void never_demap(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			unsigned long n)
{
	broken_demap_clear((struct broken_stale *)map, cpu, entry, n);
}

/* ... or too late: another CPU may have the entries by now. */
static void late_demap(struct iommu_map *map, unsigned int cpu, unsigned long entry,
		       unsigned long n)
{
	struct broken_stale *t = (struct broken_stale *)map;

	broken_demap_clear(t, cpu, entry, n);
	t->flush(map->flush_arg);
}

#define BROKEN_DEMAP(named, with)                                                                 \
	{                                                                                         \
		.name = (named), .summary = "demaps too late, or never", .pools = broken_pools,   \
		.default_pools = broken_pools, .stale_safe = true, .hypercalls = true,            \
		.check = area_check_single, .size = broken_stale_size, .init = broken_stale_init, \
		.alloc = broken_demap_alloc, .free = (with), .own_pool = area_own_all,            \
		.live = broken_stale_live,                                                        \
	}
static const struct iommu_allocator broken_demap_never =
	BROKEN_DEMAP("broken-demap-never", never_demap);
static const struct iommu_allocator broken_demap_late =
	BROKEN_DEMAP("broken-demap-late", late_demap);

static unsigned long always_zero(struct iommu_map *map, unsigned int cpu, unsigned long n,
				 unsigned int align_order, unsigned long *handle,
				 const struct iommu_device *device)
{
	(void)map, (void)cpu, (void)n, (void)align_order, (void)handle, (void)device;
	return 0;
}

static void forget(struct iommu_map *map, unsigned int cpu, unsigned long entry, unsigned long n)
{
	(void)map, (void)cpu, (void)entry, (void)n;
}

/* Hands out entry 0, whoever has it. */
static const struct iommu_allocator broken_twice = {
	.name = "broken-twice",
	.summary = "hands out one entry again and again",
	.pools = broken_pools,
	.default_pools = broken_pools,
	.check = area_check_single,
	.size = broken_stale_size,
	.init = broken_stale_init,
	.alloc = always_zero,
	.free = forget,
	.own_pool = area_own_all,
	.live = broken_stale_live,
};

#endif
