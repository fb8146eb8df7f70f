/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lock statistics of a sample as figures and as JSON. */
#ifndef IOMMUBENCH_LOCKREPORT_H
#define IOMMUBENCH_LOCKREPORT_H

#include <jansson.h>

#include "lockstat.h"
#include "base/figure_fn.h"

struct lock_time_scale {
	double ticks_per_ns;
	double read_ns; /* what reading the clock adds to each time; means are corrected by it */
	double cpu_ns;  /* that all CPUs together worked */
};

/*
 * Calls @put(@arg, name, value) for each figure of all locks together, of so many @acquisitions: how often they were
 * taken; and, where acquisitions were drawn, from whom and how long. Figures of what never happened (waits where
 * nothing was contended) are not put. Bounces and totals are estimates for all acquisitions.
 */
void lock_figures_put_counts(const struct lockstat *locks, uint64_t acquisitions, figure_fn put,
			     void *arg);
void lock_figures_put_times(const struct lockstat *locks, uint64_t acquisitions,
			    const struct lock_time_scale *scale, figure_fn put, void *arg);

/*
 * {"locks": [one object a class, of which one was timed], "histograms": {"acquire", "hold", "wait", "hold_flush"}}:
 * buckets as [lowest ns, count], over all locks together. A class's acquisitions are an estimate.
 */
json_t *lock_figures_json(const struct lockstat *locks, uint64_t acquisitions,
			  const struct lock_time_scale *scale);

#endif
