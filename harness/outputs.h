/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a sample process prints, and the sample made of it. */
#ifndef IOMMUBENCH_OUTPUTS_H
#define IOMMUBENCH_OUTPUTS_H

#include <jansson.h>

#include "error.h"

/* File descriptors in memory: no pipe that could fill up. */
struct outputs {
	int json;    /* its stdout: Google Benchmark's document */
	int details; /* what flat counters cannot hold */
	int errors;  /* its stderr */
};

/* 0 or -errno; outputs_close() in either case. */
int outputs_open(struct outputs *out);
void outputs_close(struct outputs *out);

/*
 * The process has ended with @status, as wait() tells it. 0 with *sample its entry for "benchmarks", called
 * @name, or -EINVAL with *sample NULL and *e what went wrong.
 */
int outputs_collect(const struct outputs *out, int status, const char *name, json_t **sample,
		    struct error *e);

#endif
