// SPDX-License-Identifier: GPL-2.0-or-later
/* k-s390: the allocator of s390's PCI, of a tree that has it still, and has it with the lazy bitmap. */
//k roots dma_alloc_address dma_free_address zpci_bus? !to_pci_dev
//k from include/linux/bitmap.h
//k from include/linux/iommu-helper.h
//k from arch/s390/include/asm/pci_clp.h
//k from arch/s390/include/asm/pci.h
//k from arch/s390/pci/pci_dma.c
//k with bitmap find_bit iommu_helper
#define PAGE_SHIFT 0
#include "kernel/glue/glue.h"

/* The IOMMU core's, of which nothing is used. */
struct kernel_iommu_device {
	struct list_head list;
	const void *ops;
	void *fwnode;
	struct device *dev;
};
#define iommu_device kernel_iommu_device
static int zpci_refresh_trans(u64 function, u64 address, u64 bytes);

#include <cut.c>
#undef iommu_device

struct k_s390 {
	struct iommu_map map;
	iommu_flush_fn flush;
	struct pci_dev usual; /* has the usual boundary */
#ifdef K_HAS_zpci_bus
	_Alignas(IOMMU_CACHE_LINE) struct zpci_bus bus;
#endif
	/* What of it is about DMA begins on a line. In a kernel that is decided by its configuration. */
	_Alignas(IOMMU_CACHE_LINE) char before[IOMMU_CACHE_LINE -
					       offsetof(struct zpci_dev, dma_table) %
						       IOMMU_CACHE_LINE];
	_Alignas(8) struct zpci_dev zdev;
};
_Static_assert(offsetof(struct k_s390, zdev.dma_table) % IOMMU_CACHE_LINE == 0, "on a line");

/* Invalidates translations of a range. Only that of all is called. */
static int zpci_refresh_trans(u64 function, u64 address, u64 bytes)
{
	const struct k_s390 *m = (const struct k_s390 *)kernel_map();

	(void)function, (void)address, (void)bytes;
	if (m->flush)
		m->flush(m->map.flush_arg);
	return 0;
}

static size_t k_s390_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct k_s390), 2);
}

static struct iommu_map *k_s390_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				     iommu_flush_fn flush, void *flush_arg)
{
	struct k_s390 *m = area_init(arena, g, sizeof(*m), flush_arg);
	struct zpci_dev *zdev;

	if (!m)
		return NULL;
	zdev = &m->zdev;
	m->flush = flush;
	m->usual.dev.limits = iommu_any_device;
#ifdef K_HAS_zpci_bus
	m->bus.function[0] = zdev;
	m->usual.sysdata = &m->bus;
#else
	m->usual.sysdata = zdev;
#endif
	s390_iommu_strict = 0;
	/* Lock statistics call it as the kernel's would. */
	spin_lock_init(&zdev->iommu_bitmap_lock);
	zdev->iommu_bitmap = area_bitmap(arena, g);
	zdev->lazy_bitmap = area_bitmap(arena, g);
	zdev->iommu_pages = g->entries;
	zdev->start_dma = g->base;
	return &m->map;
}

static void k_s390_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct k_s390 *m = (struct k_s390 *)map;

	for (; n; n--, entry++)
		__set_bit(entry, m->zdev.iommu_bitmap);
}

static unsigned long k_s390_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				  unsigned int align_order, unsigned long *handle,
				  const struct iommu_device *device)
{
	struct k_s390 *m = (struct k_s390 *)map;
	struct device *kernels = &m->usual.dev;
	struct pci_dev other;
	dma_addr_t address;

	(void)align_order;
	/* Its search would leave the bitmap, or never end. */
	if (n == 0 || n > device->boundary)
		return IOMMU_FAIL;
	if (unlikely(device->boundary != kernels->limits.boundary)) {
		other = m->usual;
		other.dev.limits = *device;
		kernels = &other.dev;
	}
	kernel_enter(map, cpu);
	address = dma_alloc_address(kernels, n);
	if (address == DMA_MAPPING_ERROR)
		return IOMMU_FAIL;
	address -= m->zdev.start_dma;
	if (handle)
		*handle = address + n;
	return address;
}

static void k_s390_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			unsigned long n)
{
	struct k_s390 *m = (struct k_s390 *)map;

	area_check_range(map, "k-s390", entry, n);
	area_check_free(m->zdev.iommu_bitmap, "k-s390", m->zdev.lazy_bitmap, entry, n);
	kernel_enter(map, cpu);
	dma_free_address(&m->usual.dev, m->zdev.start_dma + entry, n);
}

static unsigned long k_s390_live(const struct iommu_map *map, struct iommu_range range)
{
	const struct zpci_dev *z = &((const struct k_s390 *)map)->zdev;

	return area_count(z->iommu_bitmap, z->lazy_bitmap, range);
}

static const struct iommu_allocator k_s390 = {
	.name = "k-s390",
	.summary = "the kernel tree's allocator of s390's PCI",
	.rank = 45,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.ran_on = "s390/pools:1",
	.stale_safe = true,
	.frees_any_range = true,
	.check = area_check_single,
	.size = k_s390_size,
	.init = k_s390_init,
	.reserve = k_s390_reserve,
	.alloc = k_s390_alloc,
	.free = k_s390_free,
	.own_pool = area_own_all,
	.live = k_s390_live,
};
IOMMU_ALLOCATOR(k_s390);
