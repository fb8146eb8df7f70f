/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random operations on one of our allocators and on a kernel tree's, which should answer alike. Not thread-safe. */
#ifndef IOMMUBENCH_KERNEL_CHECK_TRACE_H
#define IOMMUBENCH_KERNEL_CHECK_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "allocator.h"
#include "base/error.h"

/* Which of the two. */
enum { OURS, KERNELS, BOTH };

struct check_pair {
	const struct iommu_allocator *of[BOTH];
};

/* Our counterpart of a kernel tree's allocator, or NULL. */
const struct iommu_allocator *check_partner(const struct iommu_allocator *kernels);

/* A part of what an alloc got. */
struct check_piece {
	uint32_t id; /* of the alloc */
	uint32_t offset, n;
};

struct check_op {
	bool is_free, has_handle;
	uint8_t align_order;
	uint8_t pieces; /* of a free: 1, or 2 that are neighbours */
	uint32_t cpu;
	uint32_t id, n; /* of an alloc */
	unsigned long handle;
	struct iommu_device device;
	struct check_piece piece[2];
};

/* What an operation did, as its caller sees it. */
struct check_answer {
	unsigned long entry; /* IOMMU_FAIL too where there was nothing to free */
	unsigned long handle;
	uint64_t flushes; /* since the start */
};

struct check_trace {
	struct check_pair pair;
	struct iommu_geometry geometry;
	bool lazy_flush;
	uint64_t seed;
	struct check_op *op;
	size_t count; /* room for is the caller's affair */
	uint32_t ids; /* ids are below it */
};

enum check_kind { CHECK_SAME, CHECK_ANSWER, CHECK_BITMAP };

struct check_difference {
	enum check_kind kind;
	size_t at;           /* the operation, counted from 0 */
	unsigned long entry; /* CHECK_BITMAP: the first one that only one of them has allocated */
	struct check_answer answer[BOTH];
};

/* Both maps, and what our one gave. */
struct check_run {
	const struct check_trace *trace;
	struct iommu_map *map[BOTH];
	uint64_t flushes[BOTH];
	struct iommu_timer timer[BOTH];
	uint64_t operations;
	unsigned long *got; /* by id: our entry, or IOMMU_FAIL */
};

/* 0, or -EINVAL with *e set; check_end() in either case. */
int check_begin(struct check_run *run, const struct check_trace *trace, struct error *e);
void check_end(struct check_run *run);

/* Does @op on both. True if they answered alike; answers are put into *d. */
bool check_operate(struct check_run *run, const struct check_op *op, struct check_difference *d);

/* What of a free is there to be freed, by our entries: how many ranges. Neighbours are one, as long as they are. */
unsigned int check_ranges(const struct check_run *run, const struct check_op *op,
			  struct iommu_range range[2]);

/* The first entry that only one of them has allocated, or IOMMU_FAIL. */
unsigned long check_bitmaps(const struct check_run *run);

/*
 * Does all of @trace, comparing bitmaps after each @interval operations and at the end. 0 with *d set, or -EINVAL with
 * *e set.
 */
int check_repeat(const struct check_trace *trace, size_t interval, struct check_difference *d,
		 struct error *e);

/*
 * Draws a trace of at most @count operations, for which it has room, and does it up to the first difference. The trace
 * then has what was done. 0 with *d set, or -EINVAL with *e set.
 */
int check_draw(struct check_trace *trace, size_t count, struct check_difference *d,
	       struct error *e);

/* Leaves out of @trace, which differs, all it can; *d is then what remains. 0 or -EINVAL with *e set. */
int check_shrink(struct check_trace *trace, struct check_difference *d, struct error *e);

/* Says in one line what differs. */
void check_tell(const struct check_trace *trace, const struct check_difference *d, FILE *file);

/* Writes it with our answers as a trace in the golden format (docs/traces.md). 0 or -EINVAL with *e set. */
int check_write(const struct check_trace *trace, const char *path, struct error *e);

#endif
