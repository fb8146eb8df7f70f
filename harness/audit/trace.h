/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads traces in the golden format (docs/traces.md), gzipped or not. */
#ifndef IOMMUBENCH_TRACE_H
#define IOMMUBENCH_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "allocator.h"
#include "base/error.h"

/* No line may be longer: so what a trace needs of memory does not depend on what is in it. */
#define TRACE_LINE_MAX 65536

/* How many CPUs there are where the header does not say it. */
#define TRACE_CPUS 1024

/* The first line. */
struct trace_header {
	char allocator[32];
	char *reserved; /* a list for trace_reserved_next(), or NULL */
	uint64_t entries;
	uint64_t npools;
	uint64_t large_pool; /* 0 or 1 */
	uint64_t lazy_flush; /* 0 or 1 */
	uint64_t base_pages;
	struct iommu_device device; /* of the requests that do not say theirs */
	uint64_t cpus;              /* CPU numbers are below it; 0: not said, TRACE_CPUS */
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
	uint64_t handle;            /* the cursor's value going in */
	struct iommu_device device; /* as the line says, or the header */
	bool fails;
	uint64_t flushes; /* since the start of the trace, after the operation */
	/* what alloc returned, or free gives back */
	uint64_t entry;
};

struct trace_reader {
	FILE *stream;     /* what is in the file, unpacked */
	const char *name; /* for messages */
	unsigned long line;
	char *text; /* the line read last */
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

/* Reads the header, which is the first line, out of r->text. 0, or -EINVAL with *e set. */
int trace_header_parse(struct trace_reader *r, struct error *e);

/*
 * Takes the next "ENTRY" or "FIRST-LAST" of a comma list and moves *list behind its comma, or to NULL
 * behind the last one: range->start is the first entry, range->end the one after the last. 1 if there
 * was one, 0 if *list is NULL, -EINVAL if it is none or not below @entries.
 */
int trace_reserved_next(const char **list, uint64_t entries, struct iommu_range *range);

#endif
