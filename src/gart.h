/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gart: how its map lies in memory. */
#ifndef IOMMUBENCH_GART_H
#define IOMMUBENCH_GART_H

#include <assert.h>

#include "area.h"

/*
 * The variables of arch/x86/kernel/amd_gart_64.c (Linux 6.1), in the order of their declaration. They
 * were no struct, and where a kernel has them is its linker's choice: here they begin on a cache line.
 */
struct gart_variables {
	uint64_t iommu_bus_base; /* upstream in bytes, here in IO pages */
	unsigned long iommu_size;
	unsigned long iommu_pages;
	uint32_t *iommu_gatt_base;
	struct lock iommu_bitmap_lock;
	unsigned long *iommu_gart_bitmap;
	uint32_t gart_unmapped_entry;
	unsigned long next_bit; /* the hint; under the lock, as is the next */
	bool need_flush;
};
static_assert(offsetof(struct gart_variables, iommu_bitmap_lock) == 32, "as declared");
static_assert(offsetof(struct gart_variables, iommu_gart_bitmap) == 40, "as declared");
static_assert(offsetof(struct gart_variables, next_bit) == 56, "as declared");
static_assert(offsetof(struct gart_variables, need_flush) == 64, "as declared");

struct gart {
	struct iommu_map map;
	_Alignas(IOMMU_CACHE_LINE) struct gart_variables v;
	/* amd_flush_garts(), which upstream is code. */
	_Alignas(IOMMU_CACHE_LINE) iommu_flush_fn flush;
};

#endif
