// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pooled-padded: pooled, but for each pool being on a cache line of its own, as
 * ____cacheline_aligned_in_smp would have it: a patch that nobody has sent. It searches, flushes and
 * answers as pooled does.
 */
#define POOLED_LINE 64 /* UPSTREAM_LINE */
#define POOLED_NAME "pooled-padded"
#include "pooled.h"

static_assert(POOLED_LINE == UPSTREAM_LINE, "sparc64's SMP_CACHE_BYTES");

static const unsigned int pooled_pools[] = {1, 2, 4, 8, 16, 0};
static const unsigned int padded_default_pools[] = {16, 0};

static const struct iommu_allocator padded = {
	.name = POOLED_NAME,
	.summary = "hypothetical: pooled, with each pool on a cache line of its own",
	.rank = 65,
	.pools = pooled_pools,
	.default_pools = padded_default_pools,
	POOLED_BARE,
};
IOMMU_ALLOCATOR(padded);
