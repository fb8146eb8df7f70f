// SPDX-License-Identifier: GPL-2.0-or-later
/* The table of one build: this file is compiled with the flags of each. */
#include "unit/layouts/layouts.h"

#include "gart.h"
#include "ppc.h"
#include "s390.h"
#include "stale.h"
#include "sun4u.h"
#define POOLED_LINE 8
#define POOLED_NAME "pooled"
#include "pooled.h"

#if defined(IOMMU_SIM)
#define LAYOUTS layouts_sim
#elif defined(IOMMU_STAT)
#define LAYOUTS layouts_stat
#elif defined(IOMMU_CHECKED)
#define LAYOUTS layouts_checked
#else
#define LAYOUTS layouts_plain
#endif

/* The preprocessor's recursion: each further round of EXPAND() takes the next member. */
#define PARENTHESES     ()
#define EXPAND(...)     EXPAND_1(EXPAND_1(EXPAND_1(__VA_ARGS__)))
#define EXPAND_1(...)   EXPAND_2(EXPAND_2(EXPAND_2(__VA_ARGS__)))
#define EXPAND_2(...)   EXPAND_3(EXPAND_3(EXPAND_3(__VA_ARGS__)))
#define EXPAND_3(...)   __VA_ARGS__
#define MEMBERS_AGAIN() MEMBERS
#define MEMBERS(type, member, ...) \
	MEMBER(type, member) __VA_OPT__(MEMBERS_AGAIN PARENTHESES(type, __VA_ARGS__))
#define MEMBER(type, member) \
	{#type, #member, offsetof(type, member), sizeof(((type *)NULL)->member)},

/* A struct with its members. */
#define STRUCT(type, ...) {#type, "", 0, sizeof(type)}, EXPAND(MEMBERS(type, __VA_ARGS__))

/* clang-format off */
const struct layout_row LAYOUTS[] = {
	STRUCT(struct lock, word, low, high, locked, pending)
	STRUCT(struct lock_node, next, locked, count)
	STRUCT(struct lock_nodes, node)
	STRUCT(struct lock_scheme, kind, nodes)
	STRUCT(struct iommu_map, locks, entries, flush_arg, exit)
	STRUCT(struct pool, start, end, hint, lock)
	STRUCT(struct sun4u_iommu, lock, arena.map, arena.hint, arena.limit, flush_all, page_table,
	       page_table_map_base, ctxflush, ctx_lowest_free, ctx_bitmap, dma_addr_mask)
	STRUCT(struct sun4u, map, iommu)
	STRUCT(struct pooled_table, table_map_base, table_shift, nr_pools, lazy_flush, poolsize, pools, pools[1],
	       flags, large_pool, map)
	STRUCT(struct pooled, map, table)
	STRUCT(struct iommu_table, it_busno, it_size, it_offset, it_blocksize, poolsize, nr_pools, large_pool,
	       pools, pools[1], it_map, it_page_shift, it_ops, it_kref, it_reserved_end)
	STRUCT(struct ppc, map, table)
	STRUCT(struct gart_variables, iommu_bus_base, iommu_size, iommu_pages, iommu_gatt_base, iommu_bitmap_lock,
	       iommu_gart_bitmap, gart_unmapped_entry, next_bit, need_flush)
	STRUCT(struct gart, map, v, flush)
	STRUCT(struct s390_zpci_dev, dma_table, dma_table_lock, tlb_refresh, iommu_bitmap_lock, iommu_bitmap,
	       lazy_bitmap, iommu_size, iommu_pages, next_bit)
	STRUCT(struct s390, map, zdev, start_dma, flush)
	STRUCT(struct stale_map, map, bits, stale, pending, base, flush, npools, pool_size, pools, pools[1],
	       reclaim_lock, reclaims)
	{NULL, NULL, 0, 0},
};
