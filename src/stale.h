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

struct stale_map {
	struct pool_table table;
	unsigned long *stale;
	unsigned long *pending; /* stale-hop only */
	/* stale-hop: one CPU reclaims at a time, and how often it was done. */
	_Alignas(IOMMU_CACHE_LINE) struct lock reclaim_lock;
	_Atomic unsigned long reclaims;
};

extern const unsigned int stale_pools[];

const char *stale_check(const struct iommu_geometry *g);
size_t stale_size(const struct iommu_geometry *g);
struct iommu_map *stale_init(void *mem, const struct iommu_geometry *g, iommu_flush_fn flush,
			     void *flush_arg);
void stale_free(struct iommu_map *map, unsigned long entry, unsigned long n);
unsigned long stale_live(const struct iommu_map *map, struct iommu_range range);

/* One allocation, as it is passed down. */
struct stale_request {
	unsigned long n;
	unsigned long align_mask;
	const unsigned long *handle; /* cursor for the own pool's search, or NULL */
	uint64_t mask;
};

/*
 * Next-fit in @p, whose lock is held: from the cursor or hint, then from the pool's
 * start. Entries beyond the mask are left alone, here without leaving the pool's own words.
 */
unsigned long stale_search(struct stale_map *t, struct pool *p, const struct stale_request *rq);

/* Could an empty @p satisfy the request? If not, a flush for it would be for nothing. */
bool stale_fits(const struct stale_map *t, const struct pool *p, const struct stale_request *rq);

/*
 * An allocation by stale-local's rules: each pool, own first, is searched, and where that
 * fails flushed and reclaimed under its own lock and searched again.
 */
unsigned long stale_alloc_local(struct iommu_map *map, unsigned int cpu, unsigned long n,
				unsigned int align_order, unsigned long *handle, uint64_t mask);

#endif
