/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What glue round arch/sparc/kernel/iommu.c begins with. IO pages have one byte: addresses are entry numbers. */
#ifndef IOMMUBENCH_KERNEL_SPARC_H
#define IOMMUBENCH_KERNEL_SPARC_H

#include "kernel/glue/glue.h"

/* Of asm/page_64.h and kernel/iommu_common.h. */
struct dma_attrs;
typedef unsigned long iopte_t;
#define iopte_val(x)        (x)
#define IO_PAGE_SHIFT       0
#define IO_PAGE_SIZE        (1UL << IO_PAGE_SHIFT)
#define IO_PAGE_MASK        (~(IO_PAGE_SIZE - 1))
#define IO_PAGE_ALIGN(addr) ALIGN(addr, IO_PAGE_SIZE)
#define phys_to_virt(phys)  ((void *)(unsigned long)(phys))
#define offset_in_page(p)   ((unsigned long)(p) & ~IO_PAGE_MASK)
#define __pa(virtual)       ((unsigned long)(virtual))
#define SPARC_MAPPING_ERROR (~(dma_addr_t)0)

static inline const char *sparc_check(const struct iommu_geometry *g)
{
	if (g->base > U32_MAX - g->entries)
		return "the last page number must fit 32 bits, as the addresses it hands out";
	return area_check_single(g);
}

/* The kernel's is another one. */
#define iommu_arena kernel_iommu_arena

#endif
