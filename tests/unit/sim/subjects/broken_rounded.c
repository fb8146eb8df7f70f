// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers broken-rounded: aligns what it has found already. */
#include "unit/allocators/broken_answer.h"

BROKEN_ANSWER(broken_rounded, "broken-rounded", ANSWER_ROUNDED);
IOMMU_ALLOCATOR(broken_rounded);
