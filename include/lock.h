/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Spin locks under test: test-and-set with read-spin (sparc64 and ppc64 in 2015),
 * ticket (x86 then) and MCS (queued, as x86 today). One lock type, the kind chosen per run
 * by an inlined switch: the kind is an argument from read-only memory, so that the
 * first access to the lock's own line is already the atomic.
 */
#ifndef IOMMUBENCH_LOCK_H
#define IOMMUBENCH_LOCK_H

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

enum lock_kind { LOCK_TAS, LOCK_TICKET, LOCK_MCS };

/* A waiter's place in an MCS queue; on the stack of whoever acquires, untouched
 * until the matching release. The other kinds ignore it. */
struct lock_node {
	_Atomic(struct lock_node *) next;
	_Atomic uint32_t waiting;
#ifdef IOMMU_STAT
	struct lockstat_hold stat;
#endif
};

/* All zero is an unlocked lock of any kind. Not recursive. */
struct lock {
	_Atomic(struct lock_node *) tail; /* MCS: last waiter */
	_Atomic uint32_t next;            /* ticket: next to hand out; tas: 1 = held */
	_Atomic uint32_t owner;           /* ticket: now served */
#ifdef IOMMU_STAT
	struct lockstat_lock stat;
#endif
};

/*
 * Each kind in two parts: one attempt, which says whether it took the lock, and the wait
 * after an attempt that failed.
 */
static inline bool tas_try(struct lock *l)
{
	/* Acquire: the critical section must not be read or written before the
	 * exchange has seen the lock free. */
	return !atomic_exchange_explicit(&l->next, 1, memory_order_acquire);
}

static inline void tas_wait(struct lock *l)
{
	/* Only reads while it is held, so that waiters share the line until then. */
	do {
		while (atomic_load_explicit(&l->next, memory_order_relaxed))
			arch_relax();
	} while (!tas_try(l));
}

static inline bool ticket_try(struct lock *l, uint32_t *mine)
{
	/* Relaxed: drawing a ticket orders nothing, seeing its turn does. */
	*mine = atomic_fetch_add_explicit(&l->next, 1, memory_order_relaxed);
	return atomic_load_explicit(&l->owner, memory_order_acquire) == *mine;
}

static inline void ticket_wait(struct lock *l, uint32_t mine)
{
	while (atomic_load_explicit(&l->owner, memory_order_acquire) != mine)
		arch_relax();
}

static inline bool mcs_try(struct lock *l, struct lock_node *node, struct lock_node **prev)
{
	atomic_store_explicit(&node->next, NULL, memory_order_relaxed);
	atomic_store_explicit(&node->waiting, 1, memory_order_relaxed);
	/* Release publishes the two stores above to the successor that finds this
	 * node; acquire pairs with the release of an uncontended unlock. */
	*prev = atomic_exchange_explicit(&l->tail, node, memory_order_acq_rel);
	return !*prev;
}

static inline void mcs_wait(struct lock_node *node, struct lock_node *prev)
{
	/* Release: the predecessor hands over through node->waiting and must see
	 * it set to 1 first. */
	atomic_store_explicit(&prev->next, node, memory_order_release);
	while (atomic_load_explicit(&node->waiting, memory_order_acquire))
		arch_relax();
}

static inline void mcs_release(struct lock *l, struct lock_node *node)
{
	struct lock_node *next = atomic_load_explicit(&node->next, memory_order_acquire);

	if (!next) {
		struct lock_node *expected = node;

		/* Release: the critical section happens before the next exchange
		 * on tail. On failure a successor is about to link itself. */
		if (atomic_compare_exchange_strong_explicit(
			    &l->tail, &expected, NULL, memory_order_release, memory_order_relaxed))
			return;
		while (!(next = atomic_load_explicit(&node->next, memory_order_acquire)))
			arch_relax();
	}
	atomic_store_explicit(&next->waiting, 0, memory_order_release);
}

/* The switch is to be in the allocators' code, where the kind is loop-invariant and predicted. */
#define LOCK_INLINE static inline __attribute__((always_inline))

/*
 * The statistics build has the allocators twice: once recording, and once (IOMMU_UNRECORDED) with
 * locks of the same shape that do not, for the stretches between samples (--lock-sample).
 * The simulator's locks tell it what happens; that takes no virtual time.
 */
#if defined(IOMMU_SIM)
#define LOCK_STAT(event, l, node) sim_lock_##event(l, node)
#elif defined(IOMMU_STAT) && !defined(IOMMU_UNRECORDED)
#define LOCK_STAT(event, l, node)                                    \
	do {                                                         \
		if (lockstat_self)                                   \
			lockstat_##event(&(l)->stat, &(node)->stat); \
	} while (0)
#else
#define LOCK_STAT(event, l, node) ((void)0)
#endif

/* Spins until this CPU holds @l. @node: this acquisition's own, see above. */
LOCK_INLINE void lock_acquire(struct lock *l, enum lock_kind kind, struct lock_node *node)
{
	struct lock_node *prev;
	uint32_t ticket;

	LOCK_STAT(begin, l, node);
	switch (kind) {
	case LOCK_TAS:
		if (!tas_try(l)) {
			LOCK_STAT(contended, l, node);
			tas_wait(l);
		}
		break;
	case LOCK_TICKET:
		if (!ticket_try(l, &ticket)) {
			LOCK_STAT(contended, l, node);
			ticket_wait(l, ticket);
		}
		break;
	case LOCK_MCS:
		if (!mcs_try(l, node, &prev)) {
			LOCK_STAT(contended, l, node);
			mcs_wait(node, prev);
		}
		break;
	}
	LOCK_STAT(acquired, l, node);
}

/* Only by the CPU that holds @l, with the same @kind and @node. */
LOCK_INLINE void lock_release(struct lock *l, enum lock_kind kind, struct lock_node *node)
{
	LOCK_STAT(release, l, node);
	switch (kind) {
	case LOCK_TAS:
		atomic_store_explicit(&l->next, 0, memory_order_release);
		break;
	case LOCK_TICKET:
		/* Only the holder writes owner: the load needs no order. */
		atomic_store_explicit(&l->owner,
				      atomic_load_explicit(&l->owner, memory_order_relaxed) + 1,
				      memory_order_release);
		break;
	case LOCK_MCS:
		mcs_release(l, node);
		break;
	}
	LOCK_STAT(released, l, node);
}

/* Names a lock, once, before it is used; the statistics build reports it under that name. */
static inline void lock_name(struct lock *l, const char *name, unsigned int number)
{
#if defined(IOMMU_SIM)
	sim_lock_name(l, name, number);
#elif defined(IOMMU_STAT)
	l->stat.id = lockstat_id(name, number);
#else
	(void)l, (void)name, (void)number;
#endif
}

#endif
