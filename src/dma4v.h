/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The hypervisor's side of a sun4v DMA path, and the batches that the kernel hands it (arch/sparc/kernel/pci_sun4v.c,
 * read in Linux 3.4, 3.18 and 6.1). The page table belongs to the hypervisor: the kernel lists the pages of a batch
 * in a page of the calling CPU's, and one call maps them; one call demaps a range, and flushes it from the IOTLB.
 *
 * A call is the flush that init was given: what it does to the table is done here, what it costs the flush does. With
 * none there are no calls, and the table is written all the same.
 */
#ifndef IOMMUBENCH_DMA4V_H
#define IOMMUBENCH_DMA4V_H

#include "dma.h"

/* Pages a batch: as many as a page of 8 KiB has room to list. */
#define DMA4V_BATCH 1024

/* HV_PCI_MAP_ATTR_READ and _WRITE: the device may do both. */
#define DMA4V_PROTECTION 3

/* struct iommu_batch: a per-CPU variable, written by its CPU only. */
struct dma4v_batch {
	_Alignas(IOMMU_CACHE_LINE) void *dev;
	unsigned long prot;
	unsigned long entry;
	uint64_t *pglist;
	unsigned long npages;
};

/* Written by init only, but for what it points to. */
struct dma4v {
	iommu_flush_fn hypercall;
	void *hypercall_arg;
	uint64_t *iotsb; /* the hypervisor's page table; 0: not mapped */
	struct dma4v_batch *batch;
};

static inline size_t dma4v_size(const struct iommu_geometry *g)
{
	return dma_table_size(g) + iommu_arena_room(area_cpus(g) * sizeof(struct dma4v_batch)) +
	       area_cpus(g) * iommu_arena_room(DMA4V_BATCH * sizeof(uint64_t));
}

static inline void dma4v_begin(struct dma4v *v, struct iommu_arena *arena,
			       const struct iommu_geometry *g, iommu_flush_fn hypercall,
			       void *hypercall_arg)
{
	const unsigned int cpus = area_cpus(g);

	v->hypercall = hypercall;
	v->hypercall_arg = hypercall_arg;
	v->iotsb = iommu_arena_alloc(arena, g->entries * sizeof(uint64_t));
	v->batch = iommu_arena_alloc(arena, cpus * sizeof(struct dma4v_batch));
	for (unsigned int i = 0; i < cpus; i++)
		v->batch[i].pglist = iommu_arena_alloc(arena, DMA4V_BATCH * sizeof(uint64_t));
}

static inline void dma4v_call(const struct dma4v *v)
{
	if (v->hypercall)
		v->hypercall(v->hypercall_arg);
}

static inline void dma4v_batch_flush(struct dma4v *v, struct dma4v_batch *b)
{
	if (b->npages == 0)
		return;
	for (unsigned long i = 0; i < b->npages; i++)
		v->iotsb[b->entry + i] = b->pglist[i] | b->prot;
	dma4v_call(v);
	b->entry += b->npages;
	b->npages = 0;
}

/* Maps the buffer at [entry, entry + n): a call for each batch. */
static inline void dma4v_map(struct dma4v *v, unsigned int cpu, unsigned long entry,
			     unsigned long n)
{
	struct dma4v_batch *b = &v->batch[cpu];

	b->prot = DMA4V_PROTECTION;
	b->entry = entry;
	b->npages = 0;
	for (unsigned long i = 0; i < n; i++) {
		b->pglist[b->npages++] = DMA_BUFFER_PA + ((uint64_t)i << IO_PAGE_SHIFT);
		if (b->npages == DMA4V_BATCH)
			dma4v_batch_flush(v, b);
	}
	dma4v_batch_flush(v, b);
}

/* One call, whatever the length: the interface lets the hypervisor do less at a time, which is not known of any. */
static inline void dma4v_demap(struct dma4v *v, unsigned long entry, unsigned long n)
{
	for (unsigned long i = entry; i < entry + n; i++)
		v->iotsb[i] = 0;
	dma4v_call(v);
}

#endif
