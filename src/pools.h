/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the allocators with several pools share: the pools, which CPU starts in which,
 * and which pool an entry belongs to.
 */
#ifndef IOMMUBENCH_POOLS_H
#define IOMMUBENCH_POOLS_H

#include "area.h"

/*
 * A pool, on cache lines of its own. start and end never change. Threaded use needs pools
 * whose edges are bitmap words' edges (the descriptor's pool_size), as a word has one lock.
 */
struct pool {
	_Alignas(IOMMU_CACHE_LINE) struct lock lock;
	unsigned long start;
	unsigned long end;   /* where its search ends */
	unsigned long hint;  /* where the next search starts; under lock */
	unsigned long stale; /* freed entries that await a flush; stale allocators, under lock */
};

/* All but the locks and what they guard is written by init only. */
struct pool_table {
	struct iommu_map map;
	unsigned int npools;
	unsigned int hash_bits;
	bool has_large;
	uint64_t reciprocal;  /* of the pool size, see pools_divide() */
	unsigned long beyond; /* entries from here on belong to ... */
	struct pool *rest;    /* ... this pool */
#ifdef IOMMU_CHECKED
	/* A mask made a search leave its pool, as the originals let it, and what it found
	 * lies across pools: frees may too from then on. Single-threaded use only, see alloc. */
	bool spans;
#endif
	struct pool large;
	struct pool pools[IOMMU_MAX_POOLS];
};

/*
 * Builds @t from @g: pool i is [i * size, (i + 1) * size), its end field @short_by less.
 * With @has_large all the rest is the large pool's. Returns &t->map.
 */
struct iommu_map *pools_init(struct pool_table *t, const struct iommu_geometry *g,
			     unsigned long size, unsigned long short_by, unsigned int hash_bits,
			     bool has_large);

struct iommu_range pools_own(const struct iommu_map *map, unsigned int cpu, unsigned long n);
/* live() of allocators whose bitmap alone says what is allocated. */
unsigned long pools_live(const struct iommu_map *map, struct iommu_range range);
/* free() of the same: clears the bits under the lock of the pool they lie in. */
void pools_clear(struct pool_table *t, const char *allocator, unsigned long entry, unsigned long n);

/*
 * Where the CPU with dense index @cpu starts: the multiplicative hash by the golden ratio, its
 * top hash_bits bits, folded to the number of pools. Which CPUs share a pool follows from it.
 */
static inline unsigned int pools_hash(const struct pool_table *t, unsigned int cpu)
{
	return ((uint32_t)(cpu * UINT32_C(0x61C88647)) >> (32 - t->hash_bits)) & (t->npools - 1);
}

static inline bool pools_is_large(const struct pool_table *t, unsigned long n)
{
	return t->has_large && n > IOMMU_LARGE_REQUEST;
}

/*
 * entry / divisor without a division: multiply by 2^58 / divisor rounded up. The quotient is
 * exact while entry * divisor < 2^58, which IOMMU_MAX_ENTRIES = 2^28 keeps; the product fits
 * 64 bits while the quotient is below 2^6, which at most twice IOMMU_MAX_POOLS keeps.
 */
#define POOLS_RECIPROCAL_SHIFT 58

static inline uint64_t pools_reciprocal(unsigned long divisor)
{
	return ((UINT64_C(1) << POOLS_RECIPROCAL_SHIFT) + divisor - 1) / divisor;
}

static inline unsigned int pools_divide(unsigned long entry, uint64_t reciprocal)
{
	return (unsigned int)((entry * reciprocal) >> POOLS_RECIPROCAL_SHIFT);
}

/* The pool whose lock guards @entry. */
static inline struct pool *pools_of(struct pool_table *t, unsigned long entry)
{
	if (entry >= t->beyond)
		return t->rest;
	return &t->pools[pools_divide(entry, t->reciprocal)];
}

/* The checked build's test that a free is within one pool, and what alloc tells it. */
#ifdef IOMMU_CHECKED
void pools_check_span(struct pool_table *t, const char *allocator, unsigned long entry,
		      unsigned long n);
static inline void pools_note_span(struct pool_table *t, unsigned long entry, unsigned long n)
{
	if (pools_of(t, entry) != pools_of(t, entry + n - 1))
		t->spans = true;
}
#else
static inline void pools_check_span(struct pool_table *t, const char *allocator,
				    unsigned long entry, unsigned long n)
{
	(void)t, (void)allocator, (void)entry, (void)n;
}
static inline void pools_note_span(struct pool_table *t, unsigned long entry, unsigned long n)
{
	(void)t, (void)entry, (void)n;
}
#endif

/* Lets go of @from and takes @to. */
static inline struct pool *pools_switch(struct pool_table *t, struct pool *from, struct pool *to,
					struct lock_node *node)
{
	lock_release(&from->lock, t->map.lock_kind, node);
	lock_acquire(&to->lock, t->map.lock_kind, node);
	return to;
}

/* *handle if it is a cursor into @p, else the pool's hint. */
static inline unsigned long pools_start(const struct pool *p, const unsigned long *handle)
{
	if (handle && *handle && *handle >= p->start && *handle < p->end)
		return *handle; // cppcheck-suppress identicalInnerCondition
	return p->hint;
}

/* Does @mask cut off entries below @limit? */
static inline bool pools_masked(const struct iommu_map *map, unsigned long limit, uint64_t mask)
{
	return limit + map->base > mask;
}

/* The end of what @mask reaches: at most the limit that pools_masked() said it cuts. */
static inline unsigned long pools_masked_limit(const struct iommu_map *map, uint64_t mask)
{
	return (unsigned long)(mask - map->base + 1);
}

/*
 * The search window in @p, whose lock is held, as pooled and ppc have it: sets [*start, *limit) and
 * returns the pool to search, which is pool 0, locked in place of @p, where the mask leaves
 * nothing of @p or the first pass has failed.
 */
struct pool *pools_window(struct pool_table *t, struct pool *p, struct lock_node *node,
			  unsigned int pass, const unsigned long *handle, uint64_t mask,
			  unsigned long *start, unsigned long *limit);

#endif
