// SPDX-License-Identifier: GPL-2.0-or-later
/* Marks freed entries stale, and reclaims them after a flush. */
#include "stale.h"

#define HASH_BITS 4
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
	return sizeof(struct stale_map) + 3 * area_bitmap_bytes(g->entries);
}

struct iommu_map *stale_init(void *mem, const struct iommu_geometry *g, iommu_flush_fn flush,
			     void *flush_arg)
{
	struct stale_map *t = mem;
	char *bits = (char *)(t + 1);
	struct pool *last = &t->table.pools[g->npools - 1];

	area_map_init(&t->table.map, g, (unsigned long *)bits, flush, flush_arg);
	t->stale = (unsigned long *)(bits + area_bitmap_bytes(g->entries));
	t->pending = (unsigned long *)(bits + 2 * area_bitmap_bytes(g->entries));
	pools_init(&t->table, g, pool_size(g), 0, HASH_BITS, false);
	lock_name(&t->reclaim_lock, "reclaim", 0);
	/* The last pool takes what rounding left over. */
	last->end = g->entries;
	t->table.rest = last;
	return &t->table.map;
}

void stale_free(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct stale_map *t = (struct stale_map *)map;
	struct lock_node node;
	struct pool *p;

	area_check_range(map, "stale", entry, n);
	p = pools_of(&t->table, entry);
	pools_check_span(&t->table, "stale", entry, n);
	lock_acquire(&p->lock, map->lock_kind, &node);
	area_check_free(map, "stale", t->stale, entry, n);
	area_check_free(map, "stale", t->pending, entry, n);
	bitmap_set(t->stale, entry, n);
	p->stale += n;
	lock_release(&p->lock, map->lock_kind, &node);
}

unsigned long stale_live(const struct iommu_map *map, struct iommu_range range)
{
	const struct stale_map *t = (const struct stale_map *)map;

	return area_count(map->bits, t->stale, range) - area_count(t->pending, NULL, range);
}

/* The end of what the request may use of @p. */
static inline unsigned long reach(const struct stale_map *t, const struct pool *p, uint64_t mask)
{
	if (pools_masked(&t->table.map, p->end, mask))
		return pools_masked_limit(&t->table.map, mask);
	return p->end;
}

bool stale_fits(const struct stale_map *t, const struct pool *p, const struct stale_request *rq)
{
	unsigned long limit = reach(t, p, rq->mask);
	unsigned long first = (p->start + rq->align_mask) & ~rq->align_mask;

	/* The search never hands out the last entry before limit. */
	return limit > first && rq->n < limit - first;
}

unsigned long stale_search(struct stale_map *t, struct pool *p, const struct stale_request *rq)
{
	struct iommu_map *map = &t->table.map;
	unsigned long limit = reach(t, p, rq->mask);
	unsigned long start = pools_start(p, rq->handle);
	unsigned long index;

	if (limit <= p->start)
		return IOMMU_FAIL;
	if (start >= limit)
		start = p->start;
	index = area_alloc(map, limit, start, rq->n, rq->align_mask);
	if (index == IOMMU_FAIL && start > p->start)
		index = area_alloc(map, limit, p->start, rq->n, rq->align_mask);
	if (index != IOMMU_FAIL)
		p->hint = index + rq->n;
	return index;
}

/*
 * Flush, then hand back all that is stale. The pool's lock is held from before the flush to the
 * end, so nothing becomes stale meanwhile and every bit cleared was stale before it began.
 */
static void flush_and_reclaim(struct stale_map *t, struct pool *p)
{
	struct iommu_map *map = &t->table.map;

	if (map->flush)
		map->flush(map->flush_arg);
	bitmap_for_each_word (w, p->start, p->end - p->start) {
		map->bits[w.word] ^= t->stale[w.word];
		t->stale[w.word] = 0;
	}
	p->stale = 0;
}

unsigned long stale_alloc_local(struct iommu_map *map, unsigned int cpu, unsigned long n,
				unsigned int align_order, unsigned long *handle, uint64_t mask)
{
	struct stale_request rq = {
		.n = n,
		.align_mask = area_align_mask(align_order),
		.handle = handle,
		.mask = mask,
	};
	struct stale_map *t = (struct stale_map *)map;
	const unsigned int npools = t->table.npools;
	unsigned int nr = pools_hash(&t->table, cpu);
	unsigned long index = IOMMU_FAIL;

	if (!area_possible(map, n, mask))
		return IOMMU_FAIL;
	for (unsigned int i = 0; i < npools && index == IOMMU_FAIL; i++) {
		struct pool *p = &t->table.pools[(nr + i) & (npools - 1)];
		struct lock_node node;

		lock_acquire(&p->lock, map->lock_kind, &node);
		index = stale_search(t, p, &rq);
		if (index == IOMMU_FAIL && p->stale && stale_fits(t, p, &rq)) {
			flush_and_reclaim(t, p);
			index = stale_search(t, p, &rq);
		}
		lock_release(&p->lock, map->lock_kind, &node);
		rq.handle = NULL;
	}
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}
