/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the runner tells a sample process besides its cell: what it calibrated, and where output goes. */
#ifndef IOMMUBENCH_SAMPLE_REQUEST_H
#define IOMMUBENCH_SAMPLE_REQUEST_H

#include <stdbool.h>

#include "measure/interval.h"

struct sample_request {
	double ticks_per_ns; /* 0: the sample calibrates its clock itself */
	double clock_read_ns, flush_bias_ns, think_bias_ns;
	int json_fd;                    /* gets the sample as Google Benchmark writes it */
	int details_fd;                 /* gets what that cannot hold; -1: nobody wants it */
	const char *counters_of_sample; /* by counters_to_word(), or NULL */
	enum interval_locks locks;      /* what to record of locks */
	bool steps_only;                /* another program counts: only do the steps */
};

#endif
