/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which CPU runs the kernel's code, on whose map: what smp_processor_id() is, how locks are taken, and where a
 * flush goes. The glue sets it on entry. Natively it is thread-local; simulated CPUs share a thread, so
 * there it is looked up by the CPU that runs.
 */
#ifndef IOMMUBENCH_KERNEL_CONTEXT_H
#define IOMMUBENCH_KERNEL_CONTEXT_H

#include "allocator.h"

/* The most CPU numbers that per-CPU variables have room for. */
#define KERNEL_CPUS 1024

struct kernel_host;

struct kernel_context {
	unsigned int cpu;
	unsigned int ncpus; /* of the map */
	const struct lock_scheme *locks;
	struct iommu_arena *arena; /* where the kernel's memory comes from, while the map is made */
	struct kernel_host *host;  /* host.h; NULL: code that needs none */
};

#ifdef IOMMU_SIM
struct kernel_context *kernel_context_simulated(void);
#define kernel_self (*kernel_context_simulated())
#else
extern __thread struct kernel_context kernel_context_native;
#define kernel_self kernel_context_native
#endif

static __always_inline void kernel_enter(const struct iommu_map *map, unsigned int cpu)
{
	struct kernel_context *self = &kernel_self;

	self->cpu = cpu;
	self->locks = &map->locks;
}

#define smp_processor_id()         (kernel_self.cpu)
#define raw_smp_processor_id()     (kernel_self.cpu)
#define get_cpu()                  (kernel_self.cpu)
#define put_cpu()                  ((void)0)
#define nr_cpu_ids                 (kernel_self.ncpus)
#define num_online_cpus()          (kernel_self.ncpus)
#define num_possible_cpus()        (kernel_self.ncpus)
#define for_each_possible_cpu(cpu) for ((cpu) = 0; (unsigned int)(cpu) < kernel_self.ncpus; (cpu)++)
#define for_each_online_cpu(cpu)   for_each_possible_cpu(cpu)

#endif
