// SPDX-License-Identifier: GPL-2.0-or-later
/* k-iova-strict: each range is flushed, then freed. */
//k as k_iova.c
#define K_IOVA_STRICT 1
#define K_IOVA_NAME   "k-iova-strict"
#include "kernel/glue/iova.h"

static const struct iommu_allocator k_iova_strict = {
	.summary = "the kernel tree's IOVA allocator, strict",
	.rank = 91,
	K_IOVA_DESCRIPTOR,
};
IOMMU_ALLOCATOR(k_iova_strict);
