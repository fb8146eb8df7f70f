// SPDX-License-Identifier: GPL-2.0-or-later
/* k-iova: what is freed waits in the flush queue; without one where nothing is flushed. */
//k roots iommu_get_dma_cookie iommu_put_dma_cookie iommu_dma_alloc_iova __iommu_dma_unmap
//k roots init_iova_domain iova_cache_get iova_cache_put reserve_iova
//k roots iova_domain_init_rcaches? iommu_dma_init_options? iommu_dma_init_fq?
//k roots init_iova_flush_queue? queue_iova? iommu_dma_flush_iotlb_all? iommu_dma_msi_cookie?
//k roots init_iova_flush_queue? iommu_dma_flush_iotlb_all?
//k from include/linux/list.h
//k from include/linux/rbtree_types.h?
//k from include/linux/rbtree.h
//k from include/linux/iova.h
//k from drivers/iommu/iova.c
//k from drivers/iommu/dma-iommu.c
//k with rbtree
//k probe K_UNMAPS_OF_DOMAIN __iommu_dma_unmap((struct iommu_domain *)NULL, 0, 0)
#define K_IOVA_STRICT 0
#define K_IOVA_NAME   "k-iova"
#include "kernel/glue/iova.h"

static const struct iommu_allocator k_iova = {
	.summary = "the kernel tree's IOVA allocator with its flush queue",
	.rank = 90,
	K_IOVA_DESCRIPTOR,
};
IOMMU_ALLOCATOR(k_iova);
