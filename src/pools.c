// SPDX-License-Identifier: GPL-2.0-or-later
/* Divides the entries among the pools, and finds the pool of a CPU or of an entry. */
#include "pools.h"

static void pool_init(struct pool *p, unsigned long start, unsigned long end)
{
	p->start = start;
	p->hint = start;
	p->end = end;
}

struct iommu_map *pools_init(struct pool_table *t, const struct iommu_geometry *g,
			     unsigned long size, unsigned long short_by, unsigned int hash_bits,
			     bool has_large)
{
	t->npools = g->npools;
	t->hash_bits = hash_bits;
	t->has_large = has_large;
	t->reciprocal = pools_reciprocal(size);
	t->beyond = g->npools * size;
	/* Without a large pool nothing is ever allocated there. */
	t->rest = &t->large;
	pool_init(&t->large, t->beyond, g->entries);
	lock_name(&t->large.lock, "large", 0);
	for (unsigned int i = 0; i < g->npools; i++) {
		pool_init(&t->pools[i], i * size, (i + 1) * size - short_by);
		lock_name(&t->pools[i].lock, "pool", i);
	}
	return &t->map;
}

static inline const struct pool *first_pool(const struct pool_table *t, unsigned int cpu,
					    unsigned long n)
{
	return pools_is_large(t, n) ? &t->large : &t->pools[pools_hash(t, cpu)];
}

struct iommu_range pools_own(const struct iommu_map *map, unsigned int cpu, unsigned long n)
{
	const struct pool *p = first_pool((const struct pool_table *)map, cpu, n);

	return (struct iommu_range){.start = p->start, .end = p->end};
}

unsigned long pools_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(map->bits, NULL, range);
}

#ifdef IOMMU_CHECKED
void pools_check_span(struct pool_table *t, const char *allocator, unsigned long entry,
		      unsigned long n)
{
	if (!t->spans && pools_of(t, entry) != pools_of(t, entry + n - 1))
		iommu_bad_free(allocator, "is across pools", entry, n);
}
#endif

void pools_clear(struct pool_table *t, const char *allocator, unsigned long entry, unsigned long n)
{
	const enum lock_kind kind = t->map.lock_kind;
	struct lock_node node;
	struct pool *p;

	area_check_range(&t->map, allocator, entry, n);
	p = pools_of(t, entry);
	pools_check_span(t, allocator, entry, n);
	lock_acquire(&p->lock, kind, &node);
	area_check_free(&t->map, allocator, NULL, entry, n);
	bitmap_clear(t->map.bits, entry, n);
	lock_release(&p->lock, kind, &node);
}

struct pool *pools_window(struct pool_table *t, struct pool *p, struct lock_node *node,
			  unsigned int pass, const unsigned long *handle, uint64_t mask,
			  unsigned long *start, unsigned long *limit)
{
	*start = pools_start(p, pass == 0 ? handle : NULL);
	*limit = p->end;
	if (*start >= *limit)
		*start = p->start;
	if (!pools_masked(&t->map, *limit, mask))
		return p;

	*limit = pools_masked_limit(&t->map, mask);
	if ((*start & mask) < *limit && pass == 0) {
		*start = (unsigned long)(*start & mask);
		return p;
	}
	p = pools_switch(t, p, &t->pools[0], node);
	*start = p->start;
	return p;
}
