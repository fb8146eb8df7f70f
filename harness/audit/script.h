/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script: the operations of an audit, to be repeated on a map and cut down until they just show a
 * stale reuse, then written as a trace in the golden format. Requests by one thread, for one device.
 */
#ifndef IOMMUBENCH_SCRIPT_H
#define IOMMUBENCH_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "allocator.h"
#include "base/error.h"

struct script_op {
	bool is_free;
	uint8_t order; /* of the alloc, also the one that a free gives back: 2^order entries, aligned to that */
	uint32_t cpu;
	uint32_t id; /* names an alloc; a free gives back what the alloc of that id got */
};

struct script {
	const struct iommu_allocator *allocator;
	struct iommu_geometry geometry;
	struct iommu_device device;
	unsigned int cpus; /* CPU numbers are below it */
	uint64_t seed;     /* of the audit that recorded it */
	struct script_op *op;
	size_t count, capacity;
	uint32_t ids;   /* ids are below it */
	bool no_memory; /* something could not be added */
};

/* What an operation did when the script was run. */
struct script_outcome {
	unsigned long entry; /* IOMMU_FAIL: a failed alloc, or a free that had nothing to free */
	uint64_t flushes;    /* since the start, after it */
};

/* Adds an operation; an alloc gets a new id, which is returned. */
uint32_t script_alloc(struct script *s, unsigned int cpu, unsigned int order);
void script_free(struct script *s, unsigned int cpu, unsigned int order, uint32_t id);

/* Releases the operations. */
void script_clear(struct script *s);

/*
 * Runs @s on an empty map up to its first stale reuse. 1 with *end the number of operations up to
 * and with it; 0 if there is none; -EINVAL with *e set. @outcomes: room for all, or NULL.
 */
int script_run(const struct script *s, size_t *end, struct script_outcome *outcomes,
	       struct error *e);

/*
 * Writes @s to @path as script_write() does; what was there is kept as "@path~". 0 or -EINVAL with
 * *e set.
 */
int script_save(const struct script *s, const char *path, struct error *e);

/*
 * Writes @s, which has a stale reuse, as a trace that ends with it and says so. 0 or -EINVAL with
 * *e set; the caller checks @file for write errors.
 */
int script_write(const struct script *s, FILE *file, struct error *e);

#endif
