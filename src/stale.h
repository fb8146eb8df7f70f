/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mail's second option: a second bitmap of *stale* entries, freed but perhaps still in the
 * IOTLB. Free only marks an entry stale; it can be handed out again after a flush that began
 * after the free has made it clean (reclaim). What the two ways of reclaiming share.
 *
 * An entry is free (main 0), live (main 1), stale (main 1, stale 1) or pending (main 1, pending 1:
 * moved from stale, its flush is under way). All four words of an entry are guarded by its pool's
 * lock, and pools end on multiples of 64 entries, so no word has two locks.
 */
#ifndef IOMMUBENCH_STALE_H
#define IOMMUBENCH_STALE_H

#include "pools.h"

/* On cache lines of its own. */
struct stale_pool {
	_Alignas(IOMMU_CACHE_LINE) struct pool pool;
	unsigned long stale; /* freed entries that await a flush; under the pool's lock */
};

/* All but the locks and what they guard is written by init only. */
struct stale_map {
	struct iommu_map map;
	unsigned long *bits; /* 1 = taken; guarded by the owning pool's lock, as the other two */
	unsigned long *stale;
	unsigned long *pending; /* stale-hop only */
	uint64_t base;
	iommu_flush_fn flush;
	unsigned int npools;
	unsigned long pool_size;
	struct stale_pool pools[IOMMU_MAX_POOLS];
	/* stale-hop: one CPU reclaims at a time, and how often it was done. */
	_Alignas(IOMMU_CACHE_LINE) struct lock reclaim_lock;
	_Atomic unsigned long reclaims;
};

extern const unsigned int stale_pools[];

const char *stale_check(const struct iommu_geometry *g);
size_t stale_size(const struct iommu_geometry *g);
struct iommu_map *stale_init(struct iommu_arena *arena, const struct iommu_geometry *g,
			     iommu_flush_fn flush, void *flush_arg);
void stale_free(struct iommu_map *map, unsigned int cpu, unsigned long entry, unsigned long n);
unsigned long stale_live(const struct iommu_map *map, struct iommu_range range);
struct iommu_range stale_own(const struct iommu_map *map, unsigned int cpu, unsigned long n);
void stale_reserve(struct iommu_map *map, unsigned long entry, unsigned long n);

/* The pool whose own CPUs @cpu is one of. */
static inline unsigned int stale_own_pool(const struct stale_map *t, unsigned int cpu)
{
	return pools_hash(cpu, 4) & (t->npools - 1);
}

/* Called once a flush is due; nothing where the IOMMU needs none. */
static inline void stale_flush(const struct stale_map *t)
{
	if (t->flush)
		t->flush(t->map.flush_arg);
}

/* One allocation, as it is passed down. */
struct stale_request {
	unsigned long n;
	unsigned long align_mask;
	const unsigned long *handle; /* cursor for the own pool's search, or NULL */
	const struct iommu_device *device;
};

/*
 * Next-fit in @p, whose lock is held: from the cursor or hint, then from the pool's
 * start. Entries beyond the mask are left alone, here without leaving the pool's own words.
 */
unsigned long stale_search(struct stale_map *t, struct stale_pool *p,
			   const struct stale_request *rq);

/* Could an empty @p satisfy the request? If not, a flush for it would be for nothing. */
bool stale_fits(const struct stale_map *t, const struct stale_pool *p,
		const struct stale_request *rq);

/*
 * An allocation by stale-local's rules: each pool, own first, is searched, and where that
 * fails flushed and reclaimed under its own lock and searched again.
 */
unsigned long stale_alloc_local(struct iommu_map *map, unsigned int cpu, unsigned long n,
				unsigned int align_order, unsigned long *handle,
				const struct iommu_device *device);

#endif
