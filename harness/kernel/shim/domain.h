/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/iommu.h, linux/pci.h, linux/cpuhotplug.h: a domain of the IOMMU layer as dma-iommu.c sees it, with a PCI device
 * in it. What the glue has behind ops is all there is of a driver: no page table, so nothing to map, unmap or put on
 * a list of pages. CPUs do not come and go.
 */
#ifndef IOMMUBENCH_KERNEL_DOMAIN_H
#define IOMMUBENCH_KERNEL_DOMAIN_H

struct iommu_domain;
struct iommu_dma_cookie;

struct iommu_iotlb_gather {
	unsigned long start, end;
	size_t pgsize;
	struct list_head freelist;
	bool queued;
};

struct iommu_domain_ops {
	void (*flush_iotlb_all)(struct iommu_domain *domain);
	void (*iotlb_sync)(struct iommu_domain *domain, struct iommu_iotlb_gather *gather);
};

struct iommu_domain_geometry {
	dma_addr_t aperture_start, aperture_end;
	bool force_aperture;
};

struct iommu_domain {
	unsigned int type;
	const struct iommu_domain_ops *ops;
	unsigned long pgsize_bitmap;
	struct iommu_domain_geometry geometry;
	enum { IOMMU_COOKIE_NONE, IOMMU_COOKIE_DMA_IOVA, IOMMU_COOKIE_DMA_MSI } cookie_type;
	struct iommu_dma_cookie *iova_cookie;
	struct iommu_dma_msi_cookie *msi_cookie;
};

#define IOMMU_DOMAIN_DMA    3U
#define IOMMU_DOMAIN_DMA_FQ 11U

struct dev_iommu {
	bool pci_32bit_workaround, require_direct, shadow_on_flush;
};

#define dev_is_pci(dev) true

static inline void iommu_iotlb_gather_init(struct iommu_iotlb_gather *gather)
{
	*gather = (struct iommu_iotlb_gather){
		.start = ULONG_MAX,
		.freelist = {&gather->freelist, &gather->freelist},
	};
}

static inline void iommu_iotlb_sync(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
	if (domain->ops->iotlb_sync)
		domain->ops->iotlb_sync(domain, gather);
	iommu_iotlb_gather_init(gather);
}

#define iommu_tlb_sync(domain, gather) iommu_iotlb_sync(domain, gather)

static inline size_t iommu_unmap_fast(struct iommu_domain *domain, unsigned long iova, size_t size,
				      struct iommu_iotlb_gather *gather)
{
	(void)domain, (void)iova, (void)gather;
	return size;
}

static inline size_t iommu_unmap(struct iommu_domain *domain, unsigned long iova, size_t size)
{
	struct iommu_iotlb_gather gather;

	(void)iova;
	iommu_iotlb_gather_init(&gather);
	iommu_iotlb_sync(domain, &gather);
	return size;
}

static inline void iommu_put_pages_list(struct list_head *list)
{
	(void)list;
}
#define put_pages_list(list) iommu_put_pages_list(list)

/* What the list is since 6.16. */
#define iommu_pages_list            list_head
#define IOMMU_PAGES_LIST_INIT(list) ((struct list_head){&(list), &(list)})

static inline void iommu_pages_list_splice(const struct list_head *from, const struct list_head *to)
{
	(void)to;
	BUG_ON(READ_ONCE(from->next) != from);
}

#define DEFINE_MUTEX(name)  struct mutex name
#define mutex_init(mutex)   ((void)(mutex))
#define mutex_lock(mutex)   ((void)(mutex))
#define mutex_unlock(mutex) ((void)(mutex))

#define CPUHP_IOMMU_IOVA_DEAD                             0
#define cpuhp_setup_state_multi(state, name, start, stop) 0
#define cpuhp_remove_multi_state(state)                   ((void)0)
#define cpuhp_state_add_instance_nocalls(state, node)     0
#define cpuhp_state_remove_instance_nocalls(state, node)  ((void)0)

#endif
