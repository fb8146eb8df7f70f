/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pooled: the generic pooled allocator, sparc since Linux 4.1 (lib/iommu-common.c, later
 * arch/sparc/kernel/iommu-common.c). Up to 16 pools with a lock each, an optional large
 * pool, and a lazy flush when a search wrapped. One pool with a lazy flush is what sun4u got (the
 * mail's first option), 16 without one what sun4v got; many pools *with* one never shipped on
 * sparc and are here as the hypothetical they are.
 *
 * Kept as upstream has it, because measuring and auditing it is the point: need_flush is one
 * bit for all pools, set and cleared under different pool locks, and cleared before the
 * flush it stands for has run.
 *
 * The code is here for two layouts of the same table: who includes this says in POOLED_LINE what each pool is
 * aligned to, or 8 for upstream's packed ones, and in POOLED_NAME what it is called. Where the table is a part of
 * sparc's struct iommu, POOLED_BEHIND has the rest of it, as members of which the first is `iommu`.
 */
#include "pools.h"

#define POOLED_HASH_BITS 4

#define POOLED_HAS_LARGE  1U /* IOMMU_HAS_LARGE_POOL */
#define POOLED_NEED_FLUSH 4U /* IOMMU_NEED_FLUSH */

/* A pool where it lies. */
struct pooled_pool {
	_Alignas(POOLED_LINE) struct pool pool;
};

/*
 * struct iommu_map_table of include/linux/iommu-common.h: its fields, order and sizes. It is the first member
 * of sparc's struct iommu, which kzalloc has begin on a cache line.
 */
struct pooled_table {
	uint64_t
		table_map_base; /* upstream in bytes, with the pages' shift; here in IO pages ... */
	unsigned long table_shift; /* ... and 0 */
	unsigned long nr_pools;
	iommu_flush_fn lazy_flush;
	unsigned long poolsize;
	struct pooled_pool pools[IOMMU_MAX_POOLS];
	/* Relaxed is as much order as upstream's plain word has. */
	_Atomic uint32_t flags;
	struct pooled_pool large_pool;
	unsigned long *map;
};
#if POOLED_LINE == 8
static_assert(offsetof(struct pooled_table, nr_pools) == 16, "as upstream");
static_assert(offsetof(struct pooled_table, lazy_flush) == 24, "as upstream");
static_assert(offsetof(struct pooled_table, poolsize) == 32, "as upstream");
static_assert(offsetof(struct pooled_table, pools) == 40, "as upstream");
static_assert(offsetof(struct pooled_table, flags) == 552, "as upstream");
static_assert(offsetof(struct pooled_table, large_pool) == 560, "as upstream");
static_assert(offsetof(struct pooled_table, map) == 592, "as upstream");
static_assert(sizeof(struct pooled_table) == 600, "as upstream");
#endif

struct pooled {
	struct iommu_map map;
	_Alignas(IOMMU_CACHE_LINE) struct pooled_table table;
#ifdef POOLED_BEHIND
	POOLED_BEHIND
#endif
	/* Beside what upstream has. */
	_Alignas(IOMMU_CACHE_LINE) struct pools_spans spans;
};
#ifdef POOLED_BEHIND
static_assert(offsetof(struct pooled, iommu) ==
		      offsetof(struct pooled, table) + sizeof(struct pooled_table),
	      "as upstream");
#endif

static inline unsigned long pooled_pool_size(const struct iommu_geometry *g)
{
	return (g->large_pool ? g->entries * 3 / 4 : g->entries) / g->npools;
}

static inline const char *pooled_check(const struct iommu_geometry *g)
{
	const char *why = area_check(g);

	/* Its end is one less than its size, and the search loses one more. */
	if (!why && pooled_pool_size(g) < 3)
		why = "a pool would have fewer than 3 entries: fewer pools or more entries";
	return why;
}

static inline size_t pooled_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct pooled), 1);
}

static inline struct iommu_map *pooled_init(struct iommu_arena *arena,
					    const struct iommu_geometry *g, iommu_flush_fn flush,
					    void *flush_arg)
{
	struct pooled *m = area_init(arena, g, sizeof(*m), flush_arg);
	struct pooled_table *t;
	unsigned long start = 0;

	if (!m)
		return NULL;
	t = &m->table;
	t->map = area_bitmap(arena, g);
	t->table_map_base = g->base;
	t->nr_pools = g->npools;
	t->lazy_flush = flush;
	t->poolsize = pooled_pool_size(g);
	for (unsigned int i = 0; i < g->npools; i++, start += t->poolsize)
		pool_init(&t->pools[i].pool, "pool", start, start + t->poolsize - 1);
	if (g->large_pool) {
		atomic_init(&t->flags, POOLED_HAS_LARGE);
		pool_init(&t->large_pool.pool, "large pool", start, g->entries);
	}
	return &m->map;
}

static inline bool has_large(struct pooled_table *t)
{
	return atomic_load_explicit(&t->flags, memory_order_relaxed) & POOLED_HAS_LARGE;
}

