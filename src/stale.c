// SPDX-License-Identifier: GPL-2.0-or-later
/* Marks freed entries stale, and reclaims them after a flush. */
#include "stale.h"

/* Pools end on multiples of this on every host: a word of 64 bits, or two of 32. */
#define POOL_UNIT 64UL

const unsigned int stale_pools[] = {1, 2, 4, 8, 16, 0};

static unsigned long pool_size(const struct iommu_geometry *g)
{
	/* One pool is the whole map, whose end needs no word of its own. */
	return g->npools == 1 ? g->entries : g->entries / g->npools & ~(POOL_UNIT - 1);
}

const char *stale_check(const struct iommu_geometry *g)
{
	const char *why = area_check(g);

	if (!why && g->large_pool)
		why = "it has no large pool";
	if (!why && pool_size(g) == 0)
		why = "a pool would have fewer than 64 entries: fewer pools or more entries";
	return why;
}

size_t stale_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct stale_map), 3);
}

struct iommu_map *stale_init(struct iommu_arena *arena, const struct iommu_geometry *g,
			     iommu_flush_fn flush, void *flush_arg)
{
	struct stale_map *t = area_init(arena, g, sizeof(*t), flush_arg);

	if (!t)
		return NULL;
	t->bits = area_bitmap(arena, g);
	t->stale = area_bitmap(arena, g);
	t->pending = area_bitmap(arena, g);
	t->base = g->base;
	t->flush = flush;
	t->npools = g->npools;
	t->pool_size = pool_size(g);
	for (unsigned int i = 0; i < g->npools; i++)
		pool_init(&t->pools[i].pool, "pool", i * t->pool_size, (i + 1) * t->pool_size);
	/* The last pool takes what rounding left over. */
	t->pools[g->npools - 1].pool.end = g->entries;
	lock_name(&t->reclaim_lock, "reclaim");
	return &t->map;
}

/* The pool whose lock guards @entry. */
static inline struct stale_pool *pool_of(struct stale_map *t, unsigned long entry)
{
	const unsigned long nr = entry / t->pool_size;

	return &t->pools[nr < t->npools ? nr : t->npools - 1];
}

/* The checked build's: a mask never makes a search leave its pool here. */
static inline void check_span(struct stale_map *t, unsigned long entry, unsigned long n)
{
#ifdef IOMMU_CHECKED
	if (pool_of(t, entry) != pool_of(t, entry + n - 1))
		iommu_bad_free("stale", "is across pools", entry, n);
#else
	(void)t, (void)entry, (void)n;
#endif
}

void stale_free(struct iommu_map *map, unsigned int cpu, unsigned long entry, unsigned long n)
{
	struct stale_map *t = (struct stale_map *)map;
	struct stale_pool *p;

	area_check_range(map, "stale", entry, n);
	p = pool_of(t, entry);
	check_span(t, entry, n);
	lock_acquire(&p->pool.lock, &map->locks, cpu);
	area_check_free(t->bits, "stale", t->stale, entry, n);
	area_check_free(t->bits, "stale", t->pending, entry, n);
	bitmap_set(t->stale, entry, n);
	p->stale += n;
	lock_release(&p->pool.lock, &map->locks);
}

unsigned long stale_live(const struct iommu_map *map, struct iommu_range range)
{
	const struct stale_map *t = (const struct stale_map *)map;

	return area_count(t->bits, t->stale, range) - area_count(t->pending, NULL, range);
}

struct iommu_range stale_own(const struct iommu_map *map, unsigned int cpu, unsigned long n)
{
	const struct stale_map *t = (const struct stale_map *)map;
	const struct pool *p = &t->pools[stale_own_pool(t, cpu)].pool;

	(void)n;
	return (struct iommu_range){.start = p->start, .end = p->end};
}

void stale_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	bitmap_set(((struct stale_map *)map)->bits, entry, n);
}

/* The end of what the request may use of @p. */
static inline unsigned long reach(const struct stale_map *t, const struct pool *p, uint64_t mask)
{
	if (pools_masked(t->base, p->end, mask))
		return pools_masked_limit(t->base, mask);
	return p->end;
}

bool stale_fits(const struct stale_map *t, const struct stale_pool *p,
		const struct stale_request *rq)
{
	unsigned long limit = reach(t, &p->pool, rq->device->mask);
	unsigned long first = (p->pool.start + rq->align_mask) & ~rq->align_mask;

	/* The search never hands out the last entry before limit. */
	return limit > first && rq->n < limit - first;
}

static inline unsigned long search(struct stale_map *t, unsigned long limit, unsigned long start,
				   const struct stale_request *rq)
{
	return area_alloc(t->bits, limit, start, rq->n, t->base, rq->device->boundary,
			  rq->align_mask);
}

unsigned long stale_search(struct stale_map *t, struct stale_pool *pool,
			   const struct stale_request *rq)
{
	struct pool *p = &pool->pool;
	unsigned long limit = reach(t, p, rq->device->mask);
	unsigned long start = pools_start(p, rq->handle);
	unsigned long index;

	if (limit <= p->start)
		return IOMMU_FAIL;
	if (start >= limit)
		start = p->start;
	index = search(t, limit, start, rq);
	if (index == IOMMU_FAIL && start > p->start)
		index = search(t, limit, p->start, rq);
	if (index != IOMMU_FAIL)
		p->hint = index + rq->n;
	return index;
}

/*
 * Flush, then hand back all that is stale. The pool's lock is held from before the flush to the
 * end, so nothing becomes stale meanwhile and every bit cleared was stale before it began.
 */
static void flush_and_reclaim(struct stale_map *t, struct stale_pool *p)
{
	stale_flush(t);
	bitmap_for_each_word (w, p->pool.start, p->pool.end - p->pool.start) {
		t->bits[w.word] ^= t->stale[w.word];
		t->stale[w.word] = 0;
	}
	p->stale = 0;
}

unsigned long stale_alloc_local(struct iommu_map *map, unsigned int cpu, unsigned long n,
				unsigned int align_order, unsigned long *handle,
				const struct iommu_device *device)
{
	struct stale_request rq = {
		.n = n,
		.align_mask = area_align_mask(align_order),
		.handle = handle,
		.device = device,
	};
	struct stale_map *t = (struct stale_map *)map;
	const unsigned int npools = t->npools;
	unsigned int nr = stale_own_pool(t, cpu);
	unsigned long index = IOMMU_FAIL;

	if (!area_possible(n, t->base, device))
		return IOMMU_FAIL;
	for (unsigned int i = 0; i < npools && index == IOMMU_FAIL; i++) {
		struct stale_pool *p = &t->pools[(nr + i) & (npools - 1)];

		lock_acquire(&p->pool.lock, &map->locks, cpu);
		index = stale_search(t, p, &rq);
		if (index == IOMMU_FAIL && p->stale && stale_fits(t, p, &rq)) {
			flush_and_reclaim(t, p);
			index = stale_search(t, p, &rq);
		}
		lock_release(&p->pool.lock, &map->locks);
		rq.handle = NULL;
	}
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}
