// SPDX-License-Identifier: GPL-2.0-or-later
/* Knows the locks of a map by their addresses, names their classes, draws acquisitions, and adds up what was recorded. */
#include "lockstat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lock.h"
#include "base/random.h"
#include "locks/kernel_data.h"

_Thread_local struct lockstat_thread lockstat_self;
_Thread_local uint32_t lockstat_cpu;

/* The place of all locks that are not watched. */
static uint8_t no_class[1];
static uint32_t no_mark[1];
static const struct lockstat_table nothing_watched = {.class = no_class, .mark = no_mark};
struct lockstat_table lockstat_table = {.class = no_class, .mark = no_mark};
_Atomic uint32_t lockstat_marks;

static const char *names[LOCKSTAT_CLASSES] = {"unnamed"};

/* Never what is left. */
#define NOT_CONTENDED (UINT64_MAX / 2)

/* How many until the next draw: 1 to 2 * gap - 1, all as likely. */
static uint64_t next(struct lockstat_thread *t, uint64_t gap)
{
	return 1 + random_next(&t->random) % (2 * gap - 1);
}

void lockstat_unwatch(void)
{
	if (lockstat_table.class != no_class)
		free(lockstat_table.class);
	if (lockstat_table.mark != no_mark)
		free(lockstat_table.mark);
	lockstat_table = nothing_watched;
	atomic_store_explicit(&lockstat_marks, 0, memory_order_relaxed);
}

int lockstat_watch(const void *map, size_t bytes)
{
	/* The lines of what is watched and the table's are to begin alike. */
	const size_t align = 4096, line_places = IOMMU_CACHE_LINE / 4;
	const struct lockstat_range of_map = {.begin = (uintptr_t)map, .places = bytes / 4};
	const struct lockstat_range of_globals = {
		.begin = (uintptr_t)__start_kernel_data,
		.places = kernel_data_bytes() / 4,
		.first = (of_map.places + line_places - 1) / line_places * line_places,
	};
	const size_t places = of_globals.first + of_globals.places;
	const size_t size = ((places + 1) * sizeof(uint32_t) / align + 1) * align;
	uint8_t *const class = calloc(places + 1, 1);
	uint32_t *const mark = aligned_alloc(align, size);

	lockstat_unwatch();
	if (!class || !mark) {
		free(class);
		free(mark);
		return -ENOMEM;
	}
	memset(mark, 0, size);
	lockstat_table = (struct lockstat_table){.map = of_map,
						 .globals = of_globals,
						 .places = places,
						 .class = class,
						 .mark = mark};
	return 0;
}

uint8_t lockstat_class(const char *class)
{
	for (uint8_t i = 1; i < LOCKSTAT_CLASSES; i++) {
		if (!names[i])
			names[i] = class;
		if (strcmp(names[i], class) == 0)
			return i;
	}
	return 0;
}

const char *lockstat_class_name(unsigned int class)
{
	return names[class];
}

void lockstat_name(const struct lock *l, const char *class)
{
	const size_t place = lockstat_place(l);

	if (place < lockstat_table.places)
		lockstat_table.class[place] = lockstat_class(class);
}

/* Chooses an acquisition after this one, and what it is drawn for. */
static void draw(struct lockstat_thread *t)
{
	static const enum lockstat_drawn turn[] = {LOCKSTAT_TIMED, LOCKSTAT_TRIED, LOCKSTAT_MARKED};

	t->counted += t->began;
	t->began = t->left = next(t, t->gap);
	t->contended = NOT_CONTENDED;
	t->drawn = t->gap == 1 ? LOCKSTAT_ALL : turn[t->draws++ % (sizeof(turn) / sizeof(turn[0]))];
}

void lockstat_start(struct lockstat_thread *t, struct lockstat_gaps gaps, uint64_t seed)
{
	t->gap = gaps.all;
	t->waits_gap = gaps.contended;
	t->random = seed;
	t->counted = t->failed = 0;
	t->contended = NOT_CONTENDED;
	t->drawn = gaps.all == 1 ? LOCKSTAT_ALL : 0;
	t->began = t->left = gaps.all ? next(t, gaps.all) : 0;
	t->waits_left = gaps.all ? next(t, gaps.contended) : 0;
}

/* The thread's drawn acquisition of @l that is not over, or NULL. It holds few: the newest is the likeliest. */
static struct lockstat_hold *hold_of(struct lockstat_thread *t, const struct lock *l)
{
	for (unsigned int i = t->depth; i > 0; i--) {
		if (t->hold[i - 1].lock == l)
			return &t->hold[i - 1];
	}
	return NULL;
}

static struct lockstat_hold *push(struct lockstat_thread *t, const struct lock *l)
{
	struct lockstat_hold *h = &t->hold[t->depth];

	if (t->depth++ == LOCKSTAT_HOLDS)
		__builtin_trap();
	t->open++;
	*h = (struct lockstat_hold){.lock = l};
	return h;
}

uint64_t *lockstat_try(struct lockstat_thread *t, const struct lock *l)
{
	struct lockstat_hold *h;

	if (t->drawn == LOCKSTAT_MARKED)
		return NULL;
	h = push(t, l);
	h->drawn = t->drawn;
	return t->drawn & LOCKSTAT_TRIED ? &h->tried : NULL;
}

