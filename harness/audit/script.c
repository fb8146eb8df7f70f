// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a recorded sequence of operations again, and writes it down as a trace. */
#include "audit/script.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/replace_file.h"
#include "plan/variant.h"

static void add(struct script *s, struct script_op op)
{
	if (s->count == s->capacity) {
		size_t capacity = s->capacity ? 2 * s->capacity : 1024;
		void *more = realloc(s->op, capacity * sizeof(*s->op));

		if (!more) {
			s->no_memory = true;
			return;
		}
		s->op = more;
		s->capacity = capacity;
	}
	s->op[s->count++] = op;
}

uint32_t script_alloc(struct script *s, unsigned int cpu, unsigned int order)
{
	add(s, (struct script_op){.cpu = cpu, .order = (uint8_t)order, .id = s->ids});
	return s->ids++;
}

void script_free(struct script *s, unsigned int cpu, unsigned int order, uint32_t id)
{
	add(s, (struct script_op){.is_free = true, .cpu = cpu, .order = (uint8_t)order, .id = id});
}

void script_clear(struct script *s)
{
	free(s->op);
	s->op = NULL;
	s->count = s->capacity = 0;
}

/* A map with a script running on it. */
struct running_script {
	const struct script *s;
	struct iommu_map *map;
	uint64_t flushes;
	uint64_t operations;
	struct iommu_timer timer;
	unsigned long *got; /* by id: what its alloc returned and is not freed yet, or FAIL */
	uint64_t *freed_at; /* by entry: 1 + flushes when its latest free began; 0: never freed */
};

static void count_flush(void *flushes)
{
	++*(uint64_t *)flushes;
}

/* With one thread no flush is under way when a free begins: those counted later cover it. */
static bool is_stale(const struct running_script *r, unsigned long entry, unsigned long n)
{
	for (unsigned long i = 0; i < n; i++) {
		if (r->freed_at[entry + i] == r->flushes + 1)
			return true;
	}
	return false;
}

/* Does one operation; true if it is a stale reuse. */
static bool operate(struct running_script *r, const struct script_op *op,
		    struct script_outcome *outcome)
{
	const struct iommu_allocator *a = r->s->allocator;
	const unsigned long n = 1UL << op->order;
	unsigned long entry;
	bool stale = false;

	iommu_timer_run(&r->timer, a, r->map, op->cpu, IOMMU_OPERATION_NS * r->operations++);
	if (op->is_free) {
		entry = r->got[op->id];
		r->got[op->id] = IOMMU_FAIL;
		if (entry != IOMMU_FAIL) {
			for (unsigned long i = 0; i < n; i++)
				r->freed_at[entry + i] = r->flushes + 1;
			a->free(r->map, op->cpu, entry, n);
		}
	} else {
		entry = a->alloc(r->map, op->cpu, n, op->order, NULL, &r->s->device);
		r->got[op->id] = entry;
		stale = entry != IOMMU_FAIL && is_stale(r, entry, n);
	}
	*outcome = (struct script_outcome){.entry = entry, .flushes = r->flushes};
	return stale;
}

int script_run(const struct script *s, size_t *end, struct script_outcome *outcomes,
	       struct error *e)
{
	struct running_script r = {.s = s};
	struct script_outcome unwanted;
	bool stale = false;
	int err = 0;

	r.got = malloc((s->ids + (size_t)1) * sizeof(*r.got));
	r.freed_at = calloc(s->geometry.entries, sizeof(*r.freed_at));
	r.map = map_create(s->allocator, &s->geometry, count_flush, &r.flushes, e);
	if (!r.map)
		err = -1;
	else if (!r.got || !r.freed_at)
		err = error_set(e, "no memory to run a trace");
	for (uint32_t id = 0; !err && id < s->ids; id++)
		r.got[id] = IOMMU_FAIL;
	for (size_t i = 0; !err && i < s->count && !stale; i++) {
		stale = operate(&r, &s->op[i], outcomes ? &outcomes[i] : &unwanted);
		*end = i + 1;
	}
	map_destroy(r.map);
	free(r.freed_at);
	free(r.got);
	return err ? -EINVAL : stale;
}

