// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * k-dma4u: the tree's map_page and unmap_page of sun4u (map_phys and unmap_phys, as they are called later): the
 * allocator, iommu->lock, and the table of IOPTEs. Neither the streaming buffer nor flushes by context are on, as on
 * machines with a sabre.
 *
 * With a handle, an alloc is one segment of map_sg, which hands its cursor to nobody: what that does for a
 * segment is written down here, with the tree's own functions.
 */
//k roots dma_4u_map_page? dma_4u_unmap_page? dma_4u_map_phys? dma_4u_unmap_phys? iommu_map_table? iommu_tbl_pool_init? !iommu_read !iommu_write
//k from include/linux/bitmap.h
//k from include/linux/find.h? include/asm-generic/bitops/find.h
//k from include/linux/iommu-helper.h
//k from arch/sparc/include/asm/iommu-common.h? include/linux/iommu-common.h?
//k from arch/sparc/include/asm/iommu_64.h
//k from arch/sparc/kernel/iommu.c
//k with bitmap find_bit iommu_helper iommu_common?
#include "kernel/glue/sparc.h"

/* How the streaming buffer, which is off, is talked to. */
#define iommu_read(address)         ((void)(address), 0UL)
#define iommu_write(address, value) ((void)(address), (void)(value))
#define udelay(us)                  ((void)(us))
#undef rmb
#define rmb() barrier()

#include <cut.c>
#undef iommu_arena

/* Physical addresses: of what each request maps, and of the page that unused entries point to. */
#define BUFFER 0x40000000UL
#define DUMMY  0x20000000UL

struct k_dma4u {
	struct iommu_map map;
	iommu_flush_fn flush;
	struct device usual; /* has the usual boundary */
	struct strbuf stc;
	/* kzalloc has it begin on a line. */
	_Alignas(IOMMU_CACHE_LINE) struct iommu iommu;
};

/* Two generations: since 4.1 the allocator is a file of its own, with locks of its own. */
#ifdef K_HAS_iommu_map_table
#define RANK     32
#define TREE_MAP tbl.map
#define BASE     tbl.table_map_base

static void k_dma4u_flush(struct iommu_map_table *table)
{
	struct k_dma4u *m = container_of(table, struct k_dma4u, iommu.tbl);

	m->flush(m->map.flush_arg);
}

static void make_range(struct k_dma4u *m, const struct iommu_geometry *g)
{
	iommu_tbl_pool_init(&m->iommu.tbl, g->entries, IO_PAGE_SHIFT,
			    m->flush ? k_dma4u_flush : NULL, false, 1, false);
}

static unsigned long take_range(struct device *dev, struct iommu *iommu, unsigned long n,
				unsigned long *handle)
{
	return iommu_tbl_range_alloc(dev, &iommu->tbl, n, handle, -1UL, 0);
}
#else
#define RANK     31
#define TREE_MAP arena.map
#define BASE     page_table_map_base

static void k_dma4u_flush(struct iommu *iommu)
{
	struct k_dma4u *m = container_of(iommu, struct k_dma4u, iommu);

	m->flush(m->map.flush_arg);
}

static void make_range(struct k_dma4u *m, const struct iommu_geometry *g)
{
	m->iommu.arena.limit = g->entries;
	m->iommu.flush_all = m->flush ? k_dma4u_flush : NULL;
}

static unsigned long take_range(struct device *dev, struct iommu *iommu, unsigned long n,
				unsigned long *handle)
{
	return iommu_range_alloc(dev, iommu, n, handle);
}
#endif

static size_t k_dma4u_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct k_dma4u), 1) +
	       iommu_arena_room(g->entries * sizeof(iopte_t));
}

static struct iommu_map *k_dma4u_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				      iommu_flush_fn flush, void *flush_arg)
{
	struct k_dma4u *m = area_init(arena, g, sizeof(*m), flush_arg);
	struct iommu *iommu;

