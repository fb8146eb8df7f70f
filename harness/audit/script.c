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

uint32_t script_alloc(struct script *s, unsigned int cpu)
{
	add(s, (struct script_op){.cpu = cpu, .id = s->ids});
	return s->ids++;
}

void script_free(struct script *s, unsigned int cpu, uint32_t id)
{
	add(s, (struct script_op){.is_free = true, .cpu = cpu, .id = id});
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
	unsigned long *got; /* by id: what its alloc returned and is not freed yet, or FAIL */
	uint64_t *freed_at; /* by entry: 1 + flushes when its latest free began; 0: never freed */
};

static void count_flush(void *flushes)
{
	++*(uint64_t *)flushes;
}

/* With one thread no flush is under way when a free begins: those counted later cover it. */
static bool is_stale(const struct running_script *r, unsigned long entry)
{
	return r->freed_at[entry] == r->flushes + 1;
}

/* Does one operation; true if it is a stale reuse. */
static bool operate(struct running_script *r, const struct script_op *op,
		    struct script_outcome *outcome)
{
	const struct iommu_allocator *a = r->s->allocator;
	unsigned long entry;
	bool stale = false;

	if (op->is_free) {
		entry = r->got[op->id];
		r->got[op->id] = IOMMU_FAIL;
		if (entry != IOMMU_FAIL) {
			r->freed_at[entry] = r->flushes + 1;
			a->free(r->map, op->cpu, entry, 1);
		}
	} else {
		entry = a->alloc(r->map, op->cpu, 1, 0, NULL, &iommu_any_device);
		r->got[op->id] = entry;
		stale = entry != IOMMU_FAIL && is_stale(r, entry);
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
		"seg_boundary_pages=%llu cpus=%u mask=0xffffffffffffffff seed=%llu\n",
		s->allocator->name, g->entries, g->npools, (unsigned long long)g->base,
		(unsigned long long)iommu_any_device.boundary, s->cpus,
		(unsigned long long)s->seed);
}

/*
 * Says at the end of the last line on which line of the trace its entry was freed, and on which the
 * last flush before that was. The header is line 1.
 */
static void write_remark(const struct script *s, const struct script_outcome *outcomes, size_t last,
			 FILE *file)
{
	size_t freed = 0, flushed = 0;

	for (size_t i = 0; i < last; i++) {
		if (s->op[i].is_free && outcomes[i].entry == outcomes[last].entry)
			freed = i;
		if (outcomes[i].flushes > (i ? outcomes[i - 1].flushes : 0))
			flushed = i + 1;
	}
	fprintf(file, " # stale reuse: %lu was freed on line %zu, and ", outcomes[last].entry,
		freed + 2);
	if (flushed)
		fprintf(file, "the last flush was on line %zu\n", flushed + 1);
	else
		fprintf(file, "nothing was ever flushed\n");
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
		const struct script_outcome *out = &outcomes[i];

		if (s->op[i].is_free)
			fprintf(file, "f %lu n=1", out->entry);
		else if (out->entry == IOMMU_FAIL)
			fprintf(file, "a cpu=%u n=1 align=0 handle=- -> fail flushes=%llu",
				s->op[i].cpu, (unsigned long long)out->flushes);
		else
			fprintf(file, "a cpu=%u n=1 align=0 handle=- -> %lu flushes=%llu",
				s->op[i].cpu, out->entry, (unsigned long long)out->flushes);
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
