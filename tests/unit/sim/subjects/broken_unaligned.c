// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers broken-unaligned: does not align. */
#include "unit/allocators/broken_answer.h"

BROKEN_ANSWER(broken_unaligned, "broken-unaligned", ANSWER_UNALIGNED);
IOMMU_ALLOCATOR(broken_unaligned);
