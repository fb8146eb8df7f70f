// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ppc: where the pools came from (arch/powerpc/kernel/iommu.c, Linux 3.6), as of Linux 6.1. There is always a
 * large pool, a failed request of any size walks through all other pools and the large one
 * last, and the hint moves in whole blocks. powerpc flushes at unmap: where a flush is given, each
 * free calls it after clearing the bits, outside the lock ("strict").
 */
#include "ppc.h"

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
	return area_size(g, sizeof(struct ppc), 1);
}

static struct iommu_map *ppc_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				  iommu_flush_fn flush, void *flush_arg)
{
	struct ppc *m = area_init(arena, g, sizeof(*m), flush_arg);
	struct iommu_table *t;
	unsigned long start = 0;

	if (!m)
		return NULL;
	t = &m->table;
	t->it_map = area_bitmap(arena, g);
	t->it_size = g->entries;
	t->it_offset = g->base;
	t->it_blocksize = BLOCK_SIZE;
	t->poolsize = pool_size(g);
	t->nr_pools = g->npools;
	t->it_ops = flush;
	for (unsigned int i = 0; i < g->npools; i++, start += t->poolsize)
		pool_init(&t->pools[i].pool, "pool", start, start + t->poolsize);
	pool_init(&t->large_pool.pool, "large pool", start, g->entries);
	return &m->map;
}

static inline struct pool *pool_of(struct iommu_table *t, unsigned long entry)
{
	if (entry >= t->large_pool.pool.start)
		return &t->large_pool.pool;
	return &t->pools[entry / t->poolsize].pool;
}

#ifdef IOMMU_CHECKED
static inline bool spans(struct ppc *m, unsigned long entry, unsigned long n)
{
	return pool_of(&m->table, entry) != pool_of(&m->table, entry + n - 1);
}
#endif

static inline void check_span(struct ppc *m, unsigned long entry, unsigned long n)
{
#ifdef IOMMU_CHECKED
	if (!m->spans.seen && spans(m, entry, n))
		iommu_bad_free("ppc", "is across pools", entry, n);
#else
	(void)m, (void)entry, (void)n;
#endif
}

/*
 * The pool to search after the search @s has failed in @p: the same again, then each of the
 * others, then the large one; NULL when that has failed too. Leaves the right lock held.
 */
static struct pool *next_pool(struct iommu_table *t, const struct pools_search *s, struct pool *p,
			      unsigned long *nr)
{
	if (s->pass > t->nr_pools + 1)
		return NULL;
	if (s->pass == t->nr_pools + 1) {
		p = pools_switch(s->locks, p, &t->large_pool.pool, s->cpu);
	} else if (s->pass > 0) {
		*nr = (*nr + 1) & (t->nr_pools - 1);
		p = pools_switch(s->locks, p, &t->pools[*nr].pool, s->cpu);
	}
	p->hint = p->start;
	return p;
}

static unsigned long ppc_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
			       unsigned int align_order, unsigned long *handle,
			       const struct iommu_device *device)
{
	struct ppc *m = (struct ppc *)map;
	struct iommu_table *t = &m->table;
	const bool large = n > IOMMU_LARGE_REQUEST;
	unsigned long nr = pools_hash(cpu, PPC_HASH_BITS) & (t->nr_pools - 1);
	struct pool *next, *p = large ? &t->large_pool.pool : &t->pools[nr].pool;
	struct pools_search s = {
		.locks = &map->locks,
		.first = &t->pools[0].pool,
		.base = t->it_offset,
		.mask = device->mask,
		.handle = handle,
		.cpu = cpu,
	};
	unsigned long index;

	if (!area_possible(n, s.base, device))
		return IOMMU_FAIL;
	lock_acquire(&p->lock, s.locks, cpu);
	for (;; s.pass++) {
		p = pools_window(&s, p);
		index = area_alloc(t->it_map, s.limit, s.start, n, s.base, device->boundary,
				   area_align_mask(align_order));
		if (index != IOMMU_FAIL)
			break;
		next = next_pool(t, &s, p, &nr);
		if (!next)
			break;
		p = next;
	}
	if (index != IOMMU_FAIL) {
		pools_note_found(&m->spans, p, index, n);
		p->hint = index + n;
		if (!large)
			p->hint = (p->hint + t->it_blocksize - 1) & ~(t->it_blocksize - 1);
	}
	lock_release(&p->lock, s.locks);
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static void ppc_free(struct iommu_map *map, unsigned int cpu, unsigned long entry, unsigned long n)
{
	struct ppc *m = (struct ppc *)map;
	struct iommu_table *t = &m->table;
	struct pool *p;

	area_check_range(map, "ppc", entry, n);
	/* Upstream's test before each free, which costs the line that it_size is on. */
	if (entry + n > t->it_size)
		return;
	p = pool_of(t, entry);
	check_span(m, entry, n);
	lock_acquire(&p->lock, &map->locks, cpu);
	area_check_free(t->it_map, "ppc", NULL, entry, n);
	bitmap_clear(t->it_map, entry, n);
	lock_release(&p->lock, &map->locks);
	if (t->it_ops)
		t->it_ops(map->flush_arg);
}

static struct iommu_range ppc_own(const struct iommu_map *map, unsigned int cpu, unsigned long n)
{
	const struct iommu_table *t = &((const struct ppc *)map)->table;
	const unsigned long nr = pools_hash(cpu, PPC_HASH_BITS) & (t->nr_pools - 1);
	const struct pool *p = n > IOMMU_LARGE_REQUEST ? &t->large_pool.pool : &t->pools[nr].pool;

	return (struct iommu_range){.start = p->start, .end = p->end};
}

static unsigned long ppc_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(((const struct ppc *)map)->table.it_map, NULL, range);
}

static void ppc_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	bitmap_set(((struct ppc *)map)->table.it_map, entry, n);
}

static const unsigned int ppc_pools[] = {1, 4, 0};
static const unsigned int ppc_default_pools[] = {4, 0};

static const struct iommu_allocator ppc = {
	.name = "ppc",
	.summary = "powerpc as of Linux 6.1: pools, a large pool, strict: one flush a free",
	.rank = 40,
	.pools = ppc_pools,
	.default_pools = ppc_default_pools,
	.known_stale_reuse = true,
	.ran_on = "ppc/pools:4 ppc/pools:1",
	.strict_flush = true,
	.frees_any_range = true,
	.always_large_pool = true,
	.uses_handle = true,
	.uses_mask = true,
	.uses_align = true,
	.check = ppc_check,
	.pool_size = pool_size,
	.size = ppc_size,
	.init = ppc_init,
	.reserve = ppc_reserve,
	.alloc = ppc_alloc,
	.free = ppc_free,
	.own_pool = ppc_own,
	.live = ppc_live,
};
IOMMU_ALLOCATOR(ppc);
