/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/percpu.h: each CPU number's copy on cache lines of its own. A static variable has KERNEL_CPUS of them.
 * What is allocated lies, as in the kernel, at the same place of each CPU's unit, which are a map's (host.h).
 */
#ifndef IOMMUBENCH_KERNEL_PERCPU_H
#define IOMMUBENCH_KERNEL_PERCPU_H

#define DEFINE_PER_CPU(type, name)                                 \
	struct {                                                   \
		__aligned(IOMMU_CACHE_LINE) __typeof__(type) copy; \
	} name[KERNEL_CPUS]
#define DEFINE_PER_CPU_SHARED_ALIGNED(type, name) DEFINE_PER_CPU(type, name)

#define per_cpu(name, number)   ((name)[number].copy)
#define this_cpu_read(name)     per_cpu(name, kernel_self.cpu)
#define __this_cpu_read(name)   per_cpu(name, kernel_self.cpu)
#define raw_cpu_read(name)      per_cpu(name, kernel_self.cpu)
#define __raw_get_cpu_var(name) per_cpu(name, kernel_self.cpu)
#define __get_cpu_var(name)     per_cpu(name, kernel_self.cpu)

/* Not a power of two, or all CPUs' copies would be in the same sets of a shared cache. */
#define KERNEL_PERCPU_UNIT (16384 + 3 * IOMMU_CACHE_LINE)

/* NULL if a unit is used up. */
static inline void *kernel_alloc_percpu(size_t bytes)
{
	struct kernel_host *host = kernel_self.host;
	const size_t at = host ? host->percpu_used : 0;

	if (!host || bytes > KERNEL_PERCPU_UNIT - at)
		return NULL;
	host->percpu_used += iommu_arena_room(bytes);
	return host->percpu + at;
}

#define __alloc_percpu(size, align) kernel_alloc_percpu(size)
#define alloc_percpu(type)          ((type *)__alloc_percpu(sizeof(type), __alignof__(type)))
#define alloc_percpu_gfp(type, gfp) alloc_percpu(type)
#define free_percpu(pointer)        ((void)(pointer))

#define per_cpu_ptr(pointer, number)               \
	((__typeof__(pointer))((char *)(pointer) + \
			       (size_t)KERNEL_PERCPU_UNIT * (unsigned int)(number)))
#define this_cpu_ptr(pointer) per_cpu_ptr(pointer, kernel_self.cpu)
#define raw_cpu_ptr(pointer)  per_cpu_ptr(pointer, kernel_self.cpu)
#define get_cpu_ptr(pointer)  per_cpu_ptr(pointer, kernel_self.cpu)
#define put_cpu_ptr(pointer)  ((void)(pointer))

#endif
