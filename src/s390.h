/* SPDX-License-Identifier: GPL-2.0-or-later */
/* s390: how its map lies in memory. */
#ifndef IOMMUBENCH_S390_H
#define IOMMUBENCH_S390_H

#include <assert.h>

#include "area.h"

/*
 * The part of struct zpci_dev (Linux 6.1, arch/s390/include/asm/pci.h) that is about DMA: its fields,
 * order and sizes. Where it begins in a line depends on the kernel's configuration: here at the
 * beginning.
 */
struct s390_zpci_dev {
	unsigned long *dma_table;
	struct lock dma_table_lock;
	int tlb_refresh;
	struct lock iommu_bitmap_lock;
	unsigned long *iommu_bitmap;
	unsigned long *lazy_bitmap; /* of those taken: freed, and not flushed yet */
	unsigned long iommu_size;
	unsigned long iommu_pages;
	unsigned int next_bit; /* the hint; under the lock */
};
static_assert(offsetof(struct s390_zpci_dev, dma_table_lock) == 8, "as upstream");
static_assert(offsetof(struct s390_zpci_dev, iommu_bitmap_lock) == 16, "as upstream");
static_assert(offsetof(struct s390_zpci_dev, iommu_bitmap) == 24, "as upstream");
static_assert(offsetof(struct s390_zpci_dev, lazy_bitmap) == 32, "as upstream");
static_assert(offsetof(struct s390_zpci_dev, iommu_pages) == 48, "as upstream");
static_assert(offsetof(struct s390_zpci_dev, next_bit) == 56, "as upstream");

struct s390 {
	struct iommu_map map;
	_Alignas(IOMMU_CACHE_LINE) struct s390_zpci_dev zdev;
	/* On a later line of the same struct, and never written; the counters of mapped pages that follow
	 * it there are the map functions', not the allocation's. */
	_Alignas(IOMMU_CACHE_LINE) uint64_t start_dma; /* upstream in bytes, here in IO pages */
	/* zpci_refresh_global(), which upstream is code. */
	iommu_flush_fn flush;
};

#endif
