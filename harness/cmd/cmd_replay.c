// SPDX-License-Identifier: GPL-2.0-or-later
/* `iommubench replay`: does what a trace says, and tells where the allocator's answers differ from its. */
#include "cmd/cmd_replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/trace.h"
#include "cmd/commands.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "plan/variant.h"

/* So many mismatches are told one by one. */
#define MISMATCHES_TOLD 10

/*
 * What is allocated, by first entry. Where the allocator returned something else than the trace
 * recorded, the recorded entry is kept as another name for it.
 */
struct range {
	uint32_t n;             /* entries allocated here; 0: no allocation starts here */
	uint32_t recorded_here; /* the trace recorded this very entry */
	uint32_t other;         /* 1 + what was returned where the trace recorded this entry */
	uint32_t other_n;       /* its entries; 0: this is not another name */
};

/* "other" of an allocation that the trace says succeeded but that failed here. */
#define RETURNED_NOTHING 0

struct replay {
	struct trace_reader reader;
	const struct iommu_allocator *allocator;
	struct iommu_map *map;
	struct iommu_device device;
	struct range *ranges;
	uint64_t flushes;
	FILE *report;
	struct replay_result *result;
};

static void count_flush(void *flushes)
{
	++*(uint64_t *)flushes;
}

/* The trace's allocator and pools, or what @override asks for. */
static int choose(const struct trace_reader *r, const char *override, struct variant *v,
		  struct error *e)
{
	const struct trace_header *h = &r->header;
	const char *name = override ? override : h->allocator;
	int err = variant_parse(name, v, e);

	if (err && !override)
		return error_set(e, "%s:1: the trace's allocator '%s' is not one that is built in",
				 r->name, h->allocator);
	if (err || v->npools)
		return err;
	v->npools = (unsigned int)h->npools;
	/* One that has no choice (sun4u) can be tried on any trace. */
	if (override && !variant_takes(v->allocator, v->npools) && !v->allocator->pools[1])
		v->npools = v->allocator->pools[0];
	if (!variant_takes(v->allocator, v->npools))
		return error_set(e, "%s:1: %s cannot have %llu pools", r->name, v->allocator->name,
				 (unsigned long long)h->npools);
	return 0;
}

static int replay_begin(struct replay *rp, const char *override, struct error *e)
{
	const struct trace_header *h = &rp->reader.header;
	struct variant v;
	struct error why;
	int err = choose(&rp->reader, override, &v, e);

	if (err)
		return err;
	struct iommu_geometry g = {
		.entries = (unsigned long)h->entries,
		.npools = v.npools,
		.large_pool = h->large_pool && v.allocator->takes_large_pool,
		.base = h->base_pages,
		.ncpus = (unsigned int)h->cpus,
	};
	rp->allocator = v.allocator;
	rp->device = (struct iommu_device){.mask = h->mask, .boundary = h->seg_boundary_pages};
	if (iommu_device_check(&rp->device))
		return error_set(e, "%s:1: %s", rp->reader.name, iommu_device_check(&rp->device));
	rp->map =
		map_create(v.allocator, &g, h->lazy_flush ? count_flush : NULL, &rp->flushes, &why);
	if (!rp->map)
		return error_set(e, "%s:1: %.300s", rp->reader.name, why.text);
	rp->ranges = calloc(g.entries, sizeof(*rp->ranges));
	if (!rp->ranges)
		return error_set(e, "%s: no memory for %lu entries", rp->reader.name, g.entries);
	return 0;
}

static void remember(struct replay *rp, const struct trace_op *op, unsigned long returned)
{
	const uint32_t n = (uint32_t)op->n;

	if (returned != IOMMU_FAIL) {
		rp->ranges[returned].n = n;
		rp->ranges[returned].recorded_here = !op->fails && op->entry == returned;
	}
	if (!op->fails && op->entry != returned && op->entry < rp->map->entries) {
		rp->ranges[op->entry].other =
			returned == IOMMU_FAIL ? RETURNED_NOTHING : (uint32_t)returned + 1;
		rp->ranges[op->entry].other_n = n;
	}
}

static void result_text(char *text, size_t size, bool fails, uint64_t entry, uint64_t flushes)
{
	if (fails)
		snprintf(text, size, "fail flushes=%llu", (unsigned long long)flushes);
	else
		snprintf(text, size, "%llu flushes=%llu", (unsigned long long)entry,
			 (unsigned long long)flushes);
}

