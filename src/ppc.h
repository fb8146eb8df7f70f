/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppc: how its map lies in memory. */
#ifndef IOMMUBENCH_PPC_H
#define IOMMUBENCH_PPC_H

#include "pools.h"

#define PPC_HASH_BITS 2
#define PPC_POOLS     (1U << PPC_HASH_BITS)
/* powerpc's SMP_CACHE_BYTES. */
#define PPC_LINE 128

/* There, a pool is ____cacheline_aligned_in_smp. */
struct ppc_pool {
	_Alignas(PPC_LINE) struct pool pool;
};

/* struct iommu_table of Linux 6.1, arch/powerpc/include/asm/iommu.h: its fields, order and sizes. */
struct iommu_table {
	unsigned long it_busno, it_size, it_indirect_levels, it_level_size, it_allocated_size;
	uint64_t it_offset; /* DVMA page number of entry 0 */
	unsigned long it_base, it_index, it_type;
	unsigned long it_blocksize;
	unsigned long poolsize, nr_pools;
	struct ppc_pool large_pool;
	struct ppc_pool pools[PPC_POOLS];
	unsigned long *it_map;
	unsigned long it_page_shift;
	void *it_group_list[2];
	uint64_t *it_userspace;
	iommu_flush_fn it_ops; /* upstream a table of functions; here the flush, or NULL */
	uint32_t it_kref;
	int it_nid;
	unsigned long it_reserved_start, it_reserved_end;
};
static_assert(offsetof(struct iommu_table, it_offset) == 40, "as upstream");
static_assert(offsetof(struct iommu_table, it_blocksize) == 72, "as upstream");
static_assert(offsetof(struct iommu_table, poolsize) == 80, "as upstream");
static_assert(offsetof(struct iommu_table, nr_pools) == 88, "as upstream");
static_assert(offsetof(struct iommu_table, large_pool) == 128, "as upstream");
static_assert(offsetof(struct iommu_table, pools) == 256, "as upstream");
static_assert(sizeof(struct ppc_pool) == 128, "as upstream");
static_assert(offsetof(struct iommu_table, it_map) == 768, "as upstream");
static_assert(offsetof(struct iommu_table, it_ops) == 808, "as upstream");
static_assert(offsetof(struct iommu_table, it_reserved_end) == 832, "as upstream");

struct ppc {
	struct iommu_map map;
	_Alignas(IOMMU_CACHE_LINE) struct iommu_table table;
	/* Beside what upstream has. */
	_Alignas(IOMMU_CACHE_LINE) struct pools_spans spans;
};

#endif
