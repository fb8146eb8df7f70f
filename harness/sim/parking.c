// SPDX-License-Identifier: GPL-2.0-or-later
/* Parks CPUs that poll a line, and works out the polls they would have done when they go on. */
#include "sim/parking.h"

#include "sim/memory.h"

static void begin_iteration(struct vcpu *c)
{
	c->spin.begin = c->clock;
	c->spin.blocks = c->counts.basic_blocks;
	c->spin.accesses = 0;
}

void parking_relax(struct vcpu *c)
{
	const uint64_t period = c->clock - c->spin.begin;

	if (c->spin.accesses != 1 || sim_memory.polling) {
		begin_iteration(c);
		return;
	}
	c->period = period;
	c->waiter = sim_memory.line[c->spin.line].waiters;
	sim_memory.line[c->spin.line].waiters = c->id + 1;
	sched_sleep();
	c->woken = false;
	begin_iteration(c);
}

/* When a parked CPU would poll next. */
static uint64_t next_poll(const struct vcpu *w)
{
	return w->clock + (w->spin.load_at - w->spin.begin);
}

/* How often it would have polled before @key: at regular times. */
static uint64_t polls_before(const struct vcpu *w, uint64_t key)
{
	const uint64_t first = next_poll(w), time = key >> SCHED_CPU_BITS;
	const uint64_t polls = time > first ? (time - first) / w->period : 0;

	return polls + (sched_key(w, first + polls * w->period) < key);
}

struct sim_counts parking_counts(const struct vcpu *c, uint64_t key)
{
	struct sim_counts counts = c->counts;

	if (c->period) {
		const uint64_t polls = polls_before(c, key);

		counts.accesses += polls;
		counts.basic_blocks += polls * (c->counts.basic_blocks - c->spin.blocks);
	}
	/* It would be on its way to the next. */
	if (c->period || c->woken)
		counts.basic_blocks += c->spin.blocks_at_load - c->spin.blocks;
	return counts;
}

/* Goes on with the first poll after @key, those before being only counted. */
static void wake(struct vcpu *w, uint64_t key)
{
	const uint64_t polls = polls_before(w, key);
	const uint64_t blocks = w->counts.basic_blocks - w->spin.blocks;

	w->clock += polls * w->period;
	w->counts.accesses += polls;
	w->computed += polls;
	w->counts.basic_blocks += polls * blocks;
	sched_wake(w, next_poll(w));
	w->period = 0;
	w->woken = true;
	/* So that what it has done in this iteration can still be told. */
	w->spin.blocks += polls * blocks;
	w->spin.blocks_at_load += polls * blocks;
}

void parking_wake(uint32_t line, uint64_t key, unsigned int core)
{
	uint32_t *link = &sim_memory.line[line].waiters;

	while (*link) {
		struct vcpu *w = &sim_memory.cpus[*link - 1];

		if (core != MACHINE_CPUS_MAX && w->core != core) {
			link = &w->waiter;
			continue;
		}
		*link = w->waiter;
		wake(w, key);
	}
}
