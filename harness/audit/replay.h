/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a trace against an allocator and compares, operation by operation (docs/traces.md). */
#ifndef IOMMUBENCH_REPLAY_H
#define IOMMUBENCH_REPLAY_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

/* So many mismatches, and as many reordered pairs, are told one by one. */
#define REPLAY_TOLD 10

/* What was asked for beside the trace. */
struct replay_request {
	const char *allocator; /* instead of the one that the trace names; NULL: that one */
	const char *reserved;  /* a list of entries, beside those that the trace names; or NULL */
	bool concurrent; /* requests of several CPUs may stand in another order than they ran */
};

struct replay_result {
	unsigned long operations;
	unsigned long mismatches; /* operations whose result or flush count differs */
	unsigned long reordered;  /* pairs of requests that are as recorded in the other order */
};

/*
 * Replays @file, which may be gzipped. The first mismatches are told on @report, with their lines. A
 * mismatch does not derail the rest: a later free of an entry the trace recorded gives back what the
 * allocator returned in its place. 0, or -EINVAL with *e set: a malformed trace, one that asks
 * for what the allocator does not do, or a free of what is not allocated.
 */
int replay_trace(FILE *file, const char *name, const struct replay_request *request, FILE *report,
		 struct replay_result *result, struct error *e);

#endif
