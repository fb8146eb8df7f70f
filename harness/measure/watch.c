// SPDX-License-Identifier: GPL-2.0-or-later
/* Stands between a workload and its allocator. */
#include "measure/watch.h"

#ifdef IOMMU_CHECKED

#include <stdio.h>
#include <stdlib.h>

#include "device/ranges.h"

/* Its functions have no argument that could lead to it. */
static struct {
	struct iommu_allocator allocator;
	const struct iommu_allocator *real;
	struct ranges ranges;
} watch;

static unsigned long watched_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				   unsigned int align_order, unsigned long *handle,
				   const struct iommu_device *device)
{
	unsigned long entry = watch.real->alloc(map, cpu, n, align_order, handle, device);
	struct error e;

	if (entry == IOMMU_FAIL || !ranges_answer(&watch.ranges, entry, n, align_order, device, &e))
		return entry;
	fprintf(stderr, "%s\n", e.text);
	abort();
}

static void watched_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			 unsigned long n)
{
	const char *why = ranges_free(&watch.ranges, entry, n);

	if (why)
		iommu_bad_free(watch.real->name, why, entry, n);
	watch.real->free(map, cpu, entry, n);
}

int watch_begin(const struct iommu_allocator *real, const struct iommu_geometry *g,
		const struct iommu_allocator **watched, struct error *e)
{
	watch.real = real;
	watch.allocator = *real;
	watch.allocator.alloc = watched_alloc;
	watch.allocator.free = watched_free;
	*watched = &watch.allocator;
	return ranges_open(&watch.ranges, real, g, e);
}

void watch_end(void)
{
	ranges_close(&watch.ranges);
}

#endif
