/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What sparc's map_page and unmap_page did around the allocator: the page table of 8-byte IOPTEs and, where the
 * IOMMU can flush by context, the context of each mapping. (arch/sparc/kernel/iommu.c and asm/iommu_64.h, read in
 * Linux 3.4 and 6.1.)
 *
 * The streaming buffer is off, as on sabre, which has none. Where it is on (psycho, schizo), each unmap also flushes
 * it under iommu->lock; that is not here. Nor are interrupts, which a program has none of to switch off.
 *
 * One alloc is one map_page, or, with a handle, one segment of map_sg: what map_sg holds over its whole list is held
 * over each segment. So a list takes the lock as often as it has segments, where upstream it takes it once and keeps
 * it. A free is unmap_page, also of several segments at once.
 */
#ifndef IOMMUBENCH_DMA_H
#define IOMMUBENCH_DMA_H

#include <assert.h>

#include "area.h"

#define IO_PAGE_SHIFT 13

/* The bits of an IOPTE, as the hardware has them. */
#define IOPTE_VALID         (UINT64_C(1) << 63)
#define IOPTE_CONTEXT_SHIFT 47
#define IOPTE_CONTEXT       (UINT64_C(0xfff) << IOPTE_CONTEXT_SHIFT)
#define IOPTE_PAGE          ((UINT64_C(1) << 47) - (UINT64_C(1) << IO_PAGE_SHIFT))
#define IOPTE_CACHE         (UINT64_C(1) << 4)
#define IOPTE_WRITE         (UINT64_C(1) << 1)

/* Physical addresses: of the buffer that each request maps (whose it is makes no difference), and of the page that
 * entries point to which map nothing. */
#define DMA_BUFFER_PA UINT64_C(0x40000000)
#define DMA_DUMMY_PA  UINT64_C(0x20000000)

#define DMA_CONTEXTS 4096

static inline size_t dma_table_size(const struct iommu_geometry *g)
{
	return iommu_arena_room(g->entries * sizeof(uint64_t));
}

/* Points [entry, entry + n) to the dummy page; the other bits stay, VALID too. */
static inline void iopte_make_dummy(uint64_t *table, uint64_t dummy_pa, unsigned long entry,
				    unsigned long n)
{
	for (unsigned long i = entry; i < entry + n; i++)
		table[i] = (table[i] & ~IOPTE_PAGE) | dummy_pa;
}

static inline uint64_t *dma_table_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				       uint64_t dummy_pa)
{
	uint64_t *table = iommu_arena_alloc(arena, g->entries * sizeof(uint64_t));

	iopte_make_dummy(table, dummy_pa, 0, g->entries);
	return table;
}

/* Maps the buffer at [entry, entry + n), for a device that writes it. */
static inline void iopte_map(uint64_t *table, unsigned long context, unsigned long entry,
			     unsigned long n)
{
	const uint64_t protection =
		IOPTE_VALID | IOPTE_CACHE | IOPTE_WRITE | (uint64_t)context << IOPTE_CONTEXT_SHIFT;

	for (unsigned long i = 0; i < n; i++)
		table[entry + i] = protection | (DMA_BUFFER_PA + ((uint64_t)i << IO_PAGE_SHIFT));
}

static inline unsigned long iopte_context(uint64_t iopte)
{
	return (unsigned long)((iopte & IOPTE_CONTEXT) >> IOPTE_CONTEXT_SHIFT);
}

/* A context from *lowest on, else one from below; 0, which all can share, if there is none. Under the lock. */
static inline unsigned long dma_context_alloc(const unsigned long *lowest, unsigned long *contexts)
{
	unsigned long found = bitmap_next_clear(contexts, DMA_CONTEXTS, *lowest);

	if (found == DMA_CONTEXTS) {
		found = bitmap_next_clear(contexts, *lowest, 1);
		if (found == *lowest)
			return 0;
	}
	bitmap_set(contexts, found, 1);
	return found;
}

static inline void dma_context_free(unsigned long *lowest, unsigned long *contexts,
				    unsigned long context)
{
	if (!context)
		return;
	bitmap_clear(contexts, context, 1);
	if (context < *lowest)
		*lowest = context;
}

#endif
