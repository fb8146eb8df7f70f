// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes the map a trace was recorded on, does its operations, and refuses those that cannot be done. */
#include "audit/replay_map.h"

#include <errno.h>
#include <string.h>

#include "plan/variant.h"

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
	if (err)
		return err;
	if (!override && h->large_pool && !v->allocator->takes_large_pool &&
	    !v->allocator->always_large_pool)
		return error_set(e, "%s:1: %s has no large pool: large_pool=1 asks for one",
				 r->name, v->allocator->name);
	if (v->npools)
		return 0;
	v->npools = (unsigned int)h->npools;
	/* One that has no choice (sun4u) can be tried on any trace. */
	if (override && !variant_takes(v->allocator, v->npools) && !v->allocator->pools[1])
		v->npools = v->allocator->pools[0];
	if (!variant_takes(v->allocator, v->npools))
		return error_set(e, "%s:1: %s cannot have %llu pools", r->name, v->allocator->name,
				 (unsigned long long)h->npools);
	return 0;
}

static int create(struct replay_map *m, const struct trace_reader *r, const struct variant *v,
		  struct error *e)
{
	const struct trace_header *h = &r->header;
	const struct iommu_geometry g = {
		.entries = (unsigned long)h->entries,
		.npools = v->npools,
		.large_pool = h->large_pool && v->allocator->takes_large_pool,
		.base = h->base_pages,
		.ncpus = h->cpus ? (unsigned int)h->cpus : TRACE_CPUS,
	};
	struct error why;

	m->allocator = v->allocator;
	m->map =
		map_create(v->allocator, &g, h->lazy_flush ? count_flush : NULL, &m->flushes, &why);
	if (!m->map)
		return error_set(e, "%s:1: %.300s", r->name, why.text);
	m->bytes = v->allocator->size(&g);
	m->last_page = g.base + g.entries - 1;
	if (!held_init(&m->held, g.entries))
		return error_set(e, "%s: no memory for %lu entries", r->name, g.entries);
	return 0;
}

/* Those of a list, which @where gives; an entry may be named more than once. */
static int reserve(struct replay_map *m, const char *where, const char *list, struct error *e)
{
	struct iommu_range range;
	int got;

	if (list && !m->allocator->reserve)
		return error_set(e, "%s: %s cannot have reserved entries", where,
				 m->allocator->name);
	while ((got = trace_reserved_next(&list, m->held.entries, &range)) > 0) {
		for (unsigned long entry = range.start; entry < range.end; entry++) {
			if (held_reserve(&m->held, entry))
				m->allocator->reserve(m->map, entry, 1);
		}
	}
	return got ? error_set(e, "%s: expected entries below %lu such as 0-3,100, not '%.40s'",
			       where, m->held.entries, list) :
		     0;
}

int replay_map_create(struct replay_map *m, const struct trace_reader *r,
		      const struct replay_request *request, struct error *e)
{
	struct variant v;
	char where[300];
	int err;

	*m = (struct replay_map){0};
	err = choose(r, request->allocator, &v, e);
	if (!err)
		err = create(m, r, &v, e);
	snprintf(where, sizeof(where), "%.250s:1: reserved=", r->name);
	if (!err)
		err = reserve(m, where, r->header.reserved, e);
	if (!err)
		err = reserve(m, "--reserved", request->reserved, e);
	return err;
}

void replay_map_destroy(struct replay_map *m)
{
	held_destroy(&m->held);
	map_destroy(m->map);
	m->map = NULL;
}

int replay_map_takes(const struct replay_map *m, const struct trace_reader *r,
		     const struct trace_op *op, struct error *e)
{
	const struct iommu_allocator *a = m->allocator;

	if (op->align_order && !a->uses_align)
		return error_set(e,
				 "%s:%lu: %s does not align, and align=%llu asks for it: try "
				 "another allocator",
				 r->name, op->line, a->name, (unsigned long long)op->align_order);
	/* One that reaches all there is asks for nothing. */
	if (op->device.mask < m->last_page && !a->uses_mask)
		return error_set(e,
				 "%s:%lu: %s takes no mask, and mask=%#llx stops short of its last "
				 "page, %#llx: try another allocator",
				 r->name, op->line, a->name, (unsigned long long)op->device.mask,
				 (unsigned long long)m->last_page);
	return 0;
}

unsigned long replay_map_alloc(struct replay_map *m, const struct trace_op *op)
{
	unsigned long handle = (unsigned long)op->handle;

	return m->allocator->alloc(m->map, (unsigned int)op->cpu, (unsigned long)op->n,
				   (unsigned int)op->align_order, op->has_handle ? &handle : NULL,
				   &op->device);
}

static int bad_free(const struct trace_reader *r, const struct trace_op *op, struct error *e,
		    uint64_t entry, const char *what)
{
	return error_set(e, "%s:%lu: free of n=%llu at entry %llu: entry %llu %s", r->name,
			 op->line, (unsigned long long)op->n, (unsigned long long)op->entry,
			 (unsigned long long)entry, what);
}

/* Is all that is freed allocated, and a piece that the allocator takes? */
static int check_free(const struct replay_map *m, const struct trace_reader *r,
		      const struct trace_op *op, bool named, struct error *e)
{
	unsigned long here, first = 0;
	bool whole = m->allocator->frees_any_range;

	if (op->n == 0)
		return error_set(e, "%s:%lu: free of n=0 at entry %llu: there is nothing to free",
				 r->name, op->line, (unsigned long long)op->entry);
	for (uint64_t i = 0; i < op->n; i++) {
		const uint64_t entry = op->entry + i;

		switch (entry < m->held.entries ?
				held_find(&m->held, (unsigned long)entry, named, &here) :
				HELD_FREE) {
		case HELD_FREE:
			return bad_free(r, op, e, entry, "is not allocated");
		case HELD_RESERVED:
			return bad_free(r, op, e, entry, "is reserved");
		case HELD_NOTHING:
			whole = true;
			break;
		case HELD_TAKEN:
			first = i ? first : here;
			break;
		}
	}
	if (whole || held_is_whole(&m->held, first, (unsigned long)op->n))
		return 0;
	return error_set(
		e,
		"%s:%lu: free of n=%llu at entry %llu: %s frees whole allocations, one at a time",
		r->name, op->line, (unsigned long long)op->n, (unsigned long long)op->entry,
		m->allocator->name);
}

int replay_map_free(struct replay_map *m, const struct trace_reader *r, const struct trace_op *op,
		    struct error *e)
{
	/* Of no CPU in particular: a trace does not say whose free it was. */
	const unsigned int cpu = 0;
	const bool named = held_is_named(&m->held, op->entry, op->n);
	unsigned long here, first = 0, n = 0;
	int err = check_free(m, r, op, named, e);

	for (uint64_t i = 0; !err && i < op->n; i++) {
		if (held_take(&m->held, (unsigned long)(op->entry + i), named, &here) != HELD_TAKEN)
			continue;
		if (n && here != first + n) {
			m->allocator->free(m->map, cpu, first, n);
			n = 0;
		}
		first = n ? first : here;
		n++;
	}
	if (n)
		m->allocator->free(m->map, cpu, first, n);
	return err;
}
