// SPDX-License-Identifier: GPL-2.0-or-later
/* Registers unknown: answers as it was asked, and as sun4u does. */
#include "unit/allocators/broken_answer.h"

BROKEN_ANSWER(unknown, "unknown", ANSWER_RIGHT);
IOMMU_ALLOCATOR(unknown);
