// SPDX-License-Identifier: GPL-2.0-or-later
/* Draws maps and operations on them. Each trace has a manner of its own, so that rare ones are seen too. */
#include "kernel/check/check_trace.h"

#include <stdlib.h>

#include "base/random.h"
#include "plan/variant.h"

#define CPUS_MAX 64
/* Bitmaps are compared after so many operations. */
#define INTERVAL       1000
#define GEOMETRY_TRIES 1000

/* How the operations of a trace are: of what there is one in so many; 0: none. */
struct manner {
	uint32_t n_max;
	unsigned long single, aligned, handles, masks, boundaries;
	unsigned long occupancy; /* percent of the entries that it strives for */
};

struct drawing {
	struct check_trace *trace;
	struct check_run run;
	struct manner manner;
	uint64_t random;
	struct check_piece *held; /* what can be freed */
	uint32_t held_count, held_room;
	uint32_t *held_at; /* by entry: the number of the piece that begins there + 1 */
	unsigned long live, last_end;
};

static unsigned long below(uint64_t *random, unsigned long n)
{
	return (unsigned long)(random_next(random) % n);
}

static bool one_in(uint64_t *random, unsigned long n)
{
	return n && below(random, n) == 0;
}

static unsigned long one_of(uint64_t *random, const unsigned long *list, size_t count)
{
	return list[below(random, count)];
}

#define ONE_OF(random, ...)                                  \
	one_of(random, (const unsigned long[]){__VA_ARGS__}, \
	       sizeof((const unsigned long[]){__VA_ARGS__}) / sizeof(unsigned long))

static struct manner draw_manner(const struct check_pair *pair, uint64_t *random)
{
	const struct iommu_allocator *ours = pair->of[OURS], *kernels = pair->of[KERNELS];
	struct manner m = {
		.n_max = (uint32_t)ONE_OF(random, 1, 4, 16, 40, 300),
		.single = ONE_OF(random, 0, 1, 2, 8),
		.aligned = ONE_OF(random, 0, 0, 3, 20),
		.handles = ONE_OF(random, 0, 0, 2, 10),
		.masks = ONE_OF(random, 0, 0, 3, 50),
		.boundaries = ONE_OF(random, 0, 0, 3, 50),
		.occupancy = ONE_OF(random, 5, 50, 90, 100),
	};

	if (!ours->uses_align || !kernels->uses_align)
		m.aligned = 0;
	if (!ours->uses_handle || !kernels->uses_handle)
		m.handles = 0;
	if (!ours->uses_mask || !kernels->uses_mask)
		m.masks = 0;
	return m;
}

static unsigned int draw_pools(const struct iommu_allocator *a, uint64_t *random)
{
	size_t count = 0;

	while (a->pools[count])
		count++;
	return a->pools[below(random, count)];
}

static int draw_geometry(struct check_trace *t, uint64_t *random, struct error *e)
{
	const struct check_pair *pair = &t->pair;
	struct iommu_geometry *g = &t->geometry;

	for (int i = 0; i < GEOMETRY_TRIES; i++) {
		*g = (struct iommu_geometry){
			.entries = ONE_OF(random, 64, 256, 1000, 1024, 4096, 8192, 16384),
			.npools = draw_pools(pair->of[OURS], random),
			.large_pool = pair->of[OURS]->takes_large_pool &&
				      pair->of[KERNELS]->takes_large_pool && one_in(random, 2),
			.base = one_in(random, 2) ? ONE_OF(random, 0, 0x20000, 0x60000) :
						    below(random, 1 << 20),
			.ncpus = 1 + (unsigned int)below(random, CPUS_MAX),
			.lock_kind = (enum lock_kind)below(random, LOCK_QUEUED + 1),
		};
		if (variant_takes(pair->of[KERNELS], g->npools) && !pair->of[OURS]->check(g) &&
		    !pair->of[KERNELS]->check(g))
			return 0;
	}
	return error_set(e, "%s and %s have no map of the same shape", pair->of[OURS]->name,
			 pair->of[KERNELS]->name);
}

static struct iommu_device draw_device(struct drawing *w)
{
	const struct iommu_geometry *g = &w->trace->geometry;
	struct iommu_device device = iommu_any_device;

	/* Some end within the map, some behind it, few before it. */
	if (one_in(&w->random, w->manner.masks)) {
		device.mask = g->base + below(&w->random, 2 * g->entries);
		if (one_in(&w->random, 50))
			device.mask = below(&w->random, (unsigned long)g->base + 1);
	}
	if (one_in(&w->random, w->manner.boundaries))
		device.boundary = UINT64_C(1) << below(&w->random, 16);
	return device;
}

static void draw_alloc(struct drawing *w, struct check_op *op)
{
	const unsigned long entries = w->trace->geometry.entries;

	op->id = w->trace->ids;
	op->n = one_in(&w->random, w->manner.single) ?
			1 :
			1 + (uint32_t)below(&w->random, w->manner.n_max);
	/* None, or more than there are. */
	if (one_in(&w->random, 2000))
		op->n = one_in(&w->random, 2) ? 0 : (uint32_t)entries + 1;
	if (one_in(&w->random, w->manner.aligned))
		op->align_order = (uint8_t)(one_in(&w->random, 20) ? below(&w->random, 40) :
								     below(&w->random, 6));
	op->has_handle = one_in(&w->random, w->manner.handles);
	if (op->has_handle && !one_in(&w->random, 4))
		op->handle = one_in(&w->random, 2) ? w->last_end : below(&w->random, entries + 2);
	op->device = draw_device(w);
}