static void write_header(const struct script *s, FILE *file)
{
	const struct iommu_geometry *g = &s->geometry;

	fprintf(file,
		"# allocator=%s entries=%lu npools=%u large_pool=0 lazy_flush=1 base_pages=%llu "
		"seg_boundary_pages=%llu cpus=%u mask=%#llx seed=%llu\n",
		s->allocator->name, g->entries, g->npools, (unsigned long long)g->base,
		(unsigned long long)s->device.boundary, s->cpus, (unsigned long long)s->device.mask,
		(unsigned long long)s->seed);
}

/*
 * Says at the end of the last line on which line of the trace its entry was freed, and on which the
 * last flush before that was. The header is line 1.
 */
static void write_remark(const struct script *s, const struct script_outcome *outcomes, size_t last,
			 FILE *file)
{
	const unsigned long begin = outcomes[last].entry, end = begin + (1UL << s->op[last].order);
	unsigned long entry = begin;
	size_t freed = 0, flushed = 0;

	for (size_t i = 0; i < last; i++) {
		const unsigned long gone = outcomes[i].entry;

		if (s->op[i].is_free && gone < end && gone + (1UL << s->op[i].order) > begin) {
			freed = i;
			entry = gone > begin ? gone : begin;
		}
		if (outcomes[i].flushes > (i ? outcomes[i - 1].flushes : 0))
			flushed = i + 1;
	}
	fprintf(file, " # stale reuse: %lu was freed on line %zu, and ", entry, freed + 2);
	if (flushed)
		fprintf(file, "the last flush was on line %zu\n", flushed + 1);
	else
		fprintf(file, "nothing was ever flushed\n");
}

/* What an allocator makes nothing of no trace may ask for. */
static void write_operation(const struct script *s, const struct script_op *op,
			    const struct script_outcome *out, FILE *file)
{
	const unsigned int align = s->allocator->uses_align ? op->order : 0;
	const unsigned long n = 1UL << op->order;

	if (op->is_free) {
		fprintf(file, "f %lu n=%lu", out->entry, n);
		return;
	}
	fprintf(file, "a cpu=%u n=%lu align=%u handle=- -> ", op->cpu, n, align);
	if (out->entry == IOMMU_FAIL)
		fprintf(file, "fail");
	else
		fprintf(file, "%lu", out->entry);
	fprintf(file, " flushes=%llu", (unsigned long long)out->flushes);
}

int script_write(const struct script *s, FILE *file, struct error *e)
{
	struct script_outcome *outcomes = calloc(s->count + 1, sizeof(*outcomes));
	size_t end = 0;
	int stale = -EINVAL;

	if (outcomes)
		stale = script_run(s, &end, outcomes, e);
	else
		error_set(e, "no memory to write a trace");
	if (stale == 0)
		error_set(e, "%s: the trace shows no stale reuse", s->allocator->name);
	if (stale > 0)
		write_header(s, file);
	for (size_t i = 0; stale > 0 && i < end; i++) {
		write_operation(s, &s->op[i], &outcomes[i], file);
		if (i + 1 < end)
			fputc('\n', file);
		else
			write_remark(s, outcomes, i, file);
	}
	free(outcomes);
	return stale > 0 ? 0 : -EINVAL;
}

struct saving {
	const struct script *script;
	struct error *e;
};

static bool save(FILE *file, const void *what)
{
	const struct saving *s = what;

	return script_write(s->script, file, s->e) == 0;
}

int script_save(const struct script *s, const char *path, struct error *e)
{
	const struct saving saving = {s, e};
	int err;

	e->text[0] = '\0';
	err = replace_file_keep(path, save, &saving);
	if (err && !e->text[0])
		error_set(e, "--trace-out: cannot write '%s': %s", path, strerror(-err));
	return err ? -EINVAL : 0;
}
