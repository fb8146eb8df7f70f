/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads traces in the golden format (docs/traces.md). */
#ifndef IOMMUBENCH_TRACE_H
#define IOMMUBENCH_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/error.h"

/* The first line. */
struct trace_header {
	char allocator[32];
	uint64_t entries;
	uint64_t npools;
	uint64_t large_pool; /* 0 or 1 */
	uint64_t lazy_flush; /* 0 or 1 */
	uint64_t base_pages;
	uint64_t seg_boundary_pages;
	uint64_t cpus; /* CPU numbers are below it; 0: not said */
	uint64_t mask;
	uint64_t seed;
};

/* One operation. */
struct trace_op {
	unsigned long line;
	bool is_free;
	uint64_t n;
	/* alloc */
	uint64_t cpu;
	uint64_t align_order;
	bool has_handle;
	uint64_t handle; /* the cursor's value going in */
	bool fails;
	uint64_t flushes; /* since the start of the trace, after the operation */
	/* what alloc returned, or free gives back */
	uint64_t entry;
};

struct trace_reader {
	FILE *file;
	const char *name; /* for messages */
	unsigned long line;
	char *text; /* getline's buffer */
	size_t capacity;
	struct trace_header header;
};

/*
 * Starts reading @file with its header. 0, or -EINVAL with *e set. In either case the caller calls
 * trace_close(), and then closes @file.
 */
int trace_begin(struct trace_reader *r, FILE *file, const char *name, struct error *e);

/* The next operation: 1, 0 at the end, -EINVAL with *e naming file and line. */
int trace_next(struct trace_reader *r, struct trace_op *op, struct error *e);

void trace_close(struct trace_reader *r);

#endif
