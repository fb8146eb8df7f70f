/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The checked build's executor has an allocator's calls watched (device/ranges.h); what is wrong ends the process. */
#ifndef IOMMUBENCH_WATCH_H
#define IOMMUBENCH_WATCH_H

#include "allocator.h"
#include "base/error.h"

#ifdef IOMMU_CHECKED
/*
 * *@watched gets a descriptor to be called in place of @real: one at a time. 0, or -EINVAL with *e set. watch_end()
 * in either case, after the last call.
 */
int watch_begin(const struct iommu_allocator *real, const struct iommu_geometry *g,
		const struct iommu_allocator **watched, struct error *e);
void watch_end(void);
#else
static inline int watch_begin(const struct iommu_allocator *real, const struct iommu_geometry *g,
			      const struct iommu_allocator **watched, struct error *e)
{
	(void)g, (void)e;
	*watched = real;
	return 0;
}
static inline void watch_end(void)
{
}
#endif

#endif
