/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/spinlock.h>

#define IOMMU_NR_POOLS       16
#define IOMMU_HAS_LARGE_POOL 1

struct iommu_pool {
	unsigned long start, end;
};

struct iommu_map_table {
	unsigned long table_map_base;
	unsigned long nr_pools, flags;
	void (*lazy_flush)(struct iommu_map_table *table);
	spinlock_t lock;
	struct iommu_pool pools[IOMMU_NR_POOLS];
	struct iommu_pool large_pool;
	unsigned long *map;
};