static void tell_mismatch(struct replay *rp, const struct trace_op *op, unsigned long returned)
{
	char expected[80], got[80];

	rp->result->mismatches++;
	if (rp->result->mismatches > MISMATCHES_TOLD)
		return;
	result_text(expected, sizeof(expected), op->fails, op->entry, op->flushes);
	result_text(got, sizeof(got), returned == IOMMU_FAIL, returned, rp->flushes);
	fprintf(rp->report, "%s:%lu: mismatch: the trace has '%s', %s gave '%s'\n", rp->reader.name,
		op->line, expected, rp->allocator->name, got);
}

static void replay_alloc(struct replay *rp, const struct trace_op *op)
{
	unsigned long handle = (unsigned long)op->handle;
	unsigned long returned = rp->allocator->alloc(
		rp->map, (unsigned int)op->cpu, (unsigned long)op->n, (unsigned int)op->align_order,
		op->has_handle ? &handle : NULL, &rp->device);
	bool same = returned == IOMMU_FAIL ? op->fails : !op->fails && returned == op->entry;

	remember(rp, op, returned);
	if (!same || op->flushes != rp->flushes)
		tell_mismatch(rp, op, returned);
}

/*
 * What the trace's "f ENTRY n=N" gives back: the entry itself if it was recorded and returned
 * alike, else what was returned in its place, else the entry whatever was recorded for it.
 */
static int replay_free(struct replay *rp, const struct trace_op *op, struct error *e)
{
	struct range *r = op->entry < rp->map->entries ? &rp->ranges[op->entry] : NULL;
	const uint32_t n = (uint32_t)op->n;
	unsigned long entry = (unsigned long)op->entry;

	if (r && n && r->other_n == n && !(r->n == n && r->recorded_here)) {
		r->other_n = 0;
		if (r->other == RETURNED_NOTHING)
			return 0;
		entry = r->other - 1;
		r = &rp->ranges[entry];
	}
	if (!r || !n || r->n != n) {
		error_set(e, "%s:%lu: free of what is not allocated: entry %llu, n=%llu",
			  rp->reader.name, op->line, (unsigned long long)op->entry,
			  (unsigned long long)op->n);
		if (r && r->n && n)
			error_set(e, "%s:%lu: free of n=%u at entry %llu, where n=%u is allocated",
				  rp->reader.name, op->line, n, (unsigned long long)op->entry,
				  r->n);
		return -EINVAL;
	}
	r->n = 0;
	r->recorded_here = 0;
	rp->allocator->free(rp->map, 0, entry, n);
	return 0;
}

int replay_trace(FILE *file, const char *name, const char *allocator, FILE *report,
		 struct replay_result *result, struct error *e)
{
	struct replay rp = {.report = report, .result = result};
	struct trace_op op;
	int got;

	*result = (struct replay_result){0};
	got = trace_begin(&rp.reader, file, name, e);
	if (got == 0)
		got = replay_begin(&rp, allocator, e);
	while (got == 0 && (got = trace_next(&rp.reader, &op, e)) > 0) {
		result->operations++;
		got = 0;
		if (op.is_free)
			got = replay_free(&rp, &op, e);
		else
			replay_alloc(&rp, &op);
	}
	free(rp.ranges);
	map_destroy(rp.map);
	trace_close(&rp.reader);
	return got;
}

int replay_main(int argc, char **argv)
{
	struct replay_result result;
	struct options o;
	struct error e;
	const char *path;
	FILE *file;
	int err = options_parse(argc - 1, argv + 1, OPTIONS_REPLAY, &o, &e);

	if (err > 0)
		return help_print(HELP_REPLAY);
	path = o.local.trace;
	if (!err && !path)
		err = error_set(&e,
				"replay: no trace given: iommubench replay TRACE [--allocator A]");
	if (err)
		return error_usage(&e);
	file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
	if (!file) {
		error_set(&e, "replay: cannot open '%s': %s", path, strerror(errno));
		return error_usage(&e);
	}
	err = replay_trace(file, path, o.local.allocator, stdout, &result, &e);
	if (file != stdin)
		fclose(file);
	if (err)
		return error_usage(&e);
	if (result.mismatches > MISMATCHES_TOLD)
		printf("and %lu more mismatches\n", result.mismatches - MISMATCHES_TOLD);
	printf("%lu operations, %lu mismatches\n", result.operations, result.mismatches);
	return result.mismatches ? EXIT_CHECK : EXIT_DONE;
}
