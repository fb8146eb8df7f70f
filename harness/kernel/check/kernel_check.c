// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel-check: which allocators of the kernel tree that is built in have a counterpart among ours, one a line.
 * kernel-check K-NAME [OPERATIONS [SEED [TRACE]]]: random operations on both, in one line whether they answer alike;
 * what differs goes, shrunk, to the file TRACE. Exit status 0: alike, 1: not, 2: wrong usage.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/check/check_trace.h"

#include "base/parse.h"
#include "base/plural.h"
#include "base/random.h"

/* Operations on a map, which is then made anew, of another shape. */
#define TRACE_OPERATIONS 10000

struct check_request {
	const struct iommu_allocator *kernels;
	uint64_t operations, seed;
	const char *trace_out; /* or NULL */
};

static int list(void)
{
	const struct iommu_allocator *const *all;
	size_t count;

	all = iommu_allocators(&count);
	for (size_t i = 0; i < count; i++) {
		const struct iommu_allocator *ours = check_partner(all[i]);

		if (ours)
			printf("%s\t%s\n", all[i]->name, ours->name);
	}
	return 0;
}

/* Says what differs first, then what is left of it. */
static int tell(struct check_trace *trace, uint64_t before, struct check_difference *d,
		const struct check_request *request, struct error *e)
{
	int err = 0;

	if (d->kind == CHECK_BITMAP)
		err = check_repeat(trace, 1, d, e);
	if (err)
		return err;
	printf("%s: not true to this tree: after %" PRIu64 " operations that are the same, ",
	       trace->pair.of[OURS]->name, before + d->at);
	check_tell(trace, d, stdout);
	err = check_shrink(trace, d, e);
	if (!err && request->trace_out)
		err = check_write(trace, request->trace_out, e);
	if (err)
		return err;
	printf("  the same in %zu operation%s: ", trace->count, plural((unsigned int)trace->count));
	check_tell(trace, d, stdout);
	if (request->trace_out)
		printf("  to look at: iommubench replay %s --allocator %s\n", request->trace_out,
		       trace->pair.of[KERNELS]->name);
	return 1;
}

static int check(const struct check_request *request, struct check_trace *trace, struct error *e)
{
	struct check_difference d;
	uint64_t state = request->seed, done, traces = 0;

	for (done = 0; done < request->operations; done += trace->count, traces++) {
		const uint64_t left = request->operations - done;
		int err;

		trace->seed = random_next(&state);
		err = check_draw(trace, left < TRACE_OPERATIONS ? (size_t)left : TRACE_OPERATIONS,
				 &d, e);
		if (err)
			return err;
		if (d.kind != CHECK_SAME)
			return tell(trace, done, &d, request, e);
	}
	printf("%s: true to this tree: %" PRIu64 " operations on %" PRIu64
	       " maps: entries, handles, flushes and bitmaps are the same\n",
	       trace->pair.of[OURS]->name, done, traces);
	return 0;
}

static int parse(int argc, char **argv, struct check_request *r, struct error *e)
{
	*r = (struct check_request){
		.kernels = iommu_allocator_find(argv[1]),
		.operations = 1000000,
		.seed = 1,
		.trace_out = argc > 4 ? argv[4] : NULL,
	};
	if (!r->kernels || !check_partner(r->kernels))
		return error_set(e, "there is no allocator '%.60s' that has a counterpart",
				 argv[1]);
	if (argc > 2 && !parse_u64(argv[2], 1, UINT64_MAX, &r->operations))
		return error_set(e, "expected a number of operations, not '%.60s'", argv[2]);
	if (argc > 3 && !parse_u64(argv[3], 0, UINT64_MAX, &r->seed))
		return error_set(e, "expected a seed, not '%.60s'", argv[3]);
	return 0;
}

int main(int argc, char **argv)
{
	struct check_trace trace = {.op = NULL};
	struct check_request request;
	struct error e;
	int status;

	if (argc < 2)
		return list();
	status = parse(argc, argv, &request, &e);
	if (!status) {
		trace.pair.of[OURS] = check_partner(request.kernels);
		trace.pair.of[KERNELS] = request.kernels;
		trace.op = calloc(TRACE_OPERATIONS, sizeof(*trace.op));
		status = trace.op ? check(&request, &trace, &e) :
				    error_set(&e, "no memory for a trace");
	}
	free(trace.op);
	if (status < 0) {
		fprintf(stderr, "kernel-check: %s\n", e.text);
		return 2;
	}
	return status;
}
