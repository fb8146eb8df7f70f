/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A workload is one CPU's loop over alloc and free. It neither pins, times, prints nor takes
 * memory: the executor gives it a struct worker, calls its functions in turn and does the rest.
 * To add one: write bench/NAME.c that ends in WORKLOAD(...). Nothing else.
 *
 * Life of a worker, each on its own pinned thread: init; barrier; fill; barrier; step again and
 * again (warm-up, measured interval, until all have finished); barrier; drain.
 */
#ifndef IOMMUBENCH_WORKLOAD_H
#define IOMMUBENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocator.h"

/* Pairs (or failed allocations) that one step should do: long enough that looking whether the
 * interval is over costs nothing, short enough to see it in time. */
#define WORKLOAD_STEP 128

/*
 * What a step counts. It works on a copy of its own (worker_begin, worker_end), which the compiler
 * keeps in registers: a counter in memory would be one more store for each atomic to wait for.
 */
struct tally {
	uint64_t rng;      /* state of tally_random(), never 0 */
	uint64_t pairs;    /* frees that succeeded */
	uint64_t failures; /* allocations that failed */
	uint64_t remote;   /* allocations served by another pool than the own */
};

/* Entries [start, start + size). */
struct worker_pool {
	unsigned long start, size;
};

struct worker {
	/* Set before init, constant in the loop. */
	const struct iommu_allocator *allocator;
	struct iommu_map *map;
	const struct iommu_device *device; /* the one that all its requests are of */
	unsigned int cpu;                  /* dense index, also what alloc is told */
	unsigned int ncpus;                /* how many run this workload together */
	unsigned long share;               /* live entries this CPU keeps in the steady state */
	struct worker *const *peers;       /* all ncpus of them, by dense index */
	/* Where this CPU's requests are served first: up to IOMMU_LARGE_REQUEST entries, and above. */
	struct worker_pool own, own_large;
	void *state; /* state_size() zeroed bytes, local to the CPU */
	/* Spends the think time; NULL: none. Called with think_arg. */
	void (*think)(const void *arg);
	const void *think_arg;
	struct iommu_timer timer; /* the executor's, between steps */
	uint64_t base;            /* DVMA page number of entry 0 */
	struct iommu_device
		narrow; /* what device points to where the workload asks for such a one */

	/* Brought up to date at the end of each step, by this worker's thread only. */
	_Alignas(IOMMU_CACHE_LINE) struct tally total;
};

struct workload {
	const char *name;
	const char *summary; /* one line for `list` */
	int rank;            /* place in listings, lowest first */
	unsigned int min_cpus;
	bool ignores_occupancy;
	/* Its device reaches the lower half of the map only, where the allocator lets so many CPUs ask for that. */
	bool narrow_device;
	/* Share of the map, in percent, that a smoke run keeps live. */
	unsigned int smoke_occupancy;

	/* Bytes of state for @w, whose share and ncpus are set; may be 0. */
	size_t (*state_size)(const struct worker *w);
	/* Prepares state; other workers' state is not ready yet. May be NULL. */
	void (*init)(struct worker *w);
	/* Takes the CPU's share of the map. May be NULL. Stops short where alloc fails. */
	void (*fill)(struct worker *w);
	/* About WORKLOAD_STEP pairs. Never blocks: what must wait is left for the next step. */
	void (*step)(struct worker *w);
	/* Frees all that is left, when no worker steps any more. */
	void (*drain)(struct worker *w);
};

#define WORKLOAD(descriptor)                                                                      \
	__attribute__((                                                                           \
		used,                                                                             \
		section("iommu_workloads"))) static const struct workload *const workload_entry = \
		&(descriptor)

/* All registered workloads by rank; *count gets their number. Thread-safe. */
const struct workload *const *workload_all(size_t *count);

/* The one named @name, or NULL. */
const struct workload *workload_find(const char *name);

static inline struct tally worker_begin(const struct worker *w)
{
	return w->total;
}

static inline void worker_end(struct worker *w, const struct tally *t)
{
	w->total = *t;
}

/*
 * Allocates @n entries for this CPU, counts, and returns the first, a multiple of 2^align_order where the allocator
 * uses_align, or IOMMU_FAIL.
 */
static inline unsigned long worker_map_aligned(const struct worker *w, struct tally *t,
					       unsigned long n, unsigned int align_order,
					       unsigned long *handle)
{
	const struct worker_pool *own = n > IOMMU_LARGE_REQUEST ? &w->own_large : &w->own;
	unsigned long entry =
		w->allocator->alloc(w->map, w->cpu, n, align_order, handle, w->device);

	if (__builtin_expect(entry == IOMMU_FAIL, 0)) {
		t->failures++;
		return entry;
	}
	/* Below start wraps to a large number. A branch, so that what is usual stores nothing. */
	if (__builtin_expect(entry - own->start >= own->size, 0))
		t->remote++;
	return entry;
}

static inline unsigned long worker_map(const struct worker *w, struct tally *t, unsigned long n,
				       unsigned long *handle)
{
	return worker_map_aligned(w, t, n, 0, handle);
}

/* Frees what worker_map() of any worker returned: one pair more. */
static inline void worker_unmap(const struct worker *w, struct tally *t, unsigned long entry,
				unsigned long n)
{
	w->allocator->free(w->map, w->cpu, entry, n);
	t->pairs++;
}

/* The same of @pairs neighbours at once, @n entries together; the allocator's frees_any_range says if it may. */
static inline void worker_unmap_merged(const struct worker *w, struct tally *t, unsigned long entry,
				       unsigned long n, unsigned long pairs)
{
	w->allocator->free(w->map, w->cpu, entry, n);
	t->pairs += pairs;
}

/*
 * What a driver does between one map and the next. A step calls it once for each pair it counts, when the free has
 * succeeded, and for nothing else: not after a map, nor one that failed. Neither do fill and drain.
 */
static inline void worker_think(const struct worker *w)
{
	if (__builtin_expect(w->think != NULL, 0))
		w->think(w->think_arg);
}

/* xorshift64*: uniform enough for choosing what to free, in three shifts. */
static inline uint64_t tally_random(struct tally *t)
{
	t->rng ^= t->rng >> 12;
	t->rng ^= t->rng << 25;
	t->rng ^= t->rng >> 27;
	return t->rng * UINT64_C(0x2545F4914F6CDD1D);
}

/* Uniform in [0, below), 1 <= below <= 2^32, without a division. */
static inline unsigned long tally_random_below(struct tally *t, unsigned long below)
{
	return (unsigned long)(((tally_random(t) >> 32) * below) >> 32);
}

#endif
