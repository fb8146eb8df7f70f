/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lock statistics, as in /proc/lock_stat: what the statistics build of lock.h records, and, in virtual
 * time, the simulator's.
 *
 * Every acquisition is counted, and every contended one, without a clock. Single ones are drawn, one of so many at
 * random, in turn for one of three things: how long it held the lock; how long an attempt took that succeeded
 * at once; and who has the lock after whom, for which it is marked. They are apart because a clock that is read
 * before an attempt gives others the time to be first: more of these fail. Of contended acquisitions some are drawn, too,
 * when they have failed: for how long they waited. Flushes under a lock are rare and long, and all are timed. Drawing
 * each acquisition for all there is is exact, and the simulator, whose clock costs nothing, does so.
 *
 * An acquisition of which nothing is recorded takes four tests and a decrement of the thread's own memory, and a test of a
 * word that is written for marks alone. Nothing is stored before the attempt: an atomic waits for stores.
 *
 * Nothing is kept in the lock: its class and its mark stand in a table beside the map, found by
 * the lock's address, which has a place for each 4 bytes of the map (and of kernel code's variables). Each
 * thread records into memory of its own. While a lock is held only the clock is read: times are written down
 * after the release.
 */
#ifndef IOMMUBENCH_LOCKSTAT_H
#define IOMMUBENCH_LOCKSTAT_H

#include <stdatomic.h>
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
	uint64_t contentions; /* the first attempt failed: all of them */
	/* Of the acquisitions that followed a marked one: */
	uint64_t followed;
	uint64_t acq_bounces; /* another CPU held the lock before */
	uint64_t con_bounces; /* that, and the first attempt failed */
	/* Of contended ones that were drawn: */
	struct hist wait; /* from the first failed attempt to the acquire */
	/* Of those that were timed: */
	struct hist hold;       /* from just after the acquire to just before the release */
	struct hist hold_flush; /* those of them in which a flush ran */
	/* Of all flushes under a lock, where not every acquisition is drawn: they are too rare, and too long, for that. */
	struct hist flush; /* from their begin to the release */
	/* Of those that were tried, and not contended: */
	struct hist acquire; /* from before the attempt to the acquire */
};

/* What an acquisition is drawn for. */
enum lockstat_drawn {
	LOCKSTAT_TIMED = 1,
	LOCKSTAT_TRIED = 2,
	LOCKSTAT_MARKED = 4,
	LOCKSTAT_WAITED = 8, /* when it has failed */
	LOCKSTAT_ALL = LOCKSTAT_TIMED | LOCKSTAT_TRIED | LOCKSTAT_MARKED | LOCKSTAT_WAITED,
};

/* One acquisition that is drawn, but for a mark, from before its first attempt to the release. */
struct lockstat_hold {
	const struct lock *lock;
	unsigned int drawn;
	bool contended;
	uint8_t class;
	uint64_t tried, failed, acquired, released; /* 0: not asked for */
	uint64_t flushes;                           /* the thread's, at the acquire */
};

/* One thread's, or simulated CPU's. All zero: it draws none, and records nothing. */
struct lockstat_thread {
	uint64_t left;      /* acquisitions until the one before a drawn one */
	unsigned int drawn; /* what the next, or the one begun, is drawn for */
	unsigned int open;  /* drawn acquisitions that are not over, and flushes under a lock */
	const struct lock *holding; /* the lock that it took last, until that is released */
	unsigned int depth;         /* drawn acquisitions that are not over */
	uint64_t contended;         /* what was left at the last that was contended ... */
	const struct lock *waited;  /* ... which was of this lock */
	uint64_t flushes;           /* begun by this thread */
	/* Acquisitions before the last draw, and what was left then. */
	uint64_t counted, began;
	uint64_t gap; /* one of so many is drawn */
	/* Contended ones: how many there were, how many until one is drawn, and of how many one is. */
	uint64_t failed, waits_left, waits_gap;
	uint64_t draws, random;
	struct lockstat_hold hold[LOCKSTAT_HOLDS];
	/* The lock under which it flushed, from where to when it was released. */
	const struct lock *flushing;
	uint64_t flush_begun, flush_over;
	struct lockstat *stats; /* [LOCKSTAT_CLASSES]: where it records; NULL: nowhere */
};

/* No acquisition is drawn. */
#define LOCKSTAT_NEVER 0U

/* Of how many acquisitions, and of how many contended ones, one is drawn. */
struct lockstat_gaps {
	unsigned int all; /* LOCKSTAT_NEVER: none; 1: each, for all there is */
	unsigned int contended;
};

/*
 * @t, which holds no lock, counts its acquisitions from 0 on, and draws one of so many. @seed decides which.
 */
void lockstat_start(struct lockstat_thread *t, struct lockstat_gaps gaps, uint64_t seed);

/* How many it has made since. */
static inline uint64_t lockstat_acquisitions(const struct lockstat_thread *t)
{
	return t->counted + (t->began - t->left);
}

/* The calling thread's. What it records is to be changed only while it holds no lock. */
extern _Thread_local struct lockstat_thread lockstat_self;
/* Dense index of the calling thread's CPU + 1; 0: not said. */
extern _Thread_local uint32_t lockstat_cpu;

/* Memory with locks in it, a place for each 4 bytes of it, the first of which is @first. */
struct lockstat_range {
	uintptr_t begin;
	size_t places, first;
};

