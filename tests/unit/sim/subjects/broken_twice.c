// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers broken-twice: it hands out one entry again and again. */
#include "unit/allocators/broken_stale.h"

IOMMU_ALLOCATOR(broken_twice);
