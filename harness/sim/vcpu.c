// SPDX-License-Identifier: GPL-2.0-or-later
/* Schedules the coroutines: the CPU with the smallest (clock, number) runs. */
#include "sim/vcpu.h"

#include <string.h>

#include "sim/arch/switch.h"

struct vcpu *sim_cpu;
uint64_t sim_limit;

/*
 * Who is next: a tournament. Leaf i is CPU i's key, each node above the smaller of its two: as
 * the key contains the number, the root names the winner. The running CPU's leaf is out of date
 * until it yields, and with it the nodes above, which are then all made anew.
 */
static struct {
	struct vcpu *cpus;
	unsigned int count, leaves; /* leaves: a power of two */
	unsigned int left;          /* not returned yet */
	unsigned int waiting;       /* at the barrier */
	bool aborted;
	void *outside; /* where sched_run() was left */
	uint64_t tree[2 * MACHINE_CPUS_MAX];
} s;

static void set_leaf(uint32_t id, uint64_t key)
{
	unsigned int i = s.leaves + id;

	s.tree[i] = key;
	/* All the way up: to stop where nothing changes costs more, as nobody can predict where. */
	for (; i > 1; i /= 2) {
		const uint64_t other = s.tree[i ^ 1];

		key = other < key ? other : key;
		s.tree[i / 2] = key;
	}
}

/* The smallest key but @id's: what the path from its leaf to the root is compared with. */
static uint64_t others_min(uint32_t id)
{
	uint64_t min = SCHED_NEVER;

	for (unsigned int i = s.leaves + id; i > 1; i /= 2) {
		uint64_t other = s.tree[i ^ 1];

		min = other < min ? other : min;
	}
	return min;
}

/* Goes on with the earliest CPU; out of sched_run() if none can ever run. */
static void resume_earliest(struct vcpu *from)
{
	const uint64_t key = s.tree[1];
	struct vcpu *to;

	if (key == SCHED_NEVER) {
		sim_cpu = NULL;
		arch_switch(&from->sp, s.outside);
		return;
	}
	to = &s.cpus[key & (MACHINE_CPUS_MAX - 1)];
	sim_limit = others_min(to->id);
	if (to == from)
		return;
	sim_cpu = to;
	arch_switch(&from->sp, to->sp);
}

void sched_yield_now(void)
{
	struct vcpu *c = sim_cpu;

	set_leaf(c->id, sched_key(c, c->clock));
	resume_earliest(c);
}

void sched_sleep(void)
{
	struct vcpu *c = sim_cpu;

	set_leaf(c->id, SCHED_NEVER);
	resume_earliest(c);
}

void sched_wake(struct vcpu *c, uint64_t at)
{
	const uint64_t key = sched_key(c, at);

	set_leaf(c->id, key);
	if (key < sim_limit)
		sim_limit = key;
}

void sched_barrier(void)
{
	uint64_t latest = 0;

	if (++s.waiting < s.left) {
		sched_sleep();
		return;
	}
	s.waiting = 0;
	for (unsigned int i = 0; i < s.count; i++)
		latest = s.cpus[i].clock > latest ? s.cpus[i].clock : latest;
	for (unsigned int i = 0; i < s.count; i++) {
		if (s.cpus[i].returned)
			continue;
		s.cpus[i].clock = latest;
		sched_wake(&s.cpus[i], latest);
	}
	resume_earliest(sim_cpu);
}

static void vcpu_main(void)
{
	sim_cpu->main(sim_cpu->arg);
	sim_cpu->returned = true;
	s.left--;
	sched_sleep();
}

bool sched_run(struct vcpu *cpus, unsigned int count, void *stacks, size_t stack_size)
{
	memset(&s, 0, sizeof(s));
	s.cpus = cpus;
	s.count = count;
	s.left = count;
	for (s.leaves = 1; s.leaves < count; s.leaves *= 2)
		;
	for (unsigned int i = 0; i < 2 * s.leaves; i++)
		s.tree[i] = SCHED_NEVER;
	for (unsigned int i = 0; i < count; i++) {
		cpus[i].sp =
			arch_switch_prepare((char *)stacks + i * stack_size, stack_size, vcpu_main);
		set_leaf(i, sched_key(&cpus[i], cpus[i].clock));
	}
	sim_cpu = &cpus[s.tree[1] & (MACHINE_CPUS_MAX - 1)];
	sim_limit = others_min(sim_cpu->id);
	arch_switch(&s.outside, sim_cpu->sp);
	sim_cpu = NULL;
	return !s.aborted && !s.left;
}

void sched_abort(void)
{
	void *here;

	s.aborted = true;
	sim_cpu = NULL;
	arch_switch(&here, s.outside);
	__builtin_unreachable();
}

void sim_counts_add(struct sim_counts *to, const struct sim_counts *begin,
		    const struct sim_counts *end)
{
	to->accesses += end->accesses - begin->accesses;
	to->basic_blocks += end->basic_blocks - begin->basic_blocks;
	to->l1d_misses += end->l1d_misses - begin->l1d_misses;
	to->llc_misses += end->llc_misses - begin->llc_misses;
	to->coherence_misses += end->coherence_misses - begin->coherence_misses;
	to->invalidations += end->invalidations - begin->invalidations;
}
