/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lock statistics of a sample as figures and as JSON. */
#ifndef IOMMUBENCH_LOCKREPORT_H
#define IOMMUBENCH_LOCKREPORT_H

#include <jansson.h>

#include "lockstat.h"

struct lock_time_scale {
	double ticks_per_ns;
	double read_ns; /* what reading the clock adds to each time; means are corrected by it */
	double sample;  /* all pairs / recorded pairs: counts are multiplied by it */
};

/*
 * Calls @put(@arg, name, value) for each figure of the locks pass, over all locks together. Figures
 * of what never happened (waits where nothing was contended) are not put.
 */
void lock_figures_put(const struct lockstat *locks, const struct lock_time_scale *scale,
		      void (*put)(void *arg, const char *name, double value), void *arg);

/*
 * {"locks": [one object a class of which a lock was used], "histograms": {"hold", "wait", "hold_flush"}}: buckets
 * as [lowest ns, count], over all locks together.
 */
json_t *lock_figures_json(const struct lockstat *locks, const struct lock_time_scale *scale);

#endif
