/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An allocator under audit on simulated CPUs: its calls are watched by the emulated IOMMU of the native
 * audit (harness/device/emulated_iommu.h). As accesses happen in the order of virtual time, what it finds is
 * exact, and it takes no virtual time itself.
 */
#ifndef IOMMUBENCH_SIM_AUDITED_H
#define IOMMUBENCH_SIM_AUDITED_H

#include "device/emulated_iommu.h"
#include "device/ranges.h"
#include "measure/interval.h"

struct audited {
	/* To be called in place of the real one, audit or not: the simulated stacks are then the same. */
	struct iommu_allocator allocator;
	const struct iommu_allocator *real;
	bool on;
	struct ranges ranges;
	struct emulated_iommu iommu;
	struct emulated_iommu_counts counts;
};

/*
 * @g NULL: watch nothing. @spend is called in each flush, which covers what had been freed when
 * it began and ends when @spend returns. 0, or -EINVAL with *e set; audited_close() in either case.
 */
int audited_open(struct audited *a, const struct iommu_allocator *real,
		 const struct iommu_geometry *g, void (*spend)(void), struct error *e);
void audited_close(struct audited *a);

/* The lazy flush to call in place of @spend. */
void audited_flush(void);

/* What was wrong and ended the simulation: a bad free, an entry handed out twice, a wrong answer. Empty: nothing. */
extern struct error audited_violation;

#endif
