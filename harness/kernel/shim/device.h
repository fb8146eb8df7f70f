/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/device.h, linux/dma-mapping.h: a device that can address so much. IO pages are of one byte to the glue of an
 * allocator, so that addresses and boundaries are entry numbers, exactly.
 */
#ifndef IOMMUBENCH_KERNEL_DEVICE_H
#define IOMMUBENCH_KERNEL_DEVICE_H

struct device {
	struct iommu_device limits; /* first, so that a request's own can be passed */
	struct {
		void *iommu, *stc;
	} archdata;
	u64 bus_dma_limit; /* 0: none */
	u64 bus_dma_mask;  /* what it was until 5.4 */
	struct dev_iommu *iommu;
};

enum dma_data_direction {
	DMA_BIDIRECTIONAL = 0,
	DMA_TO_DEVICE = 1,
	DMA_FROM_DEVICE = 2,
	DMA_NONE = 3,
};

#define DMA_MAPPING_ERROR      (~(dma_addr_t)0)
#define DMA_ERROR_CODE         (~(dma_addr_t)0)
#define DMA_ATTR_SKIP_CPU_SYNC (1UL << 5)
#define DMA_ATTR_MMIO          (1UL << 10)
#define DMA_BIT_MASK(n)        ((n) == 64 ? ~0ULL : (1ULL << (n)) - 1)

static inline unsigned long dma_get_seg_boundary(struct device *dev)
{
	return dev->limits.boundary - 1;
}

static inline unsigned long dma_get_seg_boundary_nr_pages(struct device *dev, unsigned int shift)
{
	return (dma_get_seg_boundary(dev) >> shift) + 1;
}

#endif
