// SPDX-License-Identifier: GPL-2.0-or-later
/* Does operations on both maps, and compares what comes of them. */
#include "kernel/check/check_trace.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "plan/variant.h"

const struct iommu_allocator *check_partner(const struct iommu_allocator *kernels)
{
	/* Those that ours are not named after without the k-. */
	static const char *const others[][2] = {{"k-dma4u", "dma4u-4.1"}};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (strcmp(kernels->name, others[i][0]) == 0)
			return iommu_allocator_find(others[i][1]);
	}
	return strncmp(kernels->name, "k-", 2) == 0 ? iommu_allocator_find(kernels->name + 2) :
						      NULL;
}

static void count_flush(void *flushes)
{
	++*(uint64_t *)flushes;
}

int check_begin(struct check_run *run, const struct check_trace *trace, struct error *e)
{
	*run = (struct check_run){.trace = trace};
	run->got = malloc((trace->ids + (size_t)1) * sizeof(*run->got));
	if (!run->got)
		return error_set(e, "no memory for a trace");
	for (uint32_t id = 0; id < trace->ids; id++)
		run->got[id] = IOMMU_FAIL;
	for (int side = OURS; side < BOTH; side++) {
		run->map[side] =
			map_create(trace->pair.of[side], &trace->geometry,
				   trace->lazy_flush ? count_flush : NULL, &run->flushes[side], e);
		if (!run->map[side])
			return -EINVAL;
	}
	return 0;
}

void check_end(struct check_run *run)
{
	for (int side = OURS; side < BOTH; side++)
		map_destroy(run->map[side]);
	free(run->got);
}

unsigned int check_ranges(const struct check_run *run, const struct check_op *op,
			  struct iommu_range range[2])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < op->pieces; i++) {
		const struct check_piece *p = &op->piece[i];
		const unsigned long first = run->got[p->id] + p->offset;

		if (run->got[p->id] == IOMMU_FAIL)
			continue;
		if (count && range[0].end == first)
			range[0].end += p->n;
		else
			range[count++] = (struct iommu_range){.start = first, .end = first + p->n};
	}
	return count;
}

static struct check_answer answer_of(struct check_run *run, int side, const struct check_op *op)
{
	const struct iommu_allocator *a = run->trace->pair.of[side];
	struct iommu_map *map = run->map[side];
	struct check_answer answer = {.entry = IOMMU_FAIL, .handle = op->handle};
	struct iommu_range range[2];
	unsigned int count;

	iommu_timer_run(&run->timer[side], a, map, op->cpu, IOMMU_OPERATION_NS * run->operations);
	if (op->is_free) {
		count = check_ranges(run, op, range);
		for (unsigned int i = 0; i < count; i++)
			a->free(map, op->cpu, range[i].start, range[i].end - range[i].start);
		if (count)
			answer.entry = range[0].start;
	} else {
		answer.entry = a->alloc(map, op->cpu, op->n, op->align_order,
					op->has_handle ? &answer.handle : NULL, &op->device);
	}
	answer.flushes = run->flushes[side];
	return answer;
}

bool check_operate(struct check_run *run, const struct check_op *op, struct check_difference *d)
{
	for (int side = OURS; side < BOTH; side++)
		d->answer[side] = answer_of(run, side, op);
	run->operations++;
	if (!op->is_free)
		run->got[op->id] = d->answer[OURS].entry;
	return d->answer[OURS].entry == d->answer[KERNELS].entry &&
	       d->answer[OURS].handle == d->answer[KERNELS].handle &&
	       d->answer[OURS].flushes == d->answer[KERNELS].flushes;
}

unsigned long check_bitmaps(const struct check_run *run)
{
	const struct check_pair *pair = &run->trace->pair;

	for (unsigned long i = 0; i < run->trace->geometry.entries; i++) {
		const struct iommu_range one = {.start = i, .end = i + 1};

		if (pair->of[OURS]->live(run->map[OURS], one) !=
		    pair->of[KERNELS]->live(run->map[KERNELS], one))
			return i;
	}
	return IOMMU_FAIL;
}

int check_repeat(const struct check_trace *trace, size_t interval, struct check_difference *d,
		 struct error *e)
{
	struct check_run run;
	int err = check_begin(&run, trace, e);

	d->kind = CHECK_SAME;
	for (d->at = 0; !err && d->at < trace->count; d->at++) {
		if (!check_operate(&run, &trace->op[d->at], d)) {
			d->kind = CHECK_ANSWER;
			break;
		}
		if ((d->at + 1) % interval && d->at + 1 < trace->count)
			continue;
		d->entry = check_bitmaps(&run);
		if (d->entry != IOMMU_FAIL) {
			d->kind = CHECK_BITMAP;
			break;
		}
	}
	check_end(&run);
	return err;
}
