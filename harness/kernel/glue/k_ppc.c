// SPDX-License-Identifier: GPL-2.0-or-later
/* k-ppc: the tree's powerpc allocator, with the flush that its iommu_free() makes. */
//k roots iommu_init_table iommu_range_alloc iommu_free setup_iommu_pool_hash
//k from include/linux/bitmap.h
//k from include/linux/hash.h
//k from include/linux/iommu-helper.h
//k from arch/powerpc/include/asm/iommu.h
//k from arch/powerpc/kernel/iommu.c
//k with bitmap find_bit iommu_helper
//k probe K_RESERVED_RANGE iommu_init_table(NULL, 0, 0, 0)
//k text K_SHIFTS_BY_64 >> (64 - align_order)
#ifdef K_SHIFTS_BY_64
#error the iommu_range_alloc() of this tree shifts by 64 where no alignment is asked for, which only powerpc takes for 0
#endif
#define SMP_CACHE_BYTES 128
#include "kernel/glue/glue.h"

#include <cut.c>

/* What a map's pages must come to in bytes for the kernel to give it all pools. */
#define ALL_POOLS_FROM (1UL << 30)
/* Entries; what platforms set. */
#define BLOCK_SIZE 16

struct k_ppc {
	struct iommu_map map;
	_Alignas(IOMMU_CACHE_LINE) struct iommu_table table;
};

static void k_ppc_flush(struct iommu_table *table)
{
	struct k_ppc *m = container_of(table, struct k_ppc, table);

	m->map.flush(m->map.flush_arg);
}

/* The table's entries themselves are not what is measured. */
static void k_ppc_clear(struct iommu_table *table, long index, long n)
{
	(void)table, (void)index, (void)n;
}

/* Constant, as a platform's. */
static const struct iommu_table_ops k_ppc_ops = {.clear = k_ppc_clear, .flush = k_ppc_flush};
static const struct iommu_table_ops k_ppc_unflushed_ops = {.clear = k_ppc_clear};

static unsigned long k_ppc_pool_size(const struct iommu_geometry *g)
{
	return g->entries * 3 / 4 / g->npools;
}

static const char *k_ppc_check(const struct iommu_geometry *g)
{
	if (g->npools != 1 && g->npools != IOMMU_NR_POOLS)
		return "pools must be 1 or 4";
	if (!area_check(g) && k_ppc_pool_size(g) < 2)
		return "a pool would have fewer than 2 entries: fewer pools or more entries";
	return area_check(g);
}

static size_t k_ppc_size(const struct iommu_geometry *g)
{
	const size_t pages = PAGE_SIZE << get_order(g->entries / 8 + sizeof(long));

	return area_size(g, sizeof(struct k_ppc), 0) + iommu_arena_room(pages);
}

static struct iommu_map *k_ppc_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				    iommu_flush_fn flush, void *flush_arg)
{
	struct k_ppc *m = area_init(arena, g, sizeof(*m), flush_arg);
	struct iommu_table *t;

	if (!m)
		return NULL;
	t = &m->table;
	m->map.flush = flush;
	t->it_ops = (struct iommu_table_ops *)(flush ? &k_ppc_ops : &k_ppc_unflushed_ops);
	t->it_size = g->entries;
	t->it_offset = g->base;
	t->it_blocksize = BLOCK_SIZE;
	/* So many pools are there as this makes of it. */
	while (g->npools > 1 && t->it_size << t->it_page_shift < ALL_POOLS_FROM)
		t->it_page_shift++;
	kernel_makes(arena, g, &m->map);
	kernel_self.ncpus = KERNEL_CPUS;
	setup_iommu_pool_hash();
#ifdef K_RESERVED_RANGE
	iommu_init_table(t, NUMA_NO_NODE, 0, 0);
#else
	iommu_init_table(t, NUMA_NO_NODE);
#endif
	kernel_made();
	/* Entries are numbers from here on; and none is reserved but those that reserve() is told. */
	t->it_page_shift = 0;
	__clear_bit(0, t->it_map);
	return &m->map;
}

static void k_ppc_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct k_ppc *m = (struct k_ppc *)map;

	for (; n; n--, entry++)
		__set_bit(entry, m->table.it_map);
}

static unsigned long k_ppc_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				 unsigned int align_order, unsigned long *handle,
				 const struct iommu_device *device)
{
	struct k_ppc *m = (struct k_ppc *)map;

	if (!area_possible(n, m->table.it_offset, device))
		return IOMMU_FAIL;
	kernel_enter(map, cpu);
	return iommu_range_alloc((struct device *)device, &m->table, n, handle, device->mask,
				 align_order < 30 ? align_order : 30);
}

static void k_ppc_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
		       unsigned long n)
{
	struct k_ppc *m = (struct k_ppc *)map;

	area_check_range(map, "k-ppc", entry, n);
	area_check_free(m->table.it_map, "k-ppc", NULL, entry, n);
	kernel_enter(map, cpu);
	iommu_free(&m->table, m->table.it_offset + entry, n);
}

static struct iommu_range k_ppc_own(const struct iommu_map *map, unsigned int cpu, unsigned long n)
{
	const struct iommu_table *t = &((const struct k_ppc *)map)->table;
	const struct iommu_pool *p =
		n > IOMMU_LARGE_REQUEST ?
			&t->large_pool :
			&t->pools[per_cpu(iommu_pool_hash, cpu) & (t->nr_pools - 1)];

	return (struct iommu_range){.start = p->start, .end = p->end};
}

static unsigned long k_ppc_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(((const struct k_ppc *)map)->table.it_map, NULL, range);
}

static const unsigned int k_ppc_pools[] = {1, 4, 0};
static const unsigned int k_ppc_default_pools[] = {4, 0};

static const struct iommu_allocator k_ppc = {
	.name = "k-ppc",
	.summary = "the kernel tree's powerpc allocator",
	.rank = 50,
	.pools = k_ppc_pools,
	.default_pools = k_ppc_default_pools,
	.ran_on = "ppc/pools:4",
	/* As ours: its bits are cleared before the flush, and outside of the lock. */
	.known_stale_reuse = true,
	.strict_flush = true,
	.frees_any_range = true,
	.always_large_pool = true,
	.uses_handle = true,
	.uses_mask = true,
	.uses_align = true,
	.check = k_ppc_check,
	.pool_size = k_ppc_pool_size,
	.size = k_ppc_size,
	.init = k_ppc_init,
	.reserve = k_ppc_reserve,
	.alloc = k_ppc_alloc,
	.free = k_ppc_free,
	.own_pool = k_ppc_own,
	.live = k_ppc_live,
};
IOMMU_ALLOCATOR(k_ppc);
