/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux/slab.h for what comes and goes while a map is used: objects of a size, out of the map's arena, with a list of
 * free ones for each CPU and a shared list of batches behind them. Like the kernel's, the common case touches the
 * CPU's own lines and the object only, and what one CPU frees another can have; unlike SLUB's, an object goes to the
 * list of the CPU that frees it, whosever it was, and batches do not follow pages. A cache has the size's slab, and
 * kmalloc() too.
 */
#ifndef IOMMUBENCH_KERNEL_SLAB_H
#define IOMMUBENCH_KERNEL_SLAB_H

#define KERNEL_SLABS 2

#define SLAB_HWCACHE_ALIGN 0U

struct kernel_slab_cpu {
	__aligned(IOMMU_CACHE_LINE) void *free; /* each begins with a pointer to the next */
	unsigned int count;
};

struct kernel_slab {
	size_t size; /* of an object, a power of two; 0: there is no such slab */
	unsigned int batch;
	char *begin, *end;
	struct kernel_slab_cpu *cpu;
	__aligned(IOMMU_CACHE_LINE) spinlock_t lock;
	void **batches; /* given back: the next of a batch, then the next batch */
	char *fresh;    /* never used */
};

struct kmem_cache {
	size_t size; /* as it was asked for */
};

/* One for each slab; that there are several maps changes nothing in them. */
static __maybe_unused struct kmem_cache kernel_caches[KERNEL_SLABS];

static inline size_t kernel_slab_object(size_t bytes)
{
	return roundup_pow_of_two(bytes);
}

/* Objects in a page, and no fewer than a few. */
static inline unsigned int kernel_slab_batch(size_t object)
{
	return (unsigned int)(object * 4 < PAGE_SIZE ? PAGE_SIZE / object : 4);
}

/* How many there must be for @objects never to be too few, whatever lies on the lists of @ncpus. */
static inline size_t kernel_slab_objects(size_t bytes, size_t objects, unsigned int ncpus)
{
	return objects + (size_t)ncpus * 2 * kernel_slab_batch(kernel_slab_object(bytes));
}

/* Bytes of the arena for them. */
static inline size_t kernel_slab_room(size_t bytes, size_t objects, unsigned int ncpus)
{
	return iommu_arena_room(kernel_slab_objects(bytes, objects, ncpus) *
				kernel_slab_object(bytes)) +
	       iommu_arena_room(ncpus * sizeof(struct kernel_slab_cpu));
}

/* @objects of @bytes each. False if the arena is too small. */
static inline bool kernel_slab_init(struct kernel_slab *s, size_t bytes, size_t objects,
				    unsigned int ncpus)
{
	const size_t all = kernel_slab_objects(bytes, objects, ncpus) * kernel_slab_object(bytes);

	s->size = kernel_slab_object(bytes);
	s->batch = kernel_slab_batch(s->size);
	s->cpu = iommu_arena_alloc(kernel_self.arena, ncpus * sizeof(*s->cpu));
	s->begin = s->fresh = iommu_arena_alloc(kernel_self.arena, all);
	s->end = s->begin + all;
	lock_name(&s->lock, "slab");
	return s->cpu && s->begin;
}

/* A batch of them for a CPU that has none. False if there are no more. */
static noinline __maybe_unused bool kernel_slab_refill(struct kernel_slab *s,
						       struct kernel_slab_cpu *c)
{
	spin_lock(&s->lock);
	if (s->batches) {
		c->free = s->batches;
		c->count = s->batch;
		s->batches = s->batches[1];
	}
	for (; c->count < s->batch && s->fresh < s->end; c->count++, s->fresh += s->size) {
		*(void **)s->fresh = c->free;
		c->free = s->fresh;
	}
	spin_unlock(&s->lock);
	return c->free;
}

/* A batch from a CPU that has many. */
static noinline __maybe_unused void kernel_slab_drain(struct kernel_slab *s,
						      struct kernel_slab_cpu *c)
{
	void **first = c->free, **last = first;

	for (unsigned int i = 1; i < s->batch; i++)
		last = *last;
	c->free = *last;
	c->count -= s->batch;
	*last = NULL;
	spin_lock(&s->lock);
	first[1] = s->batches;
	s->batches = first;
	spin_unlock(&s->lock);
}

static inline void *kernel_slab_alloc(struct kernel_slab *s)
{
	struct kernel_slab_cpu *c = &s->cpu[kernel_self.cpu];
	void *object;

	if (unlikely(!c->free) && !kernel_slab_refill(s, c))
		return NULL;
	object = c->free;
	c->free = *(void **)object;
	c->count--;
	return object;
}

static inline void kernel_slab_free(struct kernel_slab *s, void *object)
{
	struct kernel_slab_cpu *c = &s->cpu[kernel_self.cpu];

	*(void **)object = c->free;
	c->free = object;
	if (unlikely(++c->count == 2 * s->batch))
		kernel_slab_drain(s, c);
}

#endif
