/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spin locks under test, of 4 bytes as in the kernel, the same in every build: test-and-set with
 * read-spin (sparc64 and ppc64 in 2015), ticket (x86 then) and queued (Linux since 4.2). The kind is
 * chosen per run by an inlined switch; it and the queue's nodes stand in read-only memory beside
 * the map, so that the first access to the lock's own line is already the atomic.
 *
 * What is recorded of a lock is kept elsewhere and found by its address (lockstat.h).
 */
#ifndef IOMMUBENCH_LOCK_H
#define IOMMUBENCH_LOCK_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arch_relax.h"
#if defined(IOMMU_SIM)
#include "simlock.h"
#elif defined(IOMMU_STAT)
#include "lockstat.h"
#endif

/* No two independently written objects share such a block: covers the 128-byte
 * lines of POWER and the adjacent-line prefetch of x86. */
#define IOMMU_CACHE_LINE 128

enum lock_kind { LOCK_TAS, LOCK_TICKET, LOCK_QUEUED };

/*
 * All zero is an unlocked lock of any kind. Not recursive. The halves and bytes are those of the word by
 * value, in either byte order:
 * - tas: the word is 1 while it is held;
 * - ticket: low is the ticket served now, high the next one to hand out;
 * - queued: locked and pending are 0 or 1, high is the tail: (CPU + 1) << 2 | node of the last
 *   waiter in the queue, 0 for none.
 */
struct lock {
	union {
		_Atomic uint32_t word;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
		struct {
			_Atomic uint16_t low, high;
		};
		struct {
			_Atomic uint8_t locked, pending;
		};
#else
		struct {
			_Atomic uint16_t high, low;
		};
		struct {
			uint8_t tail[2];
			_Atomic uint8_t pending, locked;
		};
#endif
	};
};
static_assert(sizeof(struct lock) == 4, "as the kernel's spinlock_t");

/* A waiter's place in a queue, of the size of Linux's struct mcs_spinlock. */
struct lock_node {
	_Atomic(struct lock_node *) next;
	_Atomic uint32_t locked; /* 1: its turn has come */
	uint32_t count;          /* of a CPU's first node: how many are in use */
};

/* A CPU waits for one lock at a time, and as often again in each kind of interrupt; used by that CPU
 * and its neighbours in a queue. */
#define LOCK_NODES 4
struct lock_nodes {
	_Alignas(IOMMU_CACHE_LINE) struct lock_node node[LOCK_NODES];
};

/* How the locks of a map are taken. Does not change while they are used. */
struct lock_scheme {
	enum lock_kind kind;
	struct lock_nodes *nodes; /* one a CPU number, zeroed; only for LOCK_QUEUED */
};

/* The most CPU numbers that a queue's tail can tell apart. */
#define LOCK_CPUS_MAX ((1 << 14) - 2)

/*
 * Each kind in two parts: one attempt, which says whether it took the lock, and the wait
 * after an attempt that failed.
 */
static inline bool tas_try(struct lock *l)
{
	/* Acquire: the critical section must not be read or written before the
	 * exchange has seen the lock free. */
	return !atomic_exchange_explicit(&l->word, 1, memory_order_acquire);
}

static inline void tas_wait(struct lock *l)
{
	/* Only reads while it is held, so that waiters share the line until then. */
	do {
		while (atomic_load_explicit(&l->word, memory_order_relaxed))
			arch_relax();
	} while (!tas_try(l));
}

static inline bool ticket_try(struct lock *l, uint16_t *mine)
{
	/* Acquire, for where the turn has come already: the load that sees it is part of this
	 * operation. Beyond 2^16 the next ticket wraps out of the word, as it should. */
	uint32_t word =
		atomic_fetch_add_explicit(&l->word, UINT32_C(1) << 16, memory_order_acquire);

	*mine = (uint16_t)(word >> 16);
	return (uint16_t)word == *mine;
}