	if (!m)
		return NULL;
	iommu = &m->iommu;
	m->flush = flush;
	m->usual.limits = iommu_any_device;
	m->usual.archdata.iommu = iommu;
	m->usual.archdata.stc = &m->stc;
	kernel_makes(arena, g, &m->map);
	/* As many CPU numbers as any map has: they are hashed once. */
	kernel_self.ncpus = KERNEL_CPUS;
	/* Lock statistics call it as the kernel's would. */
	spin_lock_init(&iommu->lock);
	iommu->ctx_lowest_free = 1;
	iommu->BASE = g->base;
	iommu->TREE_MAP = area_bitmap(arena, g);
	make_range(m, g);
	iommu->dummy_page_pa = DUMMY;
	iommu->page_table = iommu_arena_alloc(arena, g->entries * sizeof(iopte_t));
	for (unsigned long i = 0; i < g->entries; i++)
		iopte_make_dummy(iommu, &iommu->page_table[i]);
	kernel_made();
	return &m->map;
}

static void k_dma4u_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct k_dma4u *m = (struct k_dma4u *)map;

	for (; n; n--, entry++)
		__set_bit(entry, m->iommu.TREE_MAP);
}

static unsigned long map_page(struct k_dma4u *m, struct device *dev, unsigned long n)
{
#ifdef K_HAS_dma_4u_map_phys
	const dma_addr_t address = dma_4u_map_phys(dev, BUFFER, n, DMA_FROM_DEVICE, 0);
#else
	const dma_addr_t address =
		dma_4u_map_page(dev, (struct page *)BUFFER, 0, n, DMA_FROM_DEVICE, 0);
#endif

	return address == DMA_MAPPING_ERROR ? IOMMU_FAIL : address - m->iommu.BASE;
}

static unsigned long map_segment(struct iommu *iommu, struct device *dev, unsigned long n,
				 unsigned long *handle)
{
	unsigned long flags, entry, ctx = 0;

	spin_lock_irqsave(&iommu->lock, flags);
	if (iommu->iommu_ctxflush)
		ctx = iommu_alloc_ctx(iommu);
	entry = take_range(dev, iommu, n, handle);
	for (unsigned long i = 0; entry != IOMMU_FAIL && i < n; i++)
		iopte_val(iommu->page_table[entry + i]) =
			IOPTE_CONSISTENT(ctx) | IOPTE_WRITE | (BUFFER + i * IO_PAGE_SIZE);
	spin_unlock_irqrestore(&iommu->lock, flags);
	return entry;
}

static unsigned long k_dma4u_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				   unsigned int align_order, unsigned long *handle,
				   const struct iommu_device *device)
{
	struct k_dma4u *m = (struct k_dma4u *)map;
	struct device other, *dev = &m->usual;

	(void)align_order;
	/* Its search would leave the bitmap, or never end. */
	if (n == 0 || n > device->boundary)
		return IOMMU_FAIL;
	if (unlikely(device->boundary != dev->limits.boundary)) {
		other = m->usual;
		other.limits = *device;
		dev = &other;
	}
	kernel_enter(map, cpu);
	return handle ? map_segment(&m->iommu, dev, n, handle) : map_page(m, dev, n);
}

static void k_dma4u_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			 unsigned long n)
{
	struct k_dma4u *m = (struct k_dma4u *)map;
	const dma_addr_t address = m->iommu.BASE + entry;

	area_check_range(map, "k-dma4u", entry, n);
	area_check_free(m->iommu.TREE_MAP, "k-dma4u", NULL, entry, n);
	kernel_enter(map, cpu);
#ifdef K_HAS_dma_4u_unmap_phys
	dma_4u_unmap_phys(&m->usual, address, n, DMA_FROM_DEVICE, 0);
#else
	dma_4u_unmap_page(&m->usual, address, n, DMA_FROM_DEVICE, 0);
#endif
}

static unsigned long k_dma4u_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(((const struct k_dma4u *)map)->iommu.TREE_MAP, NULL, range);
}

static const struct iommu_allocator k_dma4u = {
	.name = "k-dma4u",
	.summary = "the kernel tree's call path of sun4u: map_page and unmap_page",
	.rank = RANK,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.known_stale_reuse = true,
	.ran_on = "sun4u/pools:1",
	.frees_any_range = true,
	.uses_handle = true,
	.check = sparc_check,
	.size = k_dma4u_size,
	.init = k_dma4u_init,
	.reserve = k_dma4u_reserve,
	.alloc = k_dma4u_alloc,
	.free = k_dma4u_free,
	.own_pool = area_own_all,
	.live = k_dma4u_live,
};
IOMMU_ALLOCATOR(k_dma4u);
