/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a sample process writes, and the entry of the results that is made of it. */
#ifndef IOMMUBENCH_OUTPUTS_H
#define IOMMUBENCH_OUTPUTS_H

#include <jansson.h>

#include "base/error.h"

/* Files in memory: a pipe could fill up. */
struct sample_output {
	int json;    /* its stdout: Google Benchmark's document */
	int details; /* what flat counters cannot hold */
	int errors;  /* its stderr */
};

/* 0 or -errno; sample_output_close() in either case. */
int sample_output_open(struct sample_output *out);
void sample_output_close(struct sample_output *out);

/*
 * The process has ended with @status, as wait() tells it. 0 with *sample its entry for "benchmarks", called
 * @name, or -EINVAL with *sample NULL and *e what went wrong.
 */
int sample_output_collect(const struct sample_output *out, int status, const char *name,
			  json_t **sample, struct error *e);

#endif
