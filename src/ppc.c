// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ppc: where the pools came from (arch/powerpc/kernel/iommu.c since Linux 3.6). There is always a
 * large pool, a failed request of any size walks through all other pools and the large one
 * last, and the hint moves in whole blocks. powerpc flushes at unmap: where a flush is given, each
 * free calls it after clearing the bits, outside the lock ("strict").
 */
#include "pools.h"

#define HASH_BITS 2
/* Entries; what the hint of a small request is rounded up to. */
#define BLOCK_SIZE 16UL

static unsigned long pool_size(const struct iommu_geometry *g)
{
	return g->entries * 3 / 4 / g->npools;
}

static const char *ppc_check(const struct iommu_geometry *g)
{
	if (g->npools != 1 && g->npools != 4)
		return "pools must be 1 or 4";
	if (!area_check(g) && pool_size(g) < 2)
		return "a pool would have fewer than 2 entries: fewer pools or more entries";
	return area_check(g);
}

static size_t ppc_size(const struct iommu_geometry *g)
{
	return sizeof(struct pool_table) + area_bitmap_bytes(g->entries);
}

static struct iommu_map *ppc_init(void *mem, const struct iommu_geometry *g, iommu_flush_fn flush,
				  void *flush_arg)
{
	struct pool_table *t = mem;

	area_map_init(&t->map, g, (unsigned long *)(t + 1), flush, flush_arg);
	return pools_init(t, g, pool_size(g), 0, HASH_BITS, true);
}

/*
 * The pool to search after pass @pass has failed in @p: the same again, then each of the
 * others, then the large one; NULL when that has failed too. Leaves the right lock held.
 */
static struct pool *next_pool(struct pool_table *t, struct pool *p, unsigned int pass,
			      unsigned int *nr, struct lock_node *node)
{
	if (pass > t->npools + 1)
		return NULL;
	if (pass == t->npools + 1) {
		p = pools_switch(t, p, &t->large, node);
	} else if (pass > 0) {
		*nr = (*nr + 1) & (t->npools - 1);
		p = pools_switch(t, p, &t->pools[*nr], node);
	}
	p->hint = p->start;
	return p;
}

static unsigned long ppc_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
			       unsigned int align_order, unsigned long *handle, uint64_t mask)
{
	const unsigned long align_mask = area_align_mask(align_order);
	struct pool_table *t = (struct pool_table *)map;
	const bool large = pools_is_large(t, n);
	unsigned int nr = pools_hash(t, cpu);
	struct pool *next, *p = large ? &t->large : &t->pools[nr];
	unsigned long index, start, limit;
	struct lock_node node;

	if (!area_possible(map, n, mask))
		return IOMMU_FAIL;
	lock_acquire(&p->lock, map->lock_kind, &node);
	for (unsigned int pass = 0;; pass++) {
		p = pools_window(t, p, &node, pass, handle, mask, &start, &limit);
		index = area_alloc(map, limit, start, n, align_mask);
		if (index != IOMMU_FAIL)
			break;
		next = next_pool(t, p, pass, &nr, &node);
		if (!next)
			break;
		p = next;
	}
	if (index != IOMMU_FAIL) {
		pools_note_span(t, index, n);
		p->hint = index + n;
		if (!large)
			p->hint = (p->hint + BLOCK_SIZE - 1) & ~(BLOCK_SIZE - 1);
	}
	lock_release(&p->lock, map->lock_kind, &node);
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static void ppc_free(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	pools_clear((struct pool_table *)map, "ppc", entry, n);
	if (map->flush)
		map->flush(map->flush_arg);
}

static const unsigned int ppc_pools[] = {1, 4, 0};
static const unsigned int ppc_default_pools[] = {4, 0};

static const struct iommu_allocator ppc = {
	.name = "ppc",
	.summary = "powerpc since Linux 3.6: pools, a large pool, strict: one flush a free",
	.rank = 40,
	.pools = ppc_pools,
	.default_pools = ppc_default_pools,
	.strict_flush = true,
	.always_large_pool = true,
	.uses_handle = true,
	.uses_mask = true,
	.uses_align = true,
	.check = ppc_check,
	.pool_size = pool_size,
	.size = ppc_size,
	.init = ppc_init,
	.alloc = ppc_alloc,
	.free = ppc_free,
	.own_pool = pools_own,
	.live = pools_live,
};
IOMMU_ALLOCATOR(ppc);
