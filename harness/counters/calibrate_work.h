/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The work by which counters are calibrated. */
#ifndef IOMMUBENCH_CALIBRATE_WORK_H
#define IOMMUBENCH_CALIBRATE_WORK_H

#include "counters/calibrate.h"

struct work {
	const char *name;
	/* Before the counters begin; @dose is 1 or 2. NULL: nothing to do. False: cannot be done here. */
	bool (*prepare)(struct bench *b, unsigned int dose);
	/* @dose of the work. Returns how often it raises what it is to raise. */
	double (*run)(struct bench *b, unsigned int dose);
	void (*finish)(struct bench *b); /* after the counters ended; NULL: nothing to do */
	double low, high;                /* parts of that which a counter may count */
	const char *cannot;              /* why, where prepare says false */
};

/* The work of a kind; that of CALIBRATE_ANY is not one, see work_any(). */
const struct work *work_of(enum calibration_kind kind);

/* What may raise an event of which nothing is known, NULL-terminated. */
const struct work *const *work_any(const struct counter_spec *spec);

#endif