/* The table, of what is watched: the map and the variables of kernel code. One more than [places]: of all other locks. */
struct lockstat_table {
	struct lockstat_range map, globals;
	size_t places;
	uint8_t *class; /* written by lockstat_name() only */
	/* Who held a marked lock, + 1, and 0 of all others; guarded by the lock itself. */
	uint32_t *mark;
};
extern struct lockstat_table lockstat_table;
/*
 * How many locks are marked. Relaxed: who takes a marked lock has acquired it from, or after, the one that added the mark.
 */
extern _Atomic uint32_t lockstat_marks;

/*
 * From here on locks in [@map, @map + @bytes), and those among the variables of kernel code, can be named; those
 * watched before no longer are. 0, or -ENOMEM.
 * Neither is thread-safe: not while any lock is used, and nothing is recorded but what is watched.
 */
int lockstat_watch(const void *map, size_t bytes);
void lockstat_unwatch(void);

/* What lock_name() does. Locks that are not watched stay in class 0. Not thread-safe. */
void lockstat_name(const struct lock *l, const char *class);
/* The place of the class in lockstat_thread.stats, the same for the same name; 0 if there is none left. */
uint8_t lockstat_class(const char *class);
/* Its name. */
const char *lockstat_class_name(unsigned int class);

/* The lock's place in the table; the one of all others if it is not watched. */
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

/* Where they are called it makes little difference to what is not rare. */
#define LOCKSTAT_RARE __attribute__((cold))
/* The rare halves of the events below, out of line: a drawn acquisition begins; one is made that is drawn, or before
 * one, or perhaps behind a marked one; one is over. */
LOCKSTAT_RARE uint64_t *lockstat_try(struct lockstat_thread *t, const struct lock *l);
LOCKSTAT_RARE uint64_t *lockstat_note(struct lockstat_thread *t, const struct lock *l,
				      uint32_t cpu);
LOCKSTAT_RARE uint64_t *lockstat_over(struct lockstat_thread *t, const struct lock *l);
LOCKSTAT_RARE void lockstat_record(struct lockstat_thread *t, const struct lock *l);

/*
 * The five events of an acquisition, in this order. Those that may have a time return where it goes, or NULL, so that
 * reading the clock is the last thing before the lock is tried or held, and the first after.
 */
static inline uint64_t *lockstat_begin(struct lockstat_thread *t, const struct lock *l)
{
	return __builtin_expect(t->drawn, 0) ? lockstat_try(t, l) : NULL;
}

/* The first attempt failed. */
LOCKSTAT_RARE uint64_t *lockstat_contended(struct lockstat_thread *t, const struct lock *l);

static inline uint64_t *lockstat_acquired(struct lockstat_thread *t, const struct lock *l,
					  uint32_t cpu)
{
	const uint32_t marks = atomic_load_explicit(&lockstat_marks, memory_order_relaxed);

	t->holding = l;
	return __builtin_expect((--t->left == 0) | t->drawn | marks, 0) ? lockstat_note(t, l, cpu) :
									  NULL;
}

static inline uint64_t *lockstat_release(struct lockstat_thread *t, const struct lock *l)
{
	return __builtin_expect(t->open, 0) ? lockstat_over(t, l) : NULL;
}

/* After the release, when nobody waits for it. */
static inline void lockstat_released(struct lockstat_thread *t, const struct lock *l)
{
	t->holding = NULL;
	if (__builtin_expect(t->open, 0))
		lockstat_record(t, l);
}

/* A flush begins; returns where the time goes, or NULL. */
static inline uint64_t *lockstat_flushes(struct lockstat_thread *t)
{
	t->flushes++;
	if (!t->holding || t->flushing || t->gap <= 1)
		return NULL;
	t->flushing = t->holding;
	t->open++;
	return &t->flush_begun;
}

/* The same of the calling thread, now: what lock.h calls. */
static inline void lockstat_note_time(uint64_t *at)
{
	if (__builtin_expect(at != NULL, 0))
		*at = clock_ticks_ordered();
}

static inline void lockstat_note_begin(const struct lock *l)
{
	lockstat_note_time(lockstat_begin(&lockstat_self, l));
}

static inline void lockstat_note_contended(const struct lock *l)
{
	lockstat_note_time(lockstat_contended(&lockstat_self, l));
}

static inline void lockstat_note_acquired(const struct lock *l)
{
	lockstat_note_time(lockstat_acquired(&lockstat_self, l, lockstat_cpu));
}

static inline void lockstat_note_release(const struct lock *l)
{
	lockstat_note_time(lockstat_release(&lockstat_self, l));
}

static inline void lockstat_note_released(const struct lock *l)
{
	lockstat_released(&lockstat_self, l);
}

/* The calling thread begins a flush. */
static inline void lockstat_flush(void)
{
	lockstat_note_time(lockstat_flushes(&lockstat_self));
}

/* Adds what @from has to @to, of one class. */
void lockstat_add(struct lockstat *to, const struct lockstat *from);
/*
 * Adds what @from recorded to @to, LOCKSTAT_CLASSES of them, where it may have recorded itself; a drawn acquisition
 * that is not over is left out. Returns how many acquisitions @from has made.
 */
uint64_t lockstat_merge(struct lockstat *to, const struct lockstat_thread *from);

#endif
