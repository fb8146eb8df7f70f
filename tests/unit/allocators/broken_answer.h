/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Allocators that nobody knows, as somebody may have just written them: sun4u's search and flush, with a fault in what
 * it answers. They claim neither that they are safe nor that they are known not to be.
 */
#ifndef IOMMUBENCH_TEST_BROKEN_ANSWER_H
#define IOMMUBENCH_TEST_BROKEN_ANSWER_H

#include "area.h"

enum answer_fault {
	ANSWER_RIGHT,
	ANSWER_UNALIGNED, /* claims to align, and does not */
	ANSWER_ROUNDED, /* finds a range, and moves it down to where it is aligned, whoever is there */
	ANSWER_UNMASKED, /* claims to use the mask, and does not */
};

struct broken_answer {
	struct iommu_map map;
	struct lock lock;
	unsigned long *bits; /* under lock, as the hint */
	unsigned long hint;
	uint64_t base;
	iommu_flush_fn flush;
};

static const unsigned int broken_answer_pools[] = {1, 0};

static size_t broken_answer_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct broken_answer), 1);
}

static struct iommu_map *broken_answer_init(struct iommu_arena *arena,
					    const struct iommu_geometry *g, iommu_flush_fn flush,
					    void *flush_arg)
{
	struct broken_answer *b = area_init(arena, g, sizeof(*b), flush_arg);

	b->bits = area_bitmap(arena, g);
	b->base = g->base;
	b->flush = flush;
	return &b->map;
}

static inline unsigned long broken_answer_search(struct broken_answer *b, unsigned long n,
						 unsigned int align_order,
						 const struct iommu_device *device,
						 enum answer_fault fault)
{
	const unsigned long align_mask = area_align_mask(align_order);
	const bool aligns = fault == ANSWER_RIGHT || fault == ANSWER_UNMASKED;
	const uint64_t reach = device->mask - b->base;
	const bool masked = fault != ANSWER_UNMASKED && reach < b->map.entries;
	const unsigned long limit = masked ? (unsigned long)reach + 1 : b->map.entries;
	unsigned long index = area_alloc(b->bits, limit, b->hint, n, b->base, device->boundary,
					 aligns ? align_mask : 0);

	if (index == IOMMU_FAIL) {
		if (b->flush)
			b->flush(b->map.flush_arg);
		index = area_alloc(b->bits, limit, 0, n, b->base, device->boundary,
				   aligns ? align_mask : 0);
	}
	if (index != IOMMU_FAIL && fault == ANSWER_ROUNDED) {
		bitmap_clear(b->bits, index, n);
		index &= ~align_mask;
		bitmap_set(b->bits, index, n);
	}
	if (index != IOMMU_FAIL)
		b->hint = index + n;
	return index;
}

static void broken_answer_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			       unsigned long n)
{
	struct broken_answer *b = (struct broken_answer *)map;

	lock_acquire(&b->lock, &map->locks, cpu);
	bitmap_clear(b->bits, entry, n);
	lock_release(&b->lock, &map->locks);
}

static unsigned long broken_answer_live(const struct iommu_map *map, struct iommu_range range)
{
	return area_count(((const struct broken_answer *)map)->bits, NULL, range);
}

/* The descriptor NAME, called TEXT, with the fault FAULT. */
#define BROKEN_ANSWER(NAME, TEXT, FAULT)                                             \
	static unsigned long NAME##_alloc(struct iommu_map *map, unsigned int cpu,   \
					  unsigned long n, unsigned int align_order, \
					  unsigned long *handle,                     \
					  const struct iommu_device *device)         \
	{                                                                            \
		struct broken_answer *b = (struct broken_answer *)map;               \
		unsigned long index;                                                 \
                                                                                     \
		(void)handle;                                                        \
		if (!area_possible(n, b->base, device))                              \
			return IOMMU_FAIL;                                           \
		lock_acquire(&b->lock, &map->locks, cpu);                            \
		index = broken_answer_search(b, n, align_order, device, FAULT);      \
		lock_release(&b->lock, &map->locks);                                 \
		return index;                                                        \
	}                                                                            \
	static const struct iommu_allocator NAME = {                                 \
		.name = TEXT,                                                        \
		.summary = "planted",                                                \
		.rank = 200,                                                         \
		.pools = broken_answer_pools,                                        \
		.default_pools = broken_answer_pools,                                \
		.frees_any_range = true,                                             \
		.uses_mask = true,                                                   \
		.uses_align = true,                                                  \
		.check = area_check_single,                                          \
		.size = broken_answer_size,                                          \
		.init = broken_answer_init,                                          \
		.alloc = NAME##_alloc,                                               \
		.free = broken_answer_free,                                          \
		.own_pool = area_own_all,                                            \
		.live = broken_answer_live,                                          \
	}

#endif
