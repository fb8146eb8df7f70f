// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stale-local: the stale bitmap with reclaim per pool. A pool that is used up is flushed and
 * reclaimed under its own lock before any other pool is tried. With one pool (stale-1) it is like s390's
 * lazy bitmap, and not the same: src/s390.c.
 */
#include "stale.h"

static const unsigned int stale_local_default_pools[] = {1, 16, 0};

static const struct iommu_allocator stale_local = {
	.name = "stale-local",
	.summary = "stale bitmap: a used-up pool is flushed and reclaimed before the next is tried",
	.rank = 50,
	.pools = stale_pools,
	.default_pools = stale_local_default_pools,
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
	.alloc = stale_alloc_local,
	.free = stale_free,
	.own_pool = stale_own,
	.live = stale_live,
};
IOMMU_ALLOCATOR(stale_local);
