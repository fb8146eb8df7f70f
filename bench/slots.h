/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries a worker keeps live, one entry each, in an array sized at init: what most
 * workloads need as state.
 */
#ifndef IOMMUBENCH_SLOTS_H
#define IOMMUBENCH_SLOTS_H

#include "workload.h"

struct slots {
	unsigned long count; /* how many of entry[] are live, from 0 */
	unsigned long next;  /* a cursor for workloads that go round */
	unsigned long entry[];
};

static inline size_t slots_size(unsigned long n)
{
	return sizeof(struct slots) + n * sizeof(unsigned long);
}

/* Maps until @n are live or an allocation fails. */
static inline void slots_map(const struct worker *w, struct tally *t, unsigned long n)
{
	struct slots *s = w->state;

	while (s->count < n) {
		unsigned long entry = worker_map(w, t, 1, NULL);

		if (entry == IOMMU_FAIL)
			return;
		s->entry[s->count++] = entry;
	}
}

/* Unmaps the live entry number @i, whose place the last one takes. */
static inline void slots_unmap(const struct worker *w, struct tally *t, unsigned long i)
{
	struct slots *s = w->state;

	worker_unmap(w, t, s->entry[i], 1);
	s->entry[i] = s->entry[--s->count];
}

/* How many a worker keeps whose workload goes round: its share, at least one. */
static inline unsigned long slots_depth(const struct worker *w)
{
	return w->share ? w->share : 1;
}

/* state_size of such a workload; fill and drain are below. */
static inline size_t slots_state_size(const struct worker *w)
{
	return slots_size(slots_depth(w));
}

/* Takes @n entries outside a step. */
static inline void slots_fill(struct worker *w, unsigned long n)
{
	struct tally t = worker_begin(w);

	slots_map(w, &t, n);
	worker_end(w, &t);
}

static inline void slots_fill_share(struct worker *w)
{
	slots_fill(w, slots_depth(w));
}

static inline void slots_drain(struct worker *w)
{
	struct slots *s = w->state;
	struct tally t = worker_begin(w);

	while (s->count)
		slots_unmap(w, &t, s->count - 1);
	worker_end(w, &t);
}

#endif
