// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree's pooled allocator, for glue that calls what calls it. */
//k roots iommu_tbl_pool_init iommu_tbl_range_alloc iommu_tbl_range_free
//k from include/linux/bitmap.h
//k from include/linux/hash.h
//k from include/linux/iommu-helper.h
//k from arch/sparc/include/asm/iommu-common.h include/linux/iommu-common.h
//k from arch/sparc/kernel/iommu-common.c lib/iommu-common.c
#include "kernel/shim/shim.h"
#include <cut.c>
