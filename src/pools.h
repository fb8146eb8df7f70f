/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the allocators with several pools share: a pool, the window that is searched in one, and which
 * CPU starts in which. How pools lie in memory is each allocator's own.
 */
#ifndef IOMMUBENCH_POOLS_H
#define IOMMUBENCH_POOLS_H

#include <assert.h>

#include "area.h"

/*
 * struct iommu_pool, of include/linux/iommu-common.h and of powerpc's asm/iommu.h alike: its fields and
 * order. start and end never change. Threaded use needs pools whose edges are bitmap words' edges (the
 * descriptor's pool_size), as a word has one lock.
 */
struct pool {
	unsigned long start;
	unsigned long end;  /* where its search ends */
	unsigned long hint; /* where the next search starts; under lock */
	struct lock lock;
};
static_assert(offsetof(struct pool, end) == 8, "as upstream");
static_assert(offsetof(struct pool, hint) == 16, "as upstream");
static_assert(offsetof(struct pool, lock) == 24, "as upstream");
static_assert(sizeof(struct pool) == 32, "as upstream");

static inline void pool_init(struct pool *p, const char *class, unsigned long start,
			     unsigned long end)
{
	p->start = start;
	p->hint = start;
	p->end = end;
	lock_name(&p->lock, class);
}

/*
 * The multiplicative hash by the golden ratio, its top @bits bits: folded to the number of pools it is where
 * a CPU starts. Which CPUs share a pool follows from it. (The kernel has it computed once a CPU.)
 */
static inline unsigned int pools_hash(unsigned int cpu, unsigned int bits)
{
	return (uint32_t)(cpu * UINT32_C(0x61C88647)) >> (32 - bits);
}

/* Lets go of @from and takes @to. */
static inline struct pool *pools_switch(const struct lock_scheme *locks, struct pool *from,
					struct pool *to, unsigned int cpu)
{
	lock_release(&from->lock, locks);
	lock_acquire(&to->lock, locks, cpu);
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
static inline bool pools_masked(uint64_t base, unsigned long limit, uint64_t mask)
{
	return limit + base > mask;
}

/* The end of what @mask reaches: at most the limit that pools_masked() said it cuts. */
static inline unsigned long pools_masked_limit(uint64_t base, uint64_t mask)
{
	return (unsigned long)(mask - base + 1);
}

/* A request on its way through the pools. */
struct pools_search {
	const struct lock_scheme *locks;
	struct pool *first; /* pool 0 */
	uint64_t base, mask;
	const unsigned long *handle;
	unsigned int cpu;
	unsigned int pass;          /* how many searches have failed */
	unsigned long start, limit; /* the window: [start, limit) */
};

/*
 * Sets the window in @p, whose lock is held, as pooled and ppc have it, and returns the pool to search, which is
 * pool 0, locked in place of @p, where the mask leaves nothing of @p or the first pass has failed.
 */
static inline struct pool *pools_window(struct pools_search *s, struct pool *p)
{
	s->start = pools_start(p, s->pass == 0 ? s->handle : NULL);
	s->limit = p->end;
	if (s->start >= s->limit)
		s->start = p->start;
	if (!pools_masked(s->base, s->limit, s->mask))
		return p;

	s->limit = pools_masked_limit(s->base, s->mask);
	if ((s->start & s->mask) < s->limit && s->pass == 0) {
		s->start = (unsigned long)(s->start & s->mask);
		return p;
	}
	p = pools_switch(s->locks, p, s->first, s->cpu);
	s->start = p->start;
	return p;
}

/*
 * The checked build's test that a free is within one pool. A mask can make a search leave its pool, as the
 * originals let it; then what is allocated reaches from one pool into the next, and frees may too from
 * then on (single-threaded use only, see alloc): that is noted beside the map, whose layout is upstream's.
 */
struct pools_spans {
#ifdef IOMMU_CHECKED
	bool seen;
#else
	char nothing;
#endif
};

/* A search of @p has found [index, index + n); by itself it leaves a pool's last entry alone. */
static inline void pools_note_found(struct pools_spans *spans, const struct pool *p,
				    unsigned long index, unsigned long n)
{
#ifdef IOMMU_CHECKED
	if (index < p->start || index + n >= p->end)
		spans->seen = true;
#else
	(void)spans, (void)p, (void)index, (void)n;
#endif
}

#endif
