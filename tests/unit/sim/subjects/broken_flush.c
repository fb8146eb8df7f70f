// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers broken-stale: it takes what was freed during the flush for flushed. */
#include "unit/allocators/broken_stale.h"

IOMMU_ALLOCATOR(broken_stale);