uint64_t *lockstat_contended(struct lockstat_thread *t, const struct lock *l)
{
	struct lockstat_hold *h = hold_of(t, l);

	t->contended = t->left;
	t->waited = l;
	t->failed++;
	if (t->stats)
		t->stats[lockstat_table.class[lockstat_place(l)]].contentions++;
	if (--t->waits_left == 0) {
		t->waits_left = next(t, t->waits_gap);
		if (!h)
			h = push(t, l);
		h->drawn |= LOCKSTAT_WAITED;
		t->drawn |= LOCKSTAT_WAITED;
	}
	return h && h->drawn & LOCKSTAT_WAITED ? &h->failed : NULL;
}

/* Who had the lock last is known of those behind a marked one. */
static void note_bounce(struct lockstat_thread *t, size_t place, uint32_t cpu, bool contended)
{
	struct lockstat *s = t->stats ? &t->stats[lockstat_table.class[place]] : NULL;
	uint32_t *mark = &lockstat_table.mark[place];
	const uint32_t before = *mark;

	if (before && s) {
		s->followed++;
		s->acq_bounces += before != cpu;
		s->con_bounces += before != cpu && contended;
	}
	*mark = t->drawn & LOCKSTAT_MARKED ? cpu : 0;
	/* As many as are not 0; with these all who wait for them see that they are there. */
	if (!before && *mark)
		atomic_fetch_add_explicit(&lockstat_marks, 1, memory_order_relaxed);
	else if (before && !*mark)
		atomic_fetch_sub_explicit(&lockstat_marks, 1, memory_order_relaxed);
}

uint64_t *lockstat_note(struct lockstat_thread *t, const struct lock *l, uint32_t cpu)
{
	const bool contended = t->contended == t->left + 1;
	const size_t place = lockstat_place(l);
	struct lockstat_hold *h = t->drawn & ~(unsigned int)LOCKSTAT_MARKED ? hold_of(t, l) : NULL;

	/* Locks that are not watched share a place, which none of them guards. */
	if (place < lockstat_table.places)
		note_bounce(t, place, cpu, contended);
	t->drawn = 0;
	if (t->left == 0)
		draw(t);
	if (!h)
		return NULL;
	h->class = lockstat_table.class[place];
	h->contended = contended;
	h->flushes = t->flushes;
	return &h->acquired;
}

uint64_t *lockstat_over(struct lockstat_thread *t, const struct lock *l)
{
	struct lockstat_hold *h = hold_of(t, l);

	if (h && h->drawn & LOCKSTAT_TIMED)
		return &h->released;
	return t->flushing == l ? &t->flush_over : NULL;
}

static void record(struct lockstat *s, const struct lockstat_hold *h, bool flushed)
{
	if (h->drawn & LOCKSTAT_TRIED && !h->contended)
		hist_record(&s->acquire, h->acquired - h->tried);
	if (h->drawn & LOCKSTAT_WAITED && h->contended)
		hist_record(&s->wait, h->acquired - h->failed);
	if (!(h->drawn & LOCKSTAT_TIMED))
		return;
	hist_record(&s->hold, h->released - h->acquired);
	if (flushed)
		hist_record(&s->hold_flush, h->released - h->acquired);
}

/* @h is the hold in which the flush ran, if it was drawn. */
static void record_flush(struct lockstat_thread *t, const struct lockstat_hold *h)
{
	const bool timed = h && h->drawn & LOCKSTAT_TIMED;
	struct lockstat *s =
		t->stats ? &t->stats[lockstat_table.class[lockstat_place(t->flushing)]] : NULL;

	if (s)
		hist_record(&s->flush, (timed ? h->released : t->flush_over) - t->flush_begun);
	t->flushing = NULL;
	t->open--;
}

void lockstat_record(struct lockstat_thread *t, const struct lock *l)
{
	struct lockstat_hold *h = hold_of(t, l);

	if (t->flushing == l)
		record_flush(t, h);
	if (!h)
		return;
	if (t->stats)
		record(&t->stats[h->class], h, t->flushes != h->flushes);
	t->open--;
	*h = t->hold[--t->depth];
}

void lockstat_add(struct lockstat *to, const struct lockstat *from)
{
	to->contentions += from->contentions;
	to->followed += from->followed;
	to->acq_bounces += from->acq_bounces;
	to->con_bounces += from->con_bounces;
	hist_merge(&to->wait, &from->wait);
	hist_merge(&to->hold, &from->hold);
	hist_merge(&to->hold_flush, &from->hold_flush);
	hist_merge(&to->flush, &from->flush);
	hist_merge(&to->acquire, &from->acquire);
}

uint64_t lockstat_merge(struct lockstat *to, const struct lockstat_thread *from)
{
	unsigned int begun = 0;

	for (unsigned int i = 0; from->stats && from->stats != to && i < LOCKSTAT_CLASSES; i++)
		lockstat_add(&to[i], &from->stats[i]);
	for (unsigned int i = 0; i < from->depth; i++) {
		const struct lockstat_hold *h = &from->hold[i];

		begun += h->acquired != 0;
		if (h->acquired && h->contended)
			to[h->class].contentions--;
	}
	/* What failed and is still waited for has not been acquired. */
	if (from->contended == from->left && from->waited)
		to[lockstat_table.class[lockstat_place(from->waited)]].contentions--;
	return lockstat_acquisitions(from) - begun;
}
