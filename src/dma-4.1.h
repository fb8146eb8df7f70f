/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What follows the pools' table in struct iommu of sparc since Linux 4.1 (arch/sparc/include/asm/iommu_64.h, read in
 * 4.4 and 6.1): its fields, order and sizes. Since 4.10 there is a pointer, atu, before the lock: 6.1 has all of this
 * 8 bytes later, on the same cache lines. The table is pooled.h's, which this becomes a part of by POOLED_BEHIND.
 */
#ifndef IOMMUBENCH_DMA_4_1_H
#define IOMMUBENCH_DMA_4_1_H

#include "dma.h"

struct dma41_iommu {
	struct lock lock;
	uint32_t dma_addr_mask;
	uint64_t *page_table;
	unsigned long control, tsbbase, flush, flushinv, tags;
	unsigned long ctxflush; /* not 0: mappings have a context */
	unsigned long write_complete_reg, dummy_page;
	unsigned long dummy_page_pa;
	unsigned long ctx_lowest_free;
	unsigned long ctx_bitmap[DMA_CONTEXTS / BITS_PER_WORD];
};
static_assert(offsetof(struct dma41_iommu, page_table) == 8, "as upstream");
static_assert(offsetof(struct dma41_iommu, ctxflush) == 56, "as upstream");
static_assert(offsetof(struct dma41_iommu, dummy_page_pa) == 80, "as upstream");
static_assert(offsetof(struct dma41_iommu, ctx_lowest_free) == 88, "as upstream");
static_assert(offsetof(struct dma41_iommu, ctx_bitmap) == 96, "as upstream");
static_assert(sizeof(struct dma41_iommu) == 608, "as upstream");

/* What the pools are asked for: the device's boundary, any address, no alignment. */
static inline struct iommu_device dma41_device(const struct iommu_device *device)
{
	return (struct iommu_device){.mask = UINT64_MAX, .boundary = device->boundary};
}

#endif
