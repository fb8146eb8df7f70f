// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * remote: mapped here, unmapped there, as when the interrupt is served by another CPU. CPU i
 * maps one-page entries and hands them to CPU i+1 through a bounded queue with one producer and
 * one consumer; CPU i frees what CPU i-1 mapped. As many are in flight as the share (at least one).
 */
#include <stdatomic.h>

#include "workload.h"

/* A worker's state is the queue it consumes from; the producer is the CPU before it. */
struct queue {
	unsigned long size;
	/* Written by the consumer. */
	_Alignas(IOMMU_CACHE_LINE) _Atomic unsigned long tail; /* ever taken */
	unsigned long head_seen;                               /* the consumer's copy of head */
	/* Written by the producer. */
	_Alignas(IOMMU_CACHE_LINE) _Atomic unsigned long head; /* ever put */
	unsigned long tail_seen;                               /* the producer's copy of tail */
	unsigned long put_at;                             /* head % size, without the division */
	_Alignas(IOMMU_CACHE_LINE) unsigned long take_at; /* tail % size; the consumer's */
	_Alignas(IOMMU_CACHE_LINE) unsigned long entry[];
};

static unsigned long depth(const struct worker *w)
{
	return w->share ? w->share : 1;
}

static size_t remote_state_size(const struct worker *w)
{
	return sizeof(struct queue) + depth(w) * sizeof(unsigned long);
}

static void remote_init(struct worker *w)
{
	struct queue *q = w->state;

	q->size = depth(w);
}

static bool has_room(struct queue *q)
{
	/* Relaxed: only the producer writes head. */
	unsigned long head = atomic_load_explicit(&q->head, memory_order_relaxed);

	if (head - q->tail_seen < q->size)
		return true;
	/* Acquire: the consumer has read the slots before they are written again. */
	q->tail_seen = atomic_load_explicit(&q->tail, memory_order_acquire);
	return head - q->tail_seen < q->size;
}

/* The caller knows that there is room. */
static void put(struct queue *q, unsigned long entry)
{
	unsigned long head = atomic_load_explicit(&q->head, memory_order_relaxed);

	q->entry[q->put_at] = entry;
	q->put_at = q->put_at + 1 == q->size ? 0 : q->put_at + 1;
	/* Release: the slot is written before it can be seen as filled. */
	atomic_store_explicit(&q->head, head + 1, memory_order_release);
}

static bool take(struct queue *q, unsigned long *entry)
{
	unsigned long tail = atomic_load_explicit(&q->tail, memory_order_relaxed);

	if (tail == q->head_seen) {
		/* Acquire: pairs with the release in put(). */
		q->head_seen = atomic_load_explicit(&q->head, memory_order_acquire);
		if (tail == q->head_seen)
			return false;
	}
	*entry = q->entry[q->take_at];
	q->take_at = q->take_at + 1 == q->size ? 0 : q->take_at + 1;
	/* Release: the slot is read before it can be written again. */
	atomic_store_explicit(&q->tail, tail + 1, memory_order_release);
	return true;
}

static void produce(const struct worker *w, struct tally *t, unsigned long most)
{
	unsigned int next = w->cpu + 1 == w->ncpus ? 0 : w->cpu + 1;
	struct queue *q = w->peers[next]->state;

	for (unsigned long i = 0; i < most && has_room(q); i++) {
		unsigned long entry = worker_map(w, t, 1, NULL);

		if (entry == IOMMU_FAIL)
			return;
		put(q, entry);
	}
}

static void consume(const struct worker *w, struct tally *t, unsigned long most)
{
	unsigned long entry;

	for (unsigned long i = 0; i < most && take(w->state, &entry); i++) {
		worker_unmap(w, t, entry, 1);
		worker_think(w);
	}
}

static void remote_fill(struct worker *w)
{
	struct tally t = worker_begin(w);

	produce(w, &t, depth(w));
	worker_end(w, &t);
}

static void remote_step(struct worker *w)
{
	struct tally t = worker_begin(w);

	consume(w, &t, WORKLOAD_STEP);
	produce(w, &t, WORKLOAD_STEP);
	worker_end(w, &t);
}

static void remote_drain(struct worker *w)
{
	struct tally t = worker_begin(w);
	unsigned long entry;

	while (take(w->state, &entry))
		worker_unmap(w, &t, entry, 1);
	worker_end(w, &t);
}

static const struct workload remote = {
	.name = "remote",
	.summary = "mapped by one CPU, unmapped by the next",
	.rank = 50,
	.min_cpus = 2,
	.smoke_occupancy = 25,
	.state_size = remote_state_size,
	.init = remote_init,
	.fill = remote_fill,
	.step = remote_step,
	.drain = remote_drain,
};
WORKLOAD(remote);
