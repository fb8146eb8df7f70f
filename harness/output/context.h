/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The context of a results file: on which host, by which build and with which options its samples
 * were taken (results/README.md).
 */
#ifndef IOMMUBENCH_CONTEXT_H
#define IOMMUBENCH_CONTEXT_H

#include <stddef.h>
#include <jansson.h>

#include "clock.h"
#include "host/topology.h"
#include "plan/plan.h"
#include "plan/request.h"

#define RESULTS_FORMAT 2

/* What is described besides the host and the build. */
struct context {
	const struct plan_request *request;
	const struct plan *plan;
	size_t samples; /* that are planned */
	const struct topology *topology;
	const struct clock_calibration *clock;
	int argc; /* the command line, without the program's name */
	char *const *argv;
};

/* Google Benchmark's "context" with ours in it. NULL if memory is short, or a fact is not UTF-8. */
json_t *context_json(const struct context *c);

#endif