static inline void ticket_wait(struct lock *l, uint16_t mine)
{
	/* Acquire: pairs with the release of the holder before. */
	while (atomic_load_explicit(&l->low, memory_order_acquire) != mine)
		arch_relax();
}

#define LOCK_LOCKED  UINT32_C(1)
#define LOCK_PENDING (UINT32_C(1) << 8)
/* What a first waiter that takes over from pending is waited for at most, as on x86. */
#define LOCK_PENDING_POLLS 512

/* *@word becomes what was there. */
static inline bool queued_try(struct lock *l, uint32_t *word)
{
	*word = 0;
	/* Acquire as in tas_try(); on failure it is only a hint what to try next. */
	return atomic_compare_exchange_strong_explicit(&l->word, word, LOCK_LOCKED,
						       memory_order_acquire, memory_order_relaxed);
}

/* The first to find the lock taken, with nobody waiting: it waits on the lock itself. False where it was
 * not the first. @word is what the first attempt saw. */
static inline bool queued_wait_pending(struct lock *l, uint32_t word)
{
	/* Relaxed: a hint whether it is worth trying. */
	for (int polls = 0; word == LOCK_PENDING && polls < LOCK_PENDING_POLLS; polls++) {
		arch_relax();
		word = atomic_load_explicit(&l->word, memory_order_relaxed);
	}
	if (word & ~LOCK_LOCKED)
		return false;
	/* Acquire: where the lock was free by now, this takes it. */
	word = atomic_fetch_or_explicit(&l->word, LOCK_PENDING, memory_order_acquire);
	if (word & ~LOCK_LOCKED) {
		/* Relaxed: it guards nothing. Somebody else's is left as it is. */
		if (!(word & LOCK_PENDING))
			atomic_store_explicit(&l->pending, 0, memory_order_relaxed);
		return false;
	}
	/* Acquire: pairs with the holder's release. */
	while (word && atomic_load_explicit(&l->locked, memory_order_acquire))
		arch_relax();
	/* Relaxed: only who is pending changes this half while the lock is free: 0,1 becomes 1,0. */
	atomic_store_explicit(&l->low, (uint16_t)LOCK_LOCKED, memory_order_relaxed);
	return true;
}

static inline struct lock_node *lock_node_of(const struct lock_scheme *how, uint16_t tail)
{
	return &how->nodes[(tail >> 2) - 1].node[tail & (LOCK_NODES - 1)];
}

/* Waits in the queue until all before it have had the lock, and takes it. */
static inline void queued_wait_in_line(struct lock *l, const struct lock_scheme *how,
				       struct lock_node *node, uint16_t tail)
{
	struct lock_node *next = NULL;
	uint32_t word;
	uint16_t prev;

	atomic_store_explicit(&node->locked, 0, memory_order_relaxed);
	atomic_store_explicit(&node->next, NULL, memory_order_relaxed);
	/* It may be free by now. Looks first: the others poll the line. */
	if (!atomic_load_explicit(&l->word, memory_order_relaxed) && queued_try(l, &word))
		return;
	/* Release publishes the two stores above to the successor that finds this node by the tail,
	 * acquire shows this one its predecessor's. */
	prev = atomic_exchange_explicit(&l->high, tail, memory_order_acq_rel);
	if (prev) {
		/* Release: the predecessor hands over through the node and must see it ready. */
		atomic_store_explicit(&lock_node_of(how, prev)->next, node, memory_order_release);
		/* Acquire: what was done under the lock before it was handed on. */
		while (!atomic_load_explicit(&node->locked, memory_order_acquire))
			arch_relax();
		/* Acquire: pairs with the release by which the successor, if there is one, linked its node. */
		next = atomic_load_explicit(&node->next, memory_order_acquire);
		if (next)
			__builtin_prefetch(next, 1);
	}
	/* Acquire: pairs with the release of the holder, or of who was pending. */
	while ((word = atomic_load_explicit(&l->word, memory_order_acquire)) & UINT32_C(0xffff))
		arch_relax();
	/* Relaxed, both: the load above has the order, and who queues next is ordered by the tail. */
	if (word == (uint32_t)tail << 16 &&
	    atomic_compare_exchange_strong_explicit(&l->word, &word, LOCK_LOCKED,
						    memory_order_relaxed, memory_order_relaxed))
		return;
	atomic_store_explicit(&l->locked, 1, memory_order_relaxed);
	/* Acquire as above. */
	while (!next && !(next = atomic_load_explicit(&node->next, memory_order_acquire)))
		arch_relax();
	atomic_store_explicit(&next->locked, 1, memory_order_release);
}

