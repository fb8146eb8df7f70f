/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a trace against an allocator and compares, operation by operation. */
#ifndef IOMMUBENCH_REPLAY_H
#define IOMMUBENCH_REPLAY_H

#include <stdio.h>

#include "base/error.h"

struct replay_result {
	unsigned long operations;
	unsigned long mismatches; /* operations whose result or flush count differs */
};

/*
 * Replays @file against @allocator (NULL: the one the trace names). The first mismatches
 * are told on @report, with their lines. A mismatch does not derail the rest: a later free of an
 * entry the trace recorded gives back what the allocator returned in its place.
 * 0, or -EINVAL with *e set on a malformed trace or a free of what is not allocated.
 */
int replay_trace(FILE *file, const char *name, const char *allocator, FILE *report,
		 struct replay_result *result, struct error *e);

#endif
