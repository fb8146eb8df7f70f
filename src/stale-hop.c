// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stale-hop: the stale bitmap with one reclaim for all pools. A used-up pool sends its CPUs to the
 * others; only when all are used up does one CPU flush, once for all pools and with no pool lock
 * held, while those that fail meanwhile wait for it. With one pool it does what stale-local does.
 */
#include "stale.h"

static unsigned long search_all(struct stale_map *t, unsigned int nr, struct stale_request *rq)
{
	const unsigned int npools = t->table.npools;
	const enum lock_kind kind = t->table.map.lock_kind;
	unsigned long index = IOMMU_FAIL;

	for (unsigned int i = 0; i < npools && index == IOMMU_FAIL; i++) {
		struct pool *p = &t->table.pools[(nr + i) & (npools - 1)];
		struct lock_node node;

		lock_acquire(&p->lock, kind, &node);
		index = stale_search(t, p, rq);
		lock_release(&p->lock, kind, &node);
		rq->handle = NULL;
	}
	return index;
}

/* Could any pool satisfy the request if it were empty? */
static bool fits_somewhere(const struct stale_map *t, const struct stale_request *rq)
{
	for (unsigned int i = 0; i < t->table.npools; i++) {
		if (stale_fits(t, &t->table.pools[i], rq))
			return true;
	}
	return false;
}

/* From here on a free waits for the next flush. Returns how many entries now are pending. */
static unsigned long move_to_pending(struct stale_map *t)
{
	const enum lock_kind kind = t->table.map.lock_kind;
	unsigned long moved = 0;

	for (unsigned int i = 0; i < t->table.npools; i++) {
		struct pool *p = &t->table.pools[i];
		struct lock_node node;

		lock_acquire(&p->lock, kind, &node);
		if (p->stale) {
			bitmap_for_each_word (w, p->start, p->end - p->start) {
				t->pending[w.word] |= t->stale[w.word];
				t->stale[w.word] = 0;
			}
			moved += p->stale;
			p->stale = 0;
		}
		lock_release(&p->lock, kind, &node);
	}
	return moved;
}

static void release_pending(struct stale_map *t)
{
	struct iommu_map *map = &t->table.map;

	for (unsigned int i = 0; i < t->table.npools; i++) {
		struct pool *p = &t->table.pools[i];
		struct lock_node node;

		lock_acquire(&p->lock, map->lock_kind, &node);
		bitmap_for_each_word (w, p->start, p->end - p->start) {
			map->bits[w.word] ^= t->pending[w.word];
			t->pending[w.word] = 0;
		}
		lock_release(&p->lock, map->lock_kind, &node);
	}
}

/*
 * Returns after a reclaim has ended that was not yet done when @seen was read: somebody else's,
 * if one ended meanwhile (waiting for the lock is waiting for it), else an own one. True if it
 * was an own one.
 */
static bool reclaim(struct stale_map *t, unsigned long seen)
{
	const struct iommu_map *map = &t->table.map;
	struct lock_node node;
	bool own;

	lock_acquire(&t->reclaim_lock, map->lock_kind, &node);
	/* Relaxed: only changed under this lock. */
	own = atomic_load_explicit(&t->reclaims, memory_order_relaxed) == seen;
	if (own) {
		if (move_to_pending(t)) {
			if (map->flush)
				map->flush(map->flush_arg);
			release_pending(t);
		}
		/* Relaxed: whoever reads the new count early just searches pools
		 * whose locks order all the rest. */
		atomic_store_explicit(&t->reclaims, seen + 1, memory_order_relaxed);
	}
	lock_release(&t->reclaim_lock, map->lock_kind, &node);
	return own;
}

static unsigned long stale_hop_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				     unsigned int align_order, unsigned long *handle, uint64_t mask)
{
	struct stale_request rq = {
		.n = n,
		.align_mask = area_align_mask(align_order),
		.handle = handle,
		.mask = mask,
	};
	struct stale_map *t = (struct stale_map *)map;
	unsigned int nr = pools_hash(&t->table, cpu);
	unsigned long index, seen;
	bool own = false;

	if (t->table.npools == 1)
		return stale_alloc_local(map, cpu, n, align_order, handle, mask);
	if (!area_possible(map, n, mask))
		return IOMMU_FAIL;
	/*
	 * Two rounds: a reclaim by another CPU may have begun before this one's pools had
	 * failed, and not have had what was freed since. It fails for good after an own one.
	 */
	seen = atomic_load_explicit(&t->reclaims, memory_order_relaxed);
	index = search_all(t, nr, &rq);
	for (int round = 0; round < 2 && index == IOMMU_FAIL && !own; round++) {
		if (!fits_somewhere(t, &rq))
			break;
		own = reclaim(t, seen);
		seen = atomic_load_explicit(&t->reclaims, memory_order_relaxed);
		index = search_all(t, nr, &rq);
	}
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static const unsigned int stale_hop_default_pools[] = {16, 0};

static const struct iommu_allocator stale_hop = {
	.name = "stale-hop",
	.summary = "stale bitmap: hops to other pools, one flush for all when all are used up",
	.rank = 60,
	.pools = stale_pools,
	.default_pools = stale_hop_default_pools,
	.stale_safe = true,
	.uses_handle = true,
	.uses_mask = true,
	.uses_align = true,
	.check = stale_check,
	.size = stale_size,
	.init = stale_init,
	.alloc = stale_hop_alloc,
	.free = stale_free,
	.own_pool = pools_own,
	.live = stale_live,
};
IOMMU_ALLOCATOR(stale_hop);
