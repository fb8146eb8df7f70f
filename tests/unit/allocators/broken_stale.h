/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocators with a fault that the audit must find. broken_stale is the stale bitmap with one
 * pool and the mistake that is easily made: it flushes without its lock, and afterwards reclaims
 * all that is stale by then, what was freed during the flush too.
 */
#ifndef IOMMUBENCH_TEST_BROKEN_STALE_H
#define IOMMUBENCH_TEST_BROKEN_STALE_H

#include "arena.h"

struct broken_stale {
	struct arena arena;
	unsigned long *stale; /* under arena.lock */
};

static const unsigned int broken_pools[] = {1, 0};

static size_t broken_stale_size(const struct iommu_geometry *g)
{
	return sizeof(struct broken_stale) + 2 * area_bitmap_bytes(g->entries);
}

static struct iommu_map *broken_stale_init(void *mem, const struct iommu_geometry *g,
					   iommu_flush_fn flush, void *flush_arg)
{
	struct broken_stale *t = mem;
	char *bits = (char *)(t + 1);

	area_map_init(&t->arena.map, g, (unsigned long *)bits, flush, flush_arg);
	t->stale = (unsigned long *)(bits + area_bitmap_bytes(g->entries));
	return &t->arena.map;
}

static unsigned long broken_stale_search(struct broken_stale *t, unsigned long n)
{
	struct iommu_map *map = &t->arena.map;
	unsigned long index = area_alloc(map, map->entries, t->arena.hint, n, 0);

	if (index == IOMMU_FAIL)
		index = area_alloc(map, map->entries, 0, n, 0);
	if (index != IOMMU_FAIL)
		t->arena.hint = index + n;
	return index;
}

/* All that is stale by now is free. */
static void broken_stale_reclaim(struct broken_stale *t)
{
	struct iommu_map *map = &t->arena.map;

	bitmap_for_each_word (w, 0, map->entries) {
		map->bits[w.word] ^= t->stale[w.word];
		t->stale[w.word] = 0;
	}
}

static unsigned long broken_stale_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
					unsigned int align_order, unsigned long *handle,
					uint64_t mask)
{
	struct broken_stale *t = (struct broken_stale *)map;
	struct lock_node node;
	unsigned long index;

	(void)cpu, (void)align_order, (void)handle, (void)mask;
	lock_acquire(&t->arena.lock, map->lock_kind, &node);
	index = broken_stale_search(t, n);
	if (index == IOMMU_FAIL) {
		lock_release(&t->arena.lock, map->lock_kind, &node);
		map->flush(map->flush_arg);
		lock_acquire(&t->arena.lock, map->lock_kind, &node);
		/* The fault: what became stale since the flush began is cleared as well. */
		broken_stale_reclaim(t);
		index = broken_stale_search(t, n);
	}
	lock_release(&t->arena.lock, map->lock_kind, &node);
	return index;
}

static void broken_stale_free(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct broken_stale *t = (struct broken_stale *)map;
	struct lock_node node;

	lock_acquire(&t->arena.lock, map->lock_kind, &node);
	bitmap_set(t->stale, entry, n);
	lock_release(&t->arena.lock, map->lock_kind, &node);
}

static unsigned long broken_stale_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(map->bits, ((const struct broken_stale *)map)->stale, range);
}

/* Not registered: only the tests know it. */
static const struct iommu_allocator broken_stale = {
	.name = "broken-stale",
	.summary = "reclaims what was freed during the flush",
	.pools = broken_pools,
	.default_pools = broken_pools,
	.stale_safe = true,
	.check = arena_check,
	.size = broken_stale_size,
	.init = broken_stale_init,
	.alloc = broken_stale_alloc,
	.free = broken_stale_free,
	.own_pool = arena_own_pool,
	.live = broken_stale_live,
};

static unsigned long always_zero(struct iommu_map *map, unsigned int cpu, unsigned long n,
				 unsigned int align_order, unsigned long *handle, uint64_t mask)
{
	(void)map, (void)cpu, (void)n, (void)align_order, (void)handle, (void)mask;
	return 0;
}

static void forget(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	(void)map, (void)entry, (void)n;
}

/* Hands out entry 0, whoever has it. */
static const struct iommu_allocator broken_twice = {
	.name = "broken-twice",
	.summary = "hands out one entry again and again",
	.pools = broken_pools,
	.default_pools = broken_pools,
	.check = arena_check,
	.size = arena_size,
	.init = arena_init,
	.alloc = always_zero,
	.free = forget,
	.own_pool = arena_own_pool,
	.live = arena_live,
};

#endif
