// SPDX-License-Identifier: GPL-2.0-or-later
#include <linux/iommu-common.h>

static DEFINE_PER_CPU(unsigned int, iommu_hash_common);

void iommu_tbl_pool_init(struct iommu_map_table *table, unsigned long entries, u32 shift,
			 void (*flush)(struct iommu_map_table *table), bool large_pool, u32 pools,
			 bool skip)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) per_cpu(iommu_hash_common, cpu) = hash_cpu(cpu);
	spin_lock_init(&table->lock);
	table->nr_pools = pools;
	table->lazy_flush = flush;
	table->flags = large_pool ? IOMMU_HAS_LARGE_POOL : 0;
	for (cpu = 0; cpu < pools; cpu++)
		table->pools[cpu] = (struct iommu_pool){0, entries};
	table->large_pool = table->pools[0];
}

/* Everything from one pool, whoever asks. */
unsigned long iommu_tbl_range_alloc(struct device *dev, struct iommu_map_table *table,
				    unsigned long n, unsigned long *handle, unsigned long mask,
				    unsigned int align_order)
{
	unsigned long flags, found;

	spin_lock_irqsave(&table->lock, flags);
	found = iommu_area_alloc(table->map, table->pools[0].end, 0, n);
	if (found == ~0UL && table->lazy_flush)
		table->lazy_flush(table);
	spin_unlock_irqrestore(&table->lock, flags);
	return found;
}

void iommu_tbl_range_free(struct iommu_map_table *table, u64 address, unsigned long n,
			  unsigned long entry)
{
	unsigned long flags;

	spin_lock_irqsave(&table->lock, flags);
	bitmap_clear(table->map, entry, n);
	spin_unlock_irqrestore(&table->lock, flags);
}
