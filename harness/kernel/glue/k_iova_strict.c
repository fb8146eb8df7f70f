// SPDX-License-Identifier: GPL-2.0-or-later
/* k-iova-strict: each range is flushed, then freed. */
//k as k_iova.c
#define K_IOVA_STRICT 1
#define K_IOVA_NAME   "k-iova-strict"
#include "kernel/glue/iova.h"

static const struct iommu_allocator k_iova_strict = {
	.name = K_IOVA_NAME,
	.summary = "the kernel tree's IOVA allocator, strict",
	.rank = 91,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.stale_safe = true,
	.strict_flush = K_IOVA_STRICT,
	.uses_mask = true,
	.masks_concurrently = true,
	.check = k_iova_check,
	.size = k_iova_size,
	.init = k_iova_init,
	.exit = k_iova_exit,
	.reserve = k_iova_reserve,
	.alloc = k_iova_alloc,
	.free = k_iova_free,
	.tick = k_iova_tick,
	.own_pool = area_own_all,
	.live = k_iova_live,
};
IOMMU_ALLOCATOR(k_iova_strict);
