/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/slab.h, linux/vmalloc.h, linux/gfp.h: memory that lasts as long as the map, out of its arena; it is zeroed,
 * and given back with the arena. For what is asked for while the map is made; what comes and goes later is
 * slab.h's.
 */
#ifndef IOMMUBENCH_KERNEL_MEMORY_H
#define IOMMUBENCH_KERNEL_MEMORY_H

#define GFP_KERNEL   0U
#define GFP_ATOMIC   0U
#define GFP_NOWAIT   0U
#define __GFP_NOWARN 0U
#define __GFP_ZERO   0U
#define NUMA_NO_NODE (-1)

/* NULL if the arena, for which the allocator's size() answers, is used up. */
static inline void *kernel_alloc(size_t bytes)
{
	return kernel_self.arena ? iommu_arena_alloc(kernel_self.arena, bytes) : NULL;
}

#define kmalloc(size, gfp)            kernel_alloc(size)
#define kzalloc(size, gfp)            kernel_alloc(size)
#define kcalloc(n, size, gfp)         kernel_alloc((size_t)(n) * (size))
#define kmalloc_node(size, gfp, node) kernel_alloc(size)
#define kzalloc_node(size, gfp, node) kernel_alloc(size)
#define vmalloc(size)                 kernel_alloc(size)
#define vzalloc(size)                 kernel_alloc(size)
#define vzalloc_node(size, node)      kernel_alloc(size)
#define kfree(pointer)                ((void)(pointer))
#define vfree(pointer)                ((void)(pointer))

#endif
