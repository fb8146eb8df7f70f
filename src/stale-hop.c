// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stale-hop: the stale bitmap with one reclaim for all pools. A used-up pool sends its CPUs to the
 * others; only when all are used up does one CPU flush, once for all pools and with no pool lock
 * held, while those that fail meanwhile wait for it. With one pool it does what stale-local does.
 */
#include "stale.h"

static unsigned long search_all(struct stale_map *t, unsigned int cpu, struct stale_request *rq)
{
	const unsigned int npools = t->npools, nr = stale_own_pool(t, cpu);
	unsigned long index = IOMMU_FAIL;

	for (unsigned int i = 0; i < npools && index == IOMMU_FAIL; i++) {
		struct stale_pool *p = &t->pools[(nr + i) & (npools - 1)];

		lock_acquire(&p->pool.lock, &t->map.locks, cpu);
		index = stale_search(t, p, rq);
		lock_release(&p->pool.lock, &t->map.locks);
		rq->handle = NULL;
	}
	return index;
}

/* Could any pool satisfy the request if it were empty? */
static bool fits_somewhere(const struct stale_map *t, const struct stale_request *rq)
{
	for (unsigned int i = 0; i < t->npools; i++) {
		if (stale_fits(t, &t->pools[i], rq))
			return true;
	}
	return false;
}

/* From here on a free waits for the next flush. Returns how many entries now are pending. */
static unsigned long move_to_pending(struct stale_map *t, unsigned int cpu)
{
	unsigned long moved = 0;

	for (unsigned int i = 0; i < t->npools; i++) {
		struct stale_pool *p = &t->pools[i];

		lock_acquire(&p->pool.lock, &t->map.locks, cpu);
		if (p->stale) {
			bitmap_for_each_word (w, p->pool.start, p->pool.end - p->pool.start) {
				t->pending[w.word] |= t->stale[w.word];
				t->stale[w.word] = 0;
			}
			moved += p->stale;
			p->stale = 0;
		}
		lock_release(&p->pool.lock, &t->map.locks);
	}
	return moved;
}

static void release_pending(struct stale_map *t, unsigned int cpu)
{
	for (unsigned int i = 0; i < t->npools; i++) {
		struct stale_pool *p = &t->pools[i];

		lock_acquire(&p->pool.lock, &t->map.locks, cpu);
		bitmap_for_each_word (w, p->pool.start, p->pool.end - p->pool.start) {
			t->bits[w.word] ^= t->pending[w.word];
			t->pending[w.word] = 0;
		}
		lock_release(&p->pool.lock, &t->map.locks);
	}
}

/*
 * Returns after a reclaim has ended that was not yet done when @seen was read: somebody else's,
 * if one ended meanwhile (waiting for the lock is waiting for it), else an own one. True if it
 * was an own one.
 */
static bool reclaim(struct stale_map *t, unsigned int cpu, unsigned long seen)
{
	bool own;

	lock_acquire(&t->reclaim_lock, &t->map.locks, cpu);
	/* Relaxed: only changed under this lock. */
	own = atomic_load_explicit(&t->reclaims, memory_order_relaxed) == seen;
	if (own) {
		if (move_to_pending(t, cpu)) {
			stale_flush(t);
			release_pending(t, cpu);
		}
		/* Relaxed: whoever reads the new count early just searches pools
		 * whose locks order all the rest. */
		atomic_store_explicit(&t->reclaims, seen + 1, memory_order_relaxed);
	}
	lock_release(&t->reclaim_lock, &t->map.locks);
	return own;
}

static unsigned long stale_hop_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
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
	unsigned long index, seen;
	bool own = false;

	if (t->npools == 1)
		return stale_alloc_local(map, cpu, n, align_order, handle, device);
	if (!area_possible(n, t->base, device))
		return IOMMU_FAIL;
	/*
	 * Two rounds: a reclaim by another CPU may have begun before this one's pools had
	 * failed, and not have had what was freed since. It fails for good after an own one.
	 */
	seen = atomic_load_explicit(&t->reclaims, memory_order_relaxed);
	index = search_all(t, cpu, &rq);
	for (int round = 0; round < 2 && index == IOMMU_FAIL && !own; round++) {
		if (!fits_somewhere(t, &rq))
			break;
		own = reclaim(t, cpu, seen);
		seen = atomic_load_explicit(&t->reclaims, memory_order_relaxed);
		index = search_all(t, cpu, &rq);
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
	.frees_any_range = true,
	.uses_handle = true,
	.uses_mask = true,
	.uses_align = true,
	.masks_concurrently = true,
	.check = stale_check,
	.size = stale_size,
	.init = stale_init,
	.reserve = stale_reserve,
	.alloc = stale_hop_alloc,
	.free = stale_free,
	.own_pool = stale_own,
	.live = stale_live,
};
IOMMU_ALLOCATOR(stale_hop);
