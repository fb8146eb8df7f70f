// SPDX-License-Identifier: GPL-2.0-or-later
/* pooled, with upstream's memory layout: pools of 32 bytes, two a cache line. */
#define POOLED_LINE 8
#define POOLED_NAME "pooled"
#include "pooled.h"

static const unsigned int pooled_pools[] = {1, 2, 4, 8, 16, 0};
static const unsigned int pooled_default_pools[] = {1, 16, 0};

static const struct iommu_allocator pooled = {
	.name = POOLED_NAME,
	.summary = "sparc since Linux 4.1: pools with a lock each, flush when a search wrapped",
	.rank = 30,
	.pools = pooled_pools,
	.default_pools = pooled_default_pools,
	.ran_on = "sun4u/pools:1 sun4v/pools:16 sun4v/pools:1",
	POOLED_BARE,
};
IOMMU_ALLOCATOR(pooled);
