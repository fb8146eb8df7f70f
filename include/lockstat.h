/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lock statistics, as in /proc/lock_stat: what the statistics build of lock.h records, and, in virtual
 * time, the simulator's.
 *
 * Nothing is kept in the lock: its class and who held it last stand in a table beside the map, found by
 * the lock's address, which has a place for each 4 bytes of the map (and of kernel code's variables) and so
 * shares its cache lines just as the locks do. Each thread records into memory of its own. While a lock is held only the clock
 * is read: everything is written down after the release.
 */
#ifndef IOMMUBENCH_LOCKSTAT_H
#define IOMMUBENCH_LOCKSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "clock.h"
#include "hist.h"

struct lock;

/* Classes that can be told apart; place 0 is for locks without a class, and those beyond. */
#define LOCKSTAT_CLASSES 16
/* Locks a thread may hold, or wait for, at once. */
#define LOCKSTAT_HOLDS 4

/* The locks of one class, as one thread saw them. Times are in ticks of clock.h; simulated: ps. */
struct lockstat {
	uint64_t acquisitions;
	uint64_t acq_bounces;   /* acquisitions of a lock that another CPU held last */
	uint64_t contentions;   /* the first attempt failed */
	uint64_t con_bounces;   /* both */
	struct hist wait;       /* from the first failed attempt to the acquire; contentions only */
	struct hist hold;       /* from just after the acquire to just before the release */
	struct hist hold_flush; /* those of them in which a flush ran */
};

/* One acquisition, from attempt to release. */
struct lockstat_hold {
	const struct lock *lock;
	bool contended, bounced;
	uint8_t class;
	uint64_t tried, acquired, released;
	uint64_t flushes; /* the thread's, at the acquire */
};

/* One thread's, or simulated CPU's. All zero is one that records nothing and holds nothing. */
struct lockstat_thread {
	struct lockstat *stats; /* [LOCKSTAT_CLASSES]: where it records */
	bool recording;
	uint64_t flushes; /* begun by this thread */
	unsigned int depth;
	struct lockstat_hold hold[LOCKSTAT_HOLDS];
};

/* The calling thread's; NULL: it does not record. It changes only while the thread holds no lock, and
 * for all threads at about the same time: who held a lock last is not noted while nobody records. */
extern _Thread_local struct lockstat_thread *lockstat_self;
/* Dense index of the calling thread's CPU + 1; 0: not said. */
extern _Thread_local uint32_t lockstat_cpu;

/* Memory with locks in it, a place for each 4 bytes of it, the first of which is @first. */
struct lockstat_range {
	uintptr_t begin;
	size_t places, first;
};

/* The table, of what is watched: [places] each, of the map and of the variables of kernel code. */
struct lockstat_table {
	struct lockstat_range map, globals;
	size_t places;
	uint8_t *class;     /* written by lockstat_name() only */
	uint32_t *last_cpu; /* who recorded a hold last, + 1; guarded by the lock itself */
};
extern struct lockstat_table lockstat_table;

/*
 * From here on locks in [@map, @map + @bytes), and those among the variables of kernel code, can be named; those
 * watched before no longer are. 0, or -ENOMEM.
 * Neither is thread-safe: not while any lock is used.
 */
int lockstat_watch(const void *map, size_t bytes);
void lockstat_unwatch(void);

/* What lock_name() does. Locks that are not watched stay in class 0. Not thread-safe. */
void lockstat_name(const struct lock *l, const char *class);
/* The place of the class in lockstat_thread.stats, the same for the same name; 0 if there is none left. */
uint8_t lockstat_class(const char *class);
/* Its name. */
const char *lockstat_class_name(unsigned int class);

/* The lock's place in the table; one beyond the last if it has none. */
static inline size_t lockstat_place(const struct lock *l)
{
	const struct lockstat_range *r = &lockstat_table.map;
	size_t place = ((uintptr_t)l - r->begin) / 4;

	if (__builtin_expect(place >= r->places, 0)) {
		r = &lockstat_table.globals;
		place = ((uintptr_t)l - r->begin) / 4;
		if (place >= r->places)
			return lockstat_table.places;
	}
	return r->first + place;
}

/* The thread's acquisition of @l that is not over. It holds few: the newest is the likeliest. */
static inline struct lockstat_hold *lockstat_hold_of(struct lockstat_thread *t,
						     const struct lock *l)
{
	struct lockstat_hold *h = &t->hold[t->depth - 1];

	while (h->lock != l)
		h--;
	return h;
}

/*
 * The five events of an acquisition, in this order. Those that have a time return where it goes, so that
 * reading the clock is the last thing before the lock is held and the first after.
 */
static inline void lockstat_begin(struct lockstat_thread *t, const struct lock *l)
{
	if (t->depth == LOCKSTAT_HOLDS)
		__builtin_trap();
	t->hold[t->depth++] = (struct lockstat_hold){.lock = l};
}

static inline uint64_t *lockstat_contended(struct lockstat_thread *t, const struct lock *l)
{
	struct lockstat_hold *h = lockstat_hold_of(t, l);

	h->contended = true;
	return &h->tried;
}

static inline uint64_t *lockstat_acquired(struct lockstat_thread *t, const struct lock *l,
					  uint32_t cpu)
{
	struct lockstat_hold *h = lockstat_hold_of(t, l);
	const size_t place = lockstat_place(l);

	if (place < lockstat_table.places) {
		uint32_t *last = &lockstat_table.last_cpu[place];

		h->class = lockstat_table.class[place];
		h->bounced = *last && *last != cpu;
		*last = cpu;
	}
	h->flushes = t->flushes;
	return &h->acquired;
}

static inline uint64_t *lockstat_release(struct lockstat_thread *t, const struct lock *l)
{
	return &lockstat_hold_of(t, l)->released;
}

/* After the release, when nobody waits for it. */
static inline void lockstat_released(struct lockstat_thread *t, const struct lock *l)
{
	struct lockstat_hold *h = lockstat_hold_of(t, l);
	struct lockstat *s = &t->stats[h->class];

	if (t->recording) {
		s->acquisitions++;
		s->acq_bounces += h->bounced;
		if (h->contended) {
			s->contentions++;
			s->con_bounces += h->bounced;
			hist_record(&s->wait, h->acquired - h->tried);
		}
		hist_record(&s->hold, h->released - h->acquired);
		if (t->flushes != h->flushes)
			hist_record(&s->hold_flush, h->released - h->acquired);
	}
	*h = t->hold[--t->depth];
}

/* The same of the calling thread, now: what lock.h calls while lockstat_self is set. */
static inline void lockstat_note_begin(const struct lock *l)
{
	lockstat_begin(lockstat_self, l);
}

static inline void lockstat_note_contended(const struct lock *l)
{
	uint64_t *at = lockstat_contended(lockstat_self, l);

	*at = clock_ticks_ordered();
}

static inline void lockstat_note_acquired(const struct lock *l)
{
	uint64_t *at = lockstat_acquired(lockstat_self, l, lockstat_cpu);

	*at = clock_ticks_ordered();
}

static inline void lockstat_note_release(const struct lock *l)
{
	uint64_t *at = lockstat_release(lockstat_self, l);

	*at = clock_ticks_ordered();
}

static inline void lockstat_note_released(const struct lock *l)
{
	lockstat_released(lockstat_self, l);
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
