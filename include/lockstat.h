/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lock statistics, as in /proc/lock_stat: what the statistics build of lock.h records.
 *
 * Each thread records into memory of its own, so recording shares no cache line; the lock itself
 * carries only its name and who held it last, on the line its holder owns anyway. While a
 * lock is held only the clock is read: everything is written down after the release.
 */
#ifndef IOMMUBENCH_LOCKSTAT_H
#define IOMMUBENCH_LOCKSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "hist.h"

/* Locks that can be told apart; those beyond share place 0, "unnamed". A map has at most 18. */
#define LOCKSTAT_LOCKS 24

/* One lock, as one thread saw it. Times are in ticks of clock.h. */
struct lockstat {
	uint64_t acquisitions;
	uint64_t acq_bounces;   /* acquisitions of a lock that another CPU held last */
	uint64_t contentions;   /* the first attempt failed */
	uint64_t con_bounces;   /* both */
	struct hist wait;       /* from the first failed attempt to the acquire; contentions only */
	struct hist hold;       /* from just after the acquire to just before the release */
	struct hist hold_flush; /* those of them in which a flush ran */
};

/* What a thread records. All zero is empty. */
struct lockstat_thread {
	uint64_t flushes; /* begun by this thread */
	struct lockstat lock[LOCKSTAT_LOCKS];
};

/* Where the calling thread records; NULL: it does not. */
extern _Thread_local struct lockstat_thread *lockstat_self;
/* Dense index of the calling thread's CPU + 1; 0: not said. */
extern _Thread_local uint32_t lockstat_cpu;

/* The lock's own part: id never changes, last_cpu is read and written by the holder. */
struct lockstat_lock {
	uint32_t id;       /* place in lockstat_thread.lock */
	uint32_t last_cpu; /* lockstat_cpu of who recorded a hold last */
};

/* One acquisition, from attempt to release. */
struct lockstat_hold {
	struct lockstat *stat;
	bool contended, bounced;
	uint64_t tried, acquired, released; /* ticks */
	uint64_t flushes;                   /* the thread's, at the acquire */
};

/* The id for a lock called @name @number, the same for the same name. Thread-safe. */
uint32_t lockstat_id(const char *name, unsigned int number);
/* Its name, "pool 3" or so, into @text. */
void lockstat_id_name(uint32_t id, char *text, size_t size);

/*
 * The hooks of lock.h, in this order, while lockstat_self is set. That changes only while the thread
 * holds no lock, and for all threads at about the same time: who held a lock last is not
 * noted while nobody records.
 */
static inline void lockstat_begin(struct lockstat_lock *l, struct lockstat_hold *h)
{
	(void)l;
	h->contended = false;
}

static inline void lockstat_contended(struct lockstat_lock *l, struct lockstat_hold *h)
{
	(void)l;
	h->contended = true;
	h->tried = clock_ticks_ordered();
}

static inline void lockstat_acquired(struct lockstat_lock *l, struct lockstat_hold *h)
{
	uint32_t last = l->last_cpu;

	l->last_cpu = lockstat_cpu;
	h->stat = &lockstat_self->lock[l->id];
	h->bounced = last && last != lockstat_cpu;
	h->flushes = lockstat_self->flushes;
	h->acquired = clock_ticks_ordered();
}

static inline void lockstat_release(struct lockstat_lock *l, struct lockstat_hold *h)
{
	(void)l;
	h->released = clock_ticks_ordered();
}

/* After the release, when nobody waits for it. */
static inline void lockstat_released(struct lockstat_lock *l, const struct lockstat_hold *h)
{
	struct lockstat *s = h->stat;

	(void)l;
	s->acquisitions++;
	s->acq_bounces += h->bounced;
	if (h->contended) {
		s->contentions++;
		s->con_bounces += h->bounced;
		hist_record(&s->wait, h->acquired - h->tried);
	}
	hist_record(&s->hold, h->released - h->acquired);
	if (lockstat_self->flushes != h->flushes)
		hist_record(&s->hold_flush, h->released - h->acquired);
}

/* The calling thread begins a flush. */
static inline void lockstat_flush(void)
{
	if (lockstat_self)
		lockstat_self->flushes++;
}

/* Adds all that @from has to @to. */
void lockstat_merge(struct lockstat *to, const struct lockstat *from);

#endif
