// SPDX-License-Identifier: GPL-2.0-or-later
/* The tree's lib/iommu-helper.c: the search for a range that fits. */
//k roots iommu_area_alloc
//k from include/linux/bitmap.h
//k from include/linux/iommu-helper.h
//k from lib/iommu-helper.c
#include "kernel/shim/shim.h"
#include <cut.c>
