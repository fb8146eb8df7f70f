// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Records simulated lock acquisitions. Locks are told apart by their address, so that statistics
 * take no room in them.
 */
#include "sim/locks.h"

#include <stdlib.h>
#include <string.h>

#include "simlock.h"
#include "sim/coherence.h"

#define SLOTS 128 /* a power of two well above LOCKSTAT_LOCKS */

static struct {
	struct sim_locks_cpu *cpus;
	struct lockstat *stats;
	struct slot {
		const void *lock;
		uint32_t id;
		uint32_t last_cpu; /* + 1: who held it last */
	} slot[SLOTS];
} s;

void sim_locks_reset(struct sim_locks_cpu *cpus, struct lockstat *stats)
{
	memset(&s, 0, sizeof(s));
	s.cpus = cpus;
	s.stats = stats;
}

/* The lock's slot, or the free one where it would be; the last one once all are taken. */
static struct slot *slot_of(const void *lock)
{
	unsigned int i = (unsigned int)((uintptr_t)lock / 64 % SLOTS);

	for (unsigned int n = 0; n < SLOTS - 1 && s.slot[i].lock && s.slot[i].lock != lock; n++)
		i = (i + 1) % SLOTS;
	return &s.slot[i];
}

void sim_lock_name(const struct lock *l, const char *name, unsigned int number)
{
	struct slot *slot = slot_of(l);

	slot->lock = l;
	slot->id = lockstat_id(name, number);
}

/* The CPU's acquisition of @l, which is not over. */
static struct sim_hold *hold_of(const struct lock *l)
{
	struct sim_locks_cpu *c = &s.cpus[sim_cpu->id];

	for (unsigned int i = c->depth; i > 0; i--) {
		if (c->hold[i - 1].lock == l)
			return &c->hold[i - 1];
	}
	return NULL;
}

void sim_lock_begin(const struct lock *l, const struct lock_node *node)
{
	struct sim_locks_cpu *c;

	(void)node;
	if (!sim_cpu)
		return;
	c = &s.cpus[sim_cpu->id];
	if (c->depth == SIM_HOLDS_MAX)
		abort();
	c->hold[c->depth++] = (struct sim_hold){.lock = l};
}

void sim_lock_contended(const struct lock *l, const struct lock_node *node)
{
	struct sim_hold *h;

	(void)node;
	if (!sim_cpu)
		return;
	h = hold_of(l);
	h->contended = true;
	h->tried = sim_cpu->clock;
}

void sim_lock_acquired(const struct lock *l, const struct lock_node *node)
{
	struct slot *slot = slot_of(l);
	struct sim_hold *h;

	(void)node;
	if (!sim_cpu)
		return;
	h = hold_of(l);
	h->bounced = slot->last_cpu && slot->last_cpu != sim_cpu->id + 1;
	slot->last_cpu = sim_cpu->id + 1;
	h->acquired = sim_cpu->clock;
	h->flushes = s.cpus[sim_cpu->id].flushes;
}

void sim_lock_release(const struct lock *l, const struct lock_node *node)
{
	(void)node;
	if (sim_cpu)
		hold_of(l)->released = sim_cpu->clock;
}

static void record(struct lockstat *stat, const struct sim_hold *h, bool flushed)
{
	stat->acquisitions++;
	stat->acq_bounces += h->bounced;
	if (h->contended) {
		stat->contentions++;
		stat->con_bounces += h->bounced;
		hist_record(&stat->wait, h->acquired - h->tried);
	}
	hist_record(&stat->hold, h->released - h->acquired);
	if (flushed)
		hist_record(&stat->hold_flush, h->released - h->acquired);
}

void sim_lock_released(const struct lock *l, const struct lock_node *node)
{
	struct sim_locks_cpu *c;
	struct sim_hold *h;

	(void)node;
	if (!sim_cpu)
		return;
	c = &s.cpus[sim_cpu->id];
	h = hold_of(l);
	if (c->recording)
		record(&s.stats[slot_of(l)->id], h, c->flushes != h->flushes);
	*h = c->hold[--c->depth];
}
