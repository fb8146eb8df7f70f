/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether an allocator answers what it was asked for, and is given back what it handed out: what can be told from
 * its calls alone, of any allocator. What it claims to use (uses_align, uses_mask) it must keep to; the boundary all
 * must. Any thread may call these at once, for ranges of its own.
 */
#ifndef IOMMUBENCH_RANGES_H
#define IOMMUBENCH_RANGES_H

#include <stdatomic.h>

#include "allocator.h"
#include "base/error.h"

struct ranges {
	const struct iommu_allocator *allocator;
	unsigned long entries;
	uint64_t base;
	/* By first entry: the length of what was allocated there; NULL for allocators that free any range. */
	_Atomic uint32_t *length;
};

/* 0, or -EINVAL with *e set; ranges_close() in either case. */
int ranges_open(struct ranges *r, const struct iommu_allocator *a, const struct iommu_geometry *g,
		struct error *e);
void ranges_close(struct ranges *r);

/*
 * alloc answered @entry, which is not IOMMU_FAIL, to a request of @n entries. 0, or -EINVAL with *e saying what is
 * wrong with that.
 */
int ranges_answer(struct ranges *r, unsigned long entry, unsigned long n, unsigned int align_order,
		  const struct iommu_device *device, struct error *e);

/* [entry, entry + n) is about to be freed: NULL, or what is wrong with that, for iommu_bad_free(). */
const char *ranges_free(struct ranges *r, unsigned long entry, unsigned long n);

#endif