/* Out of line, as in the kernel: what is fast is one compare-and-exchange. */
static __attribute__((noinline, unused)) void
queued_wait(struct lock *l, const struct lock_scheme *how, unsigned int cpu, uint32_t word)
{
	struct lock_node *first = &how->nodes[cpu].node[0];
	unsigned int used;

	if (queued_wait_pending(l, word))
		return;
	used = first->count++;
	queued_wait_in_line(l, how, first + used, (uint16_t)((cpu + 1) << 2 | used));
	first->count--;
}

/* The switch is to be in the allocators' code, where the kind is loop-invariant and predicted. */
#define LOCK_INLINE static inline __attribute__((always_inline))

/* Records, in the builds that do; the simulator's takes no virtual time unless it is asked to. */
#if defined(IOMMU_SIM)
#define LOCK_EVENT(event, l) sim_lock_##event(l)
#elif defined(IOMMU_STAT)
#define LOCK_EVENT(event, l) lockstat_note_##event(l)
#else
#define LOCK_EVENT(event, l) ((void)0)
#endif

/* Spins until CPU @cpu holds @l. No two threads use the same @cpu at once. */
LOCK_INLINE void lock_acquire(struct lock *l, const struct lock_scheme *how, unsigned int cpu)
{
	uint16_t ticket;
	uint32_t word;

	LOCK_EVENT(begin, l);
	switch (how->kind) {
	case LOCK_TAS:
		if (!tas_try(l)) {
			LOCK_EVENT(contended, l);
			tas_wait(l);
		}
		break;
	case LOCK_TICKET:
		if (!ticket_try(l, &ticket)) {
			LOCK_EVENT(contended, l);
			ticket_wait(l, ticket);
		}
		break;
	case LOCK_QUEUED:
		if (__builtin_expect(!queued_try(l, &word), 0)) {
			LOCK_EVENT(contended, l);
			queued_wait(l, how, cpu, word);
		}
		break;
	}
	LOCK_EVENT(acquired, l);
}

/* Only by who holds @l, with the same @how. */
LOCK_INLINE void lock_release(struct lock *l, const struct lock_scheme *how)
{
	LOCK_EVENT(release, l);
	switch (how->kind) {
	case LOCK_TAS:
		atomic_store_explicit(&l->word, 0, memory_order_release);
		break;
	case LOCK_TICKET:
		/* Only the holder writes this half: the load needs no order. */
		atomic_store_explicit(
			&l->low,
			(uint16_t)(atomic_load_explicit(&l->low, memory_order_relaxed) + 1),
			memory_order_release);
		break;
	case LOCK_QUEUED:
		atomic_store_explicit(&l->locked, 0, memory_order_release);
		break;
	}
	LOCK_EVENT(released, l);
}

/*
 * Says, once and before it is used, that @l is one of the locks called @class: what is recorded of all
 * of a class goes together, as in /proc/lock_stat. @class stays the caller's.
 */
static inline void lock_name(struct lock *l, const char *class)
{
#if defined(IOMMU_SIM) || defined(IOMMU_STAT)
	lockstat_name(l, class);
#else
	(void)l, (void)class;
#endif
}

#endif
