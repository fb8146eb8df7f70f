/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An allocator with its number of pools, as users name it, and maps made of it. */
#ifndef IOMMUBENCH_VARIANT_H
#define IOMMUBENCH_VARIANT_H

#include <stdbool.h>

#include "allocator.h"
#include "base/error.h"

struct variant {
	const struct iommu_allocator *allocator;
	unsigned int npools; /* 0: the name did not say */
};

/*
 * Reads "NAME(/key:value)*", "NAME(/key:value)* /pools:P" without the blank, or one of the short names
 * pooled-1 and stale-1. 0, or -EINVAL with *e set, also for a parameter that the allocator does not have.
 */
int variant_parse(const char *text, struct variant *v, struct error *e);

/* Can @a have @npools pools? */
bool variant_takes(const struct iommu_allocator *a, unsigned int npools);

/*
 * An empty map in fresh memory, all of it touched. NULL with *e set if the geometry does not
 * suit @a or memory is short. @flush may be NULL.
 */
struct iommu_map *map_create(const struct iommu_allocator *a, const struct iommu_geometry *g,
			     iommu_flush_fn flush, void *flush_arg, struct error *e);
void map_destroy(struct iommu_map *map);

#endif
