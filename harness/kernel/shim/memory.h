/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/slab.h, linux/vmalloc.h, linux/gfp.h: memory out of a map's arena. What is asked for while the map is made
 * lasts as long as the map, is zeroed, and given back with the arena; what comes and goes is of a size that the
 * map has a slab of (slab.h).
 */
#ifndef IOMMUBENCH_KERNEL_MEMORY_H
#define IOMMUBENCH_KERNEL_MEMORY_H

#define GFP_KERNEL   0U
#define GFP_ATOMIC   0U
#define GFP_NOWAIT   0U
#define __GFP_NOWARN 0U
#define __GFP_ZERO   0U
#define NUMA_NO_NODE (-1)

/* The slab of a size, or NULL. */
static inline struct kernel_slab *kernel_slab_of(size_t bytes)
{
	struct kernel_host *host = kernel_self.host;

	for (int i = 0; host && i < KERNEL_SLABS; i++) {
		if (host->slab[i].size == kernel_slab_object(bytes))
			return &host->slab[i];
	}
	return NULL;
}

/* NULL if the arena, for which the allocator's size() answers, is used up. */
static inline void *kernel_alloc(size_t bytes)
{
	struct kernel_slab *slab = kernel_slab_of(bytes);

	if (slab)
		return kernel_slab_alloc(slab);
	return kernel_self.arena ? iommu_arena_alloc(kernel_self.arena, bytes) : NULL;
}

static inline void *kernel_zalloc(size_t bytes)
{
	void *got = kernel_alloc(bytes);

	return got ? memset(got, 0, bytes) : NULL;
}

/* What is of no slab stays. */
static inline void kernel_free(const void *pointer)
{
	struct kernel_host *host = kernel_self.host;

	for (int i = 0; host && i < KERNEL_SLABS; i++) {
		struct kernel_slab *s = &host->slab[i];

		if ((char *)pointer >= s->begin && (char *)pointer < s->end)
			kernel_slab_free(s, (void *)pointer);
	}
}

#define kmalloc(size, gfp)            kernel_alloc(size)
#define kzalloc(size, gfp)            kernel_zalloc(size)
#define kcalloc(n, size, gfp)         kernel_zalloc((size_t)(n) * (size))
#define kmalloc_node(size, gfp, node) kernel_alloc(size)
#define kzalloc_node(size, gfp, node) kernel_zalloc(size)
#define kzalloc_obj(type, ...)        ((__typeof__(type) *)kernel_zalloc(sizeof(type)))
#define kzalloc_objs(type, n, ...)    ((__typeof__(type) *)kernel_zalloc((size_t)(n) * sizeof(type)))
#define vmalloc(size)                 kernel_alloc(size)
#define vzalloc(size)                 kernel_zalloc(size)
#define vzalloc_node(size, node)      kernel_zalloc(size)
#define kfree(pointer)                kernel_free(pointer)
#define vfree(pointer)                kernel_free(pointer)

/* Whole pages; one is known by its address. */
struct page;

#define alloc_pages_node(node, gfp, order) ((struct page *)kernel_alloc(PAGE_SIZE << (order)))
#define page_address(page)                 ((void *)(page))

static inline struct kmem_cache *kernel_cache_create(size_t size)
{
	struct kernel_slab *slab = kernel_slab_of(size);
	struct kmem_cache *cache = slab ? &kernel_caches[slab - kernel_self.host->slab] : NULL;

	if (cache)
		cache->size = size;
	return cache;
}

static inline void *kmem_cache_alloc(const struct kmem_cache *cache, gfp_t gfp)
{
	(void)gfp;
	return kernel_slab_alloc(&kernel_self.host->slab[cache - kernel_caches]);
}

static inline void *kmem_cache_zalloc(const struct kmem_cache *cache, gfp_t gfp)
{
	void *object = kmem_cache_alloc(cache, gfp);

	return object ? memset(object, 0, cache->size) : NULL;
}

static inline void kmem_cache_free(const struct kmem_cache *cache, void *object)
{
	if (object)
		kernel_slab_free(&kernel_self.host->slab[cache - kernel_caches], object);
}

#define kmem_cache_create(name, size, align, flags, ctor) kernel_cache_create(size)
#define kmem_cache_destroy(cache)                         ((void)(cache))
#define kmemleak_transient_leak(pointer)                  ((void)(pointer))

#endif