/* Not one operation, as upstream's is not: a change by another CPU in between is lost. */
static inline void set_need_flush(struct pooled_table *t)
{
	uint32_t flags = atomic_load_explicit(&t->flags, memory_order_relaxed);

	atomic_store_explicit(&t->flags, flags | POOLED_NEED_FLUSH, memory_order_relaxed);
}

static inline void flush_if_needed(struct pooled *m, const struct pool *p, unsigned long index)
{
	struct pooled_table *t = &m->table;
	uint32_t flags;

	if (!t->lazy_flush)
		return;
	flags = atomic_load_explicit(&t->flags, memory_order_relaxed);
	if (index < p->hint || (flags & POOLED_NEED_FLUSH)) {
		atomic_store_explicit(&t->flags, flags & ~POOLED_NEED_FLUSH, memory_order_relaxed);
		t->lazy_flush(m->map.flush_arg);
	}
}

/* The pool where a CPU's requests begin. */
static inline unsigned long pooled_own_nr(const struct pooled_table *t, unsigned int cpu)
{
	return pools_hash(cpu, POOLED_HASH_BITS) & (t->nr_pools - 1);
}

static inline struct pool *pooled_pool_of(struct pooled_table *t, unsigned long entry)
{
	if (has_large(t) && entry >= t->large_pool.pool.start)
		return &t->large_pool.pool;
	return &t->pools[entry / t->poolsize].pool;
}

static inline void check_span(struct pooled *m, unsigned long entry, unsigned long n)
{
#ifdef IOMMU_CHECKED
	if (!m->spans.seen &&
	    pooled_pool_of(&m->table, entry) != pooled_pool_of(&m->table, entry + n - 1))
		iommu_bad_free(POOLED_NAME, "is across pools", entry, n);
#else
	(void)m, (void)entry, (void)n;
#endif
}

static inline unsigned long pooled_range_alloc(struct pooled *m, unsigned int cpu, unsigned long n,
					       unsigned int align_order, unsigned long *handle,
					       const struct iommu_device *device)
{
	struct pooled_table *t = &m->table;
	const unsigned long npools = t->nr_pools;
	const bool large = has_large(t) && n > IOMMU_LARGE_REQUEST;
	unsigned long nr = pooled_own_nr(t, cpu);
	struct pool *p = large ? &t->large_pool.pool : &t->pools[nr].pool;
	struct pools_search s = {
		.locks = &m->map.locks,
		.first = &t->pools[0].pool,
		.base = t->table_map_base >> t->table_shift,
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
		index = area_alloc(t->map, s.limit, s.start, n, s.base, device->boundary,
				   area_align_mask(align_order));
		if (index != IOMMU_FAIL)
			break;
		if (s.pass > 0) {
			if (large || s.pass > npools)
				break;
			nr = (nr + 1) & (npools - 1);
			p = pools_switch(s.locks, p, &t->pools[nr].pool, cpu);
		}
		p->hint = p->start;
		set_need_flush(t);
	}
	if (index != IOMMU_FAIL) {
		pools_note_found(&m->spans, p, index, n);
		flush_if_needed(m, p, index);
		p->hint = index + n;
	}
	lock_release(&p->lock, s.locks);
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static inline void pooled_range_free(struct pooled *m, unsigned int cpu, unsigned long entry,
				     unsigned long n)
{
	struct pool *p;

	area_check_range(&m->map, POOLED_NAME, entry, n);
	p = pooled_pool_of(&m->table, entry);
	check_span(m, entry, n);
	lock_acquire(&p->lock, &m->map.locks, cpu);
	area_check_free(m->table.map, POOLED_NAME, NULL, entry, n);
	bitmap_clear(m->table.map, entry, n);
	lock_release(&p->lock, &m->map.locks);
}

static inline struct iommu_range pooled_own(const struct iommu_map *map, unsigned int cpu,
					    unsigned long n)
{
	struct pooled_table *t = &((struct pooled *)map)->table;
	const struct pool *p = has_large(t) && n > IOMMU_LARGE_REQUEST ?
				       &t->large_pool.pool :
				       &t->pools[pooled_own_nr(t, cpu)].pool;

	return (struct iommu_range){.start = p->start, .end = p->end};
}

static inline unsigned long pooled_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(((const struct pooled *)map)->table.map, NULL, range);
}

static inline void pooled_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	bitmap_set(((struct pooled *)map)->table.map, entry, n);
}

/* The allocator by itself, without a driver's call path around it: most of its descriptor. */
static inline unsigned long pooled_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
					 unsigned int align_order, unsigned long *handle,
					 const struct iommu_device *device)
{
	return pooled_range_alloc((struct pooled *)map, cpu, n, align_order, handle, device);
}

static inline void pooled_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			       unsigned long n)
{
	pooled_range_free((struct pooled *)map, cpu, entry, n);
}

#define POOLED_BARE                                                                        \
	.known_stale_reuse = true, .frees_any_range = true, .takes_large_pool = true,      \
	.uses_handle = true, .uses_mask = true, .uses_align = true, .check = pooled_check, \
	.pool_size = pooled_pool_size, .size = pooled_size, .init = pooled_init,           \
	.reserve = pooled_reserve, .alloc = pooled_alloc, .free = pooled_free,             \
	.own_pool = pooled_own, .live = pooled_live