static unsigned long entry_of(const struct drawing *w, const struct check_piece *p)
{
	return w->run.got[p->id] + p->offset;
}

static void hold(struct drawing *w, struct check_piece piece)
{
	w->held[w->held_count++] = piece;
	w->held_at[entry_of(w, &piece)] = w->held_count;
	w->live += piece.n;
}

static struct check_piece take(struct drawing *w, uint32_t i)
{
	const struct check_piece piece = w->held[i];

	w->held_at[entry_of(w, &piece)] = 0;
	w->held[i] = w->held[--w->held_count];
	if (i < w->held_count)
		w->held_at[entry_of(w, &w->held[i])] = i + 1;
	w->live -= piece.n;
	return piece;
}

/* Do both lie within a pool? No caller frees more by one call. */
static bool in_one_pool(const struct drawing *w, unsigned long a, unsigned long b)
{
	const struct iommu_allocator *ours = w->trace->pair.of[OURS];
	const struct iommu_geometry *g = &w->trace->geometry;
	const unsigned long size = ours->pool_size ? ours->pool_size(g) : 0;
	unsigned long pool[2];

	if (!size)
		return true;
	pool[0] = a / size < g->npools ? a / size : g->npools;
	pool[1] = b / size < g->npools ? b / size : g->npools;
	return pool[0] == pool[1];
}

static void draw_free(struct drawing *w, struct check_op *op)
{
	const struct check_pair *pair = &w->trace->pair;
	const bool any = pair->of[OURS]->frees_any_range && pair->of[KERNELS]->frees_any_range;
	struct check_piece piece = take(w, (uint32_t)below(&w->random, w->held_count)), rest;
	const unsigned long end = entry_of(w, &piece) + piece.n;

	op->is_free = true;
	op->pieces = 1;
	if (any && piece.n > 1 && one_in(&w->random, 8)) {
		rest = piece;
		piece.n = 1 + (uint32_t)below(&w->random, piece.n - 1);
		rest.offset += piece.n;
		rest.n -= piece.n;
		hold(w, rest);
	} else if (any && end < w->trace->geometry.entries && w->held_at[end] &&
		   one_in(&w->random, 8) && in_one_pool(w, end - 1, end)) {
		op->piece[op->pieces++] = take(w, w->held_at[end] - 1);
	}
	op->piece[0] = piece;
}

static bool wants_free(struct drawing *w)
{
	const unsigned long target = w->trace->geometry.entries * w->manner.occupancy / 100;

	if (!w->held_count)
		return false;
	/* Around its occupancy it goes up and down. */
	return below(&w->random, 100) < (w->live > target ? 60 : 40);
}

/* Draws one, does it and keeps what it got. */
static bool step(struct drawing *w, struct check_difference *d)
{
	struct check_op *op = &w->trace->op[w->trace->count++];

	*op = (struct check_op){
		.cpu = (uint32_t)below(&w->random, w->trace->geometry.ncpus),
		.device = iommu_any_device,
	};
	if (wants_free(w))
		draw_free(w, op);
	else
		draw_alloc(w, op);
	if (!check_operate(&w->run, op, d))
		return false;
	if (op->is_free)
		return true;
	w->trace->ids++;
	if (d->answer[OURS].entry != IOMMU_FAIL) {
		w->last_end = d->answer[OURS].entry + op->n;
		hold(w, (struct check_piece){.id = op->id, .n = op->n});
	}
	return true;
}

static void draw_steps(struct drawing *w, size_t count, struct check_difference *d)
{
	for (d->at = 0; d->at < count; d->at++) {
		if (!step(w, d)) {
			d->kind = CHECK_ANSWER;
			return;
		}
		if ((d->at + 1) % INTERVAL && d->at + 1 < count)
			continue;
		d->entry = check_bitmaps(&w->run);
		if (d->entry != IOMMU_FAIL) {
			d->kind = CHECK_BITMAP;
			return;
		}
	}
}

int check_draw(struct check_trace *trace, size_t count, struct check_difference *d, struct error *e)
{
	struct drawing w = {.trace = trace, .random = trace->seed};
	int err;

	*d = (struct check_difference){.kind = CHECK_SAME};
	trace->count = 0;
	trace->lazy_flush = !one_in(&w.random, 4);
	w.manner = draw_manner(&trace->pair, &w.random);
	err = draw_geometry(trace, &w.random, e);
	if (err)
		return err;
	/* There may be as many allocs as operations. */
	trace->ids = (uint32_t)count;
	err = check_begin(&w.run, trace, e);
	trace->ids = 0;
	w.held = malloc((count + 1) * sizeof(*w.held));
	w.held_at = calloc(trace->geometry.entries + 1, sizeof(*w.held_at));
	if (!err && (!w.held || !w.held_at))
		err = error_set(e, "no memory for a trace");
	if (!err)
		draw_steps(&w, count, d);
	/* One that differed has not been counted. */
	trace->ids++;
	check_end(&w.run);
	free(w.held);
	free(w.held_at);
	return err;
}
