// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pooled: the generic pooled allocator, sparc since Linux 4.1 (lib/iommu-common.c, later
 * arch/sparc/kernel/iommu-common.c). Up to 16 pools with a lock each, an optional large
 * pool, and a lazy flush when a search wrapped. One pool with a lazy flush is what sun4u got (the
 * mail's first option), 16 without one what sun4v got; many pools *with* one never shipped on
 * sparc and are here as the hypothetical they are.
 *
 * Kept as upstream has it, because measuring and auditing it is the point: need_flush is one
 * word for all pools, set and cleared under different pool locks, and cleared before the
 * flush it stands for has run.
 */
#include "pools.h"

#define HASH_BITS 4

struct pooled {
	struct pool_table table;
	/* Relaxed is as much order as upstream's plain word has. */
	_Alignas(IOMMU_CACHE_LINE) _Atomic unsigned int need_flush;
};

static unsigned long pool_size(const struct iommu_geometry *g)
{
	return (g->large_pool ? g->entries * 3 / 4 : g->entries) / g->npools;
}

static const char *pooled_check(const struct iommu_geometry *g)
{
	const char *why = area_check(g);

	/* Its end is one less than its size, and the search loses one more. */
	if (!why && pool_size(g) < 3)
		why = "a pool would have fewer than 3 entries: fewer pools or more entries";
	return why;
}

static size_t pooled_size(const struct iommu_geometry *g)
{
	return sizeof(struct pooled) + area_bitmap_bytes(g->entries);
}

static struct iommu_map *pooled_init(void *mem, const struct iommu_geometry *g,
				     iommu_flush_fn flush, void *flush_arg)
{
	struct pooled *t = mem;

	area_map_init(&t->table.map, g, (unsigned long *)(t + 1), flush, flush_arg);
	return pools_init(&t->table, g, pool_size(g), 1, HASH_BITS, g->large_pool);
}

static inline void set_need_flush(struct pooled *t)
{
	atomic_store_explicit(&t->need_flush, 1, memory_order_relaxed);
}

static inline void flush_if_needed(struct pooled *t, const struct pool *p, unsigned long index)
{
	const struct iommu_map *map = &t->table.map;

	if (!map->flush)
		return;
	if (index < p->hint || atomic_load_explicit(&t->need_flush, memory_order_relaxed)) {
		atomic_store_explicit(&t->need_flush, 0, memory_order_relaxed);
		map->flush(map->flush_arg);
	}
}

static unsigned long pooled_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				  unsigned int align_order, unsigned long *handle, uint64_t mask)
{
	const unsigned long align_mask = area_align_mask(align_order);
	struct pooled *t = (struct pooled *)map;
	const bool large = pools_is_large(&t->table, n);
	unsigned int nr = pools_hash(&t->table, cpu);
	struct pool *p = large ? &t->table.large : &t->table.pools[nr];
	unsigned long index, start, limit;
	struct lock_node node;

	if (!area_possible(map, n, mask))
		return IOMMU_FAIL;
	lock_acquire(&p->lock, map->lock_kind, &node);
	for (unsigned int pass = 0;; pass++) {
		p = pools_window(&t->table, p, &node, pass, handle, mask, &start, &limit);
		index = area_alloc(map, limit, start, n, align_mask);
		if (index != IOMMU_FAIL)
			break;
		if (pass > 0) {
			if (large || pass > t->table.npools)
				break;
			nr = (nr + 1) & (t->table.npools - 1);
			p = pools_switch(&t->table, p, &t->table.pools[nr], &node);
		}
		p->hint = p->start;
		set_need_flush(t);
	}
	if (index != IOMMU_FAIL) {
		pools_note_span(&t->table, index, n);
		flush_if_needed(t, p, index);
		p->hint = index + n;
	}
	lock_release(&p->lock, map->lock_kind, &node);
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static void pooled_free(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	pools_clear((struct pool_table *)map, "pooled", entry, n);
}

static const unsigned int pooled_pools[] = {1, 2, 4, 8, 16, 0};
static const unsigned int pooled_default_pools[] = {1, 16, 0};

static const struct iommu_allocator pooled = {
	.name = "pooled",
	.summary = "sparc since Linux 4.1: pools with a lock each, flush when a search wrapped",
	.rank = 30,
	.pools = pooled_pools,
	.default_pools = pooled_default_pools,
	.takes_large_pool = true,
	.uses_handle = true,
	.uses_mask = true,
	.uses_align = true,
	.check = pooled_check,
	.pool_size = pool_size,
	.size = pooled_size,
	.init = pooled_init,
	.alloc = pooled_alloc,
	.free = pooled_free,
	.own_pool = pools_own,
	.live = pools_live,
};
IOMMU_ALLOCATOR(pooled);
