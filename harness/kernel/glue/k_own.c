// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * k-own: the suite's own pooled behind glue and shim, as the kernel's is. What it takes longer than pooled is what
 * these cost. Only built if asked for: `make KERNEL=PATH KERNEL_GLUE=k_own KSIDE=FOLDER kernel-programs`.
 */
#include "kernel/glue/glue.h"

#include <cut.c>

/* Locks are taken as kernel code does it, and CPU numbers read where it reads them. */
#define lock_acquire(lock, scheme, number) ((void)(number), spin_lock(lock))
#define lock_release(lock, scheme)         spin_unlock(lock)
#define POOLED_LINE                        8
#define POOLED_NAME                        "k-own"
#undef static_assert
#define static_assert _Static_assert
#include "pooled.h"

static unsigned long k_own_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				 unsigned int align_order, unsigned long *handle,
				 const struct iommu_device *device)
{
	kernel_enter(map, cpu);
	return pooled_range_alloc((struct pooled *)map, smp_processor_id(), n, align_order, handle,
				  device);
}

static void k_own_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
		       unsigned long n)
{
	kernel_enter(map, cpu);
	pooled_range_free((struct pooled *)map, smp_processor_id(), entry, n);
}

static const unsigned int k_own_pools[] = {1, 2, 4, 8, 16, 0};
static const unsigned int k_own_default_pools[] = {1, 16, 0};

static const struct iommu_allocator k_own = {
	.name = POOLED_NAME,
	.summary = "pooled behind the glue of a kernel tree's allocators: what that costs",
	.rank = 30,
	.pools = k_own_pools,
	.default_pools = k_own_default_pools,
	.known_stale_reuse = true,
	.frees_any_range = true,
	.takes_large_pool = true,
	.uses_handle = true,
	.uses_mask = true,
	.uses_align = true,
	.check = pooled_check,
	.pool_size = pooled_pool_size,
	.size = pooled_size,
	.init = pooled_init,
	.reserve = pooled_reserve,
	.alloc = k_own_alloc,
	.free = k_own_free,
	.own_pool = pooled_own,
	.live = pooled_live,
};
IOMMU_ALLOCATOR(k_own);
