/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/percpu.h: each CPU number's copy on cache lines of its own. A static variable has KERNEL_CPUS of them;
 * what is allocated has as many as the map has CPU numbers, one every PERCPU_STEP(type) bytes.
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

#define PERCPU_STEP(size)           (((size) + IOMMU_CACHE_LINE - 1) / IOMMU_CACHE_LINE * IOMMU_CACHE_LINE)
#define __alloc_percpu(size, align) kernel_alloc(PERCPU_STEP(size) * kernel_self.ncpus)
#define alloc_percpu(type)          ((type *)__alloc_percpu(sizeof(type), __alignof__(type)))
#define alloc_percpu_gfp(type, gfp) alloc_percpu(type)
#define free_percpu(pointer)        ((void)(pointer))

#define per_cpu_ptr(pointer, number) \
	((__typeof__(pointer))((char *)(pointer) + PERCPU_STEP(sizeof(*(pointer))) * (number)))
#define this_cpu_ptr(pointer) per_cpu_ptr(pointer, kernel_self.cpu)
#define raw_cpu_ptr(pointer)  per_cpu_ptr(pointer, kernel_self.cpu)
#define get_cpu_ptr(pointer)  per_cpu_ptr(pointer, kernel_self.cpu)
#define put_cpu_ptr(pointer)  ((void)(pointer))

#endif
