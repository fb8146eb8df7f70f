// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers broken-unmasked: goes beyond the mask. */
#include "unit/allocators/broken_answer.h"

BROKEN_ANSWER(broken_unmasked, "broken-unmasked", ANSWER_UNMASKED);
IOMMU_ALLOCATOR(broken_unmasked);
