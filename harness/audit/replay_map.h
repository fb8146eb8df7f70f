/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The map that a trace is replayed on, and what is held of it. */
#ifndef IOMMUBENCH_REPLAY_MAP_H
#define IOMMUBENCH_REPLAY_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "allocator.h"
#include "audit/held.h"
#include "audit/replay.h"
#include "audit/trace.h"
#include "base/error.h"

struct replay_map {
	const struct iommu_allocator *allocator;
	struct iommu_map *map;
	size_t bytes; /* of the map, from its beginning on: all its state but flushes */
	uint64_t flushes;
	uint64_t last_page; /* DVMA page number of the last entry */
	struct held held;
};

/*
 * Makes the map that the trace's header and @request ask for, reserved entries marked. 0, or -EINVAL with
 * *e set. In either case the caller calls replay_map_destroy().
 */
int replay_map_create(struct replay_map *m, const struct trace_reader *r,
		      const struct replay_request *request, struct error *e);
void replay_map_destroy(struct replay_map *m);

/* 0, or -EINVAL with *e set: a request that asks for what the allocator does not do. */
int replay_map_takes(const struct replay_map *m, const struct trace_reader *r,
		     const struct trace_op *op, struct error *e);

/* Does the request: the entry, or IOMMU_FAIL. What is held stays as it is. */
unsigned long replay_map_alloc(struct replay_map *m, const struct trace_op *op);

/*
 * Does the trace's free: of what stands for its entries here, each run of neighbours by one call. -EINVAL with *e
 * set, and nothing done, where one is not allocated.
 */
int replay_map_free(struct replay_map *m, const struct trace_reader *r, const struct trace_op *op,
		    struct error *e);

#endif
