/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a map's code has of the kernel if it allocates, waits, or has per-CPU data of its own: the memory is the map's,
 * so that several maps do not meet. Its glue names it on each entry.
 */
#ifndef IOMMUBENCH_KERNEL_HOST_H
#define IOMMUBENCH_KERNEL_HOST_H

struct kernel_host {
	unsigned int ncpus;
	char *percpu; /* a unit of it for each CPU number */
	size_t percpu_used;
	struct kernel_slab slab[KERNEL_SLABS];
	struct kernel_timers timers;
};

static __always_inline void kernel_enter_host(const struct iommu_map *map, unsigned int cpu,
					      struct kernel_host *host)
{
	struct kernel_context *self = &kernel_self;

	self->cpu = cpu;
	self->locks = &map->locks;
	self->ncpus = host->ncpus;
	self->host = host;
}

static inline struct kernel_timers *kernel_timers(void)
{
	return &kernel_self.host->timers;
}

#endif
