// SPDX-License-Identifier: GPL-2.0-or-later
/* Does what a trace says, and tells where the allocator's answers differ from its. */
#include "audit/replay.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/replay_map.h"
#include "audit/trace.h"

/*
 * Lines that are looked ahead for a request that ran earlier than it stands: a recording has a request
 * when it returns, and by then other CPUs may have come and gone.
 */
#define LATE_MAX 8

struct replay {
	const struct replay_request *request;
	struct trace_reader reader;
	struct iommu_timer timer;
	struct replay_map on;
	/* The operations to do next, and whether more follow: 1, 0, or an error. */
	struct trace_op ahead[LATE_MAX + 1];
	unsigned int count;
	int more;
	/* The map as it was before the request that is being done. */
	void *saved;
	uint64_t saved_flushes;
	FILE *report;
	struct replay_result *result;
};

static bool is_recorded(const struct trace_op *op, unsigned long returned)
{
	return returned == IOMMU_FAIL ? op->fails : !op->fails && returned == op->entry;
}

static void remember(struct replay *rp, const struct trace_op *op, unsigned long returned)
{
	held_add(&rp->on.held, op->fails ? IOMMU_FAIL : (unsigned long)op->entry, returned,
		 (unsigned long)op->n);
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
	if (rp->result->mismatches > REPLAY_TOLD)
		return;
	result_text(expected, sizeof(expected), op->fails, op->entry, op->flushes);
	result_text(got, sizeof(got), returned == IOMMU_FAIL, returned, rp->on.flushes);
	fprintf(rp->report, "%s:%lu: mismatch: the trace has '%s', %s gave '%s'\n", rp->reader.name,
		op->line, expected, rp->on.allocator->name, got);
}

static void tell_reordered(struct replay *rp, const struct trace_op *op,
			   const struct trace_op *late)
{
	rp->result->reordered++;
	if (rp->result->reordered <= REPLAY_TOLD)
		fprintf(rp->report,
			"%s:%lu: reordered: after the request of line %lu both are as recorded\n",
			rp->reader.name, op->line, late->line);
}

/* Could @rp->ahead[i] have run before the request at hand: on another CPU, that CPU's next one? */
static bool may_be_late(const struct replay *rp, unsigned int i)
{
	for (unsigned int j = 0; j < i; j++) {
		if (!rp->ahead[j].is_free && rp->ahead[j].cpu == rp->ahead[i].cpu)
			return false;
	}
	return !rp->ahead[i].is_free;
}

static bool save(struct replay *rp)
{
	bool any = false;

	for (unsigned int i = 1; i < rp->count; i++)
		any |= may_be_late(rp, i);
	if (any) {
		memcpy(rp->saved, rp->on.map, rp->on.bytes);
		rp->saved_flushes = rp->on.flushes;
	}
	return any;
}

static void restore(struct replay *rp)
{
	memcpy(rp->on.map, rp->saved, rp->on.bytes);
	rp->on.flushes = rp->saved_flushes;
}

/* Does @late, then @op: is that as recorded? What had been flushed when @op returned, nobody knows. */
static bool fits_after(struct replay *rp, const struct trace_op *op, const struct trace_op *late)
{
	struct error unwanted;

	restore(rp);
	if (replay_map_takes(&rp->on, &rp->reader, late, &unwanted) ||
	    !is_recorded(late, replay_map_alloc(&rp->on, late)) ||
	    !is_recorded(op, replay_map_alloc(&rp->on, op)))
		return false;
	return op->flushes >= rp->saved_flushes && op->flushes <= rp->on.flushes &&
	       late->flushes == rp->on.flushes;
}

static void drop(struct replay *rp, unsigned int i)
{
	rp->count--;
	memmove(&rp->ahead[i], &rp->ahead[i + 1], (rp->count - i) * sizeof(rp->ahead[0]));
}

/* The request at hand differs: looks for another that fits before it, and does both. */
static bool reorder(struct replay *rp)
{
	const struct trace_op *op = &rp->ahead[0];

	for (unsigned int i = 1; i < rp->count; i++) {
		const struct trace_op *late = &rp->ahead[i];

		if (!may_be_late(rp, i) || !fits_after(rp, op, late))
			continue;
		tell_reordered(rp, op, late);
		remember(rp, late, late->fails ? IOMMU_FAIL : (unsigned long)late->entry);
		remember(rp, op, op->fails ? IOMMU_FAIL : (unsigned long)op->entry);
		rp->result->operations++;
		drop(rp, i);
		return true;
	}
	restore(rp);
	replay_map_alloc(&rp->on, op);
	return false;
}

static int replay_alloc(struct replay *rp, const struct trace_op *op, struct error *e)
{
	unsigned long returned;
	bool saved;

	if (replay_map_takes(&rp->on, &rp->reader, op, e))
		return -EINVAL;
	saved = rp->saved && save(rp);
	returned = replay_map_alloc(&rp->on, op);
	if (is_recorded(op, returned) && op->flushes == rp->on.flushes) {
		remember(rp, op, returned);
	} else if (!saved || !reorder(rp)) {
		remember(rp, op, returned);
		tell_mismatch(rp, op, returned);
	}
	return 0;
}

/* Reads on until there is enough to look ahead; an error counts when all before it is done. */
static void read_ahead(struct replay *rp, struct error *e)
{
	const unsigned int wanted = rp->request->concurrent ? LATE_MAX + 1 : 1;

	while (rp->more > 0 && rp->count < wanted) {
		rp->more = trace_next(&rp->reader, &rp->ahead[rp->count], e);
		if (rp->more > 0)
			rp->count++;
	}
}

static int replay_begin(struct replay *rp, FILE *file, const char *name, struct error *e)
{
	int err = trace_begin(&rp->reader, file, name, e);

	if (!err)
		err = replay_map_create(&rp->on, &rp->reader, rp->request, e);
	if (err || !rp->request->concurrent)
		return err;
	rp->saved = malloc(rp->on.bytes);
	return rp->saved ? 0 : error_set(e, "%s: no memory to look ahead", name);
}

int replay_trace(FILE *file, const char *name, const struct replay_request *request, FILE *report,
		 struct replay_result *result, struct error *e)
{
	struct replay rp = {.request = request, .more = 1, .report = report, .result = result};
	int err;

	*result = (struct replay_result){0};
	err = replay_begin(&rp, file, name, e);
	while (!err && (read_ahead(&rp, e), rp.count)) {
		iommu_timer_run(&rp.timer, rp.on.allocator, rp.on.map,
				(unsigned int)rp.ahead[0].cpu,
				IOMMU_OPERATION_NS * result->operations);
		result->operations++;
		if (rp.ahead[0].is_free)
			err = replay_map_free(&rp.on, &rp.reader, &rp.ahead[0], e);
		else
			err = replay_alloc(&rp, &rp.ahead[0], e);
		drop(&rp, 0);
	}
	free(rp.saved);
	replay_map_destroy(&rp.on);
	trace_close(&rp.reader);
	return err ? err : rp.more;
}
