// SPDX-License-Identifier: GPL-2.0-or-later
/* k-pooled: the tree's generic pooled allocator. */
//k roots iommu_tbl_pool_init iommu_tbl_range_alloc iommu_tbl_range_free
//k from include/linux/bitmap.h
//k from include/linux/hash.h
//k from include/linux/iommu-helper.h
//k from arch/sparc/include/asm/iommu-common.h include/linux/iommu-common.h
//k from arch/sparc/kernel/iommu-common.c lib/iommu-common.c
//k with bitmap find_bit iommu_helper
#include "kernel/glue/glue.h"

#include <cut.c>

struct k_pooled {
	struct iommu_map map;
	/* As in sparc's struct iommu, it begins on a line of its own. */
	_Alignas(IOMMU_CACHE_LINE) struct iommu_map_table table;
};

static void k_pooled_flush(struct iommu_map_table *table)
{
	struct k_pooled *m = container_of(table, struct k_pooled, table);

	m->map.flush(m->map.flush_arg);
}

static unsigned long k_pooled_pool_size(const struct iommu_geometry *g)
{
	return (g->large_pool ? g->entries * 3 / 4 : g->entries) / g->npools;
}

static const char *k_pooled_check(const struct iommu_geometry *g)
{
	const char *why = area_check(g);

	if (!why && k_pooled_pool_size(g) < 3)
		why = "a pool would have fewer than 3 entries: fewer pools or more entries";
	if (!why && g->npools > IOMMU_NR_POOLS)
		why = "this tree has fewer pools";
	return why;
}

static size_t k_pooled_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct k_pooled), 1);
}

static struct iommu_map *k_pooled_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				       iommu_flush_fn flush, void *flush_arg)
{
	struct k_pooled *m = area_init(arena, g, sizeof(*m), flush_arg);

	if (!m)
		return NULL;
	m->map.flush = flush;
	m->table.map = area_bitmap(arena, g);
	m->table.table_map_base = g->base;
	kernel_makes(arena, g, &m->map);
	/* It hashes the CPU numbers once, whatever map comes next. */
	kernel_self.ncpus = KERNEL_CPUS;
	iommu_tbl_pool_init(&m->table, g->entries, 0, flush ? k_pooled_flush : NULL, g->large_pool,
			    g->npools, false);
	kernel_made();
	return &m->map;
}

static void k_pooled_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct k_pooled *m = (struct k_pooled *)map;

	for (; n; n--, entry++)
		__set_bit(entry, m->table.map);
}

static unsigned long k_pooled_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				    unsigned int align_order, unsigned long *handle,
				    const struct iommu_device *device)
{
	struct k_pooled *m = (struct k_pooled *)map;

	/* Its search would leave the bitmap, or never end. */
	if (!area_possible(n, m->table.table_map_base, device))
		return IOMMU_FAIL;
	kernel_enter(map, cpu);
	return iommu_tbl_range_alloc((struct device *)device, &m->table, n, handle, device->mask,
				     align_order < 30 ? align_order : 30);
}

static void k_pooled_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			  unsigned long n)
{
	struct k_pooled *m = (struct k_pooled *)map;

	area_check_range(map, "k-pooled", entry, n);
	area_check_free(m->table.map, "k-pooled", NULL, entry, n);
	kernel_enter(map, cpu);
	iommu_tbl_range_free(&m->table, 0, n, entry);
}

static struct iommu_range k_pooled_own(const struct iommu_map *map, unsigned int cpu,
				       unsigned long n)
{
	const struct iommu_map_table *t = &((const struct k_pooled *)map)->table;
	const bool large = (t->flags & IOMMU_HAS_LARGE_POOL) && n > IOMMU_LARGE_REQUEST;
	const struct iommu_pool *p =
		large ? &t->large_pool :
			&t->pools[per_cpu(iommu_hash_common, cpu) & (t->nr_pools - 1)];

	return (struct iommu_range){.start = p->start, .end = p->end};
}

static unsigned long k_pooled_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(((const struct k_pooled *)map)->table.map, NULL, range);
}

static const unsigned int k_pooled_pools[] = {1, 2, 4, 8, 16, 0};
static const unsigned int k_pooled_default_pools[] = {1, 16, 0};

static const struct iommu_allocator k_pooled = {
	.name = "k-pooled",
	.summary = "the kernel tree's pooled allocator",
	.rank = 30,
	.pools = k_pooled_pools,
	.default_pools = k_pooled_default_pools,
	.ran_on = "sun4u/pools:1 sun4v/pools:16 sun4v/pools:1",
	.known_stale_reuse = true,
	.frees_any_range = true,
	.takes_large_pool = true,
	.uses_handle = true,
	.uses_mask = true,
	.uses_align = true,
	.check = k_pooled_check,
	.pool_size = k_pooled_pool_size,
	.size = k_pooled_size,
	.init = k_pooled_init,
	.reserve = k_pooled_reserve,
	.alloc = k_pooled_alloc,
	.free = k_pooled_free,
	.own_pool = k_pooled_own,
	.live = k_pooled_live,
};
IOMMU_ALLOCATOR(k_pooled);
