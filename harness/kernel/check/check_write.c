// SPDX-License-Identifier: GPL-2.0-or-later
/* What differs, in words; and the operations as a trace in the golden format. */
#include "kernel/check/check_trace.h"

#include <errno.h>
#include <string.h>

static void tell_answer(const struct check_op *op, const struct check_answer *a, FILE *file)
{
	if (!op->is_free && a->entry == IOMMU_FAIL)
		fputs("no entry", file);
	else if (!op->is_free)
		fprintf(file, "entry %lu", a->entry);
	if (op->has_handle)
		fprintf(file, ", handle %lu", a->handle);
	fprintf(file, "%s%llu flushes so far", op->is_free ? "" : ", ",
		(unsigned long long)a->flushes);
}

static void tell_operation(const struct check_op *op, const struct check_answer *ours, FILE *file)
{
	if (op->is_free) {
		fprintf(file, "CPU %u frees %u at entry %lu", op->cpu,
			op->piece[0].n + (op->pieces > 1 ? op->piece[1].n : 0), ours->entry);
		return;
	}
	fprintf(file, "CPU %u asks for %u", op->cpu, op->n);
	if (op->align_order)
		fprintf(file, ", align %u", op->align_order);
	if (op->has_handle)
		fprintf(file, ", handle %lu", op->handle);
	if (op->device.mask != iommu_any_device.mask)
		fprintf(file, ", mask %#llx", (unsigned long long)op->device.mask);
	if (op->device.boundary != iommu_any_device.boundary)
		fprintf(file, ", boundary %llu", (unsigned long long)op->device.boundary);
}

void check_tell(const struct check_trace *trace, const struct check_difference *d, FILE *file)
{
	static const char *const locks[] = {"tas", "ticket", "queued"};
	const struct iommu_geometry *g = &trace->geometry;
	const struct check_op *op = &trace->op[d->at];

	fprintf(file,
		"operation %zu of a map of %lu entries, %u pool%s%s, base %#llx, %s flush, lock "
		"%s: ",
		d->at + 1, g->entries, g->npools, g->npools > 1 ? "s" : "",
		g->large_pool ? " and a large one" : "", (unsigned long long)g->base,
		trace->lazy_flush ? "with a" : "no", locks[g->lock_kind]);
	tell_operation(op, &d->answer[OURS], file);
	if (d->kind == CHECK_BITMAP) {
		fprintf(file, ": then entry %lu is allocated in one of them only\n", d->entry);
		return;
	}
	for (int side = OURS; side < BOTH; side++) {
		fprintf(file, "%s%s: ", side == OURS ? ": " : "; ", trace->pair.of[side]->name);
		tell_answer(op, &d->answer[side], file);
	}
	fputc('\n', file);
}

static void write_header(const struct check_trace *trace, FILE *file)
{
	const struct iommu_geometry *g = &trace->geometry;

	fprintf(file,
		"# allocator=%s entries=%lu npools=%u large_pool=%d lazy_flush=%d base_pages=%llu "
		"seg_boundary_pages=%llu cpus=%u mask=%#llx seed=%llu\n",
		trace->pair.of[OURS]->name, g->entries, g->npools, g->large_pool, trace->lazy_flush,
		(unsigned long long)g->base, (unsigned long long)iommu_any_device.boundary,
		g->ncpus, (unsigned long long)iommu_any_device.mask,
		(unsigned long long)trace->seed);
}

static void write_free(const struct check_run *run, const struct check_op *op, FILE *file)
{
	struct iommu_range range[2];
	const unsigned int count = check_ranges(run, op, range);

	for (unsigned int i = 0; i < count; i++)
		fprintf(file, "f %lu n=%lu\n", range[i].start, range[i].end - range[i].start);
}

static void write_alloc(const struct check_op *op, const struct check_answer *ours, FILE *file)
{
	fprintf(file, "a cpu=%u n=%u align=%u ", op->cpu, op->n, op->align_order);
	if (op->has_handle)
		fprintf(file, "handle=%lu", op->handle);
	else
		fputs("handle=-", file);
	fprintf(file, " mask=%#llx boundary=%llu -> ", (unsigned long long)op->device.mask,
		(unsigned long long)op->device.boundary);
	if (ours->entry == IOMMU_FAIL)
		fputs("fail", file);
	else
		fprintf(file, "%lu", ours->entry);
	fprintf(file, " flushes=%llu\n", (unsigned long long)ours->flushes);
}

int check_write(const struct check_trace *trace, const char *path, struct error *e)
{
	FILE *file = fopen(path, "w");
	struct check_difference d;
	struct check_run run;
	int err;

	if (!file)
		return error_set(e, "%s: %s", path, strerror(errno));
	err = check_begin(&run, trace, e);
	if (!err)
		write_header(trace, file);
	for (size_t i = 0; !err && i < trace->count; i++) {
		check_operate(&run, &trace->op[i], &d);
		if (trace->op[i].is_free)
			write_free(&run, &trace->op[i], file);
		else
			write_alloc(&trace->op[i], &d.answer[OURS], file);
	}
	check_end(&run);
	if (fclose(file) && !err)
		err = error_set(e, "%s: %s", path, strerror(errno));
	return err;
}
