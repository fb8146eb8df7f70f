// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The coherence protocol: what an access costs that the L1 did not serve at once, and who loses the
 * line.
 */
#include "sim/coherence.h"

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t varied(uint64_t latency)
{
	return sim_memory.jitter ? sim_memory.jitter(latency, 10) : latency;
}

/* The latency of a CPU's own work varies a lot, which keeps CPUs from falling into step. */
static uint64_t varied_much(uint64_t latency)
{
	return sim_memory.jitter ? sim_memory.jitter(latency, 1) : latency;
}

static unsigned int llc_of(unsigned int core)
{
	return machine_llc_of(sim_memory.machine, core);
}

static void insert_llc(unsigned int llc, uint32_t line)
{
	if (!sim_memory.llc)
		return;
	cache_insert(&sim_memory.llc[llc], line, memory_copy(line));
	sim_memory.line[line].llc = (uint16_t)(llc + 1);
}

static bool is_valid(uint64_t copy)
{
	return copy && sim_memory.line[LINE_OF(copy)].version == VERSION_OF(copy);
}

/* The core has no copy any more. */
static void drop(unsigned int core, uint64_t copy)
{
	const uint32_t line = LINE_OF(copy);
	struct line *l = &sim_memory.line[line];

	if (l->owner == core + 1)
		l->owner = 0;
	if (l->promised == core + 1)
		l->promised = 0;
	l->holders--;
	insert_llc(llc_of(core), line);
}

static void fill_l1(struct vcpu *c, uint32_t line, uint64_t key)
{
	const uint64_t left = cache_insert(&sim_memory.l1[c->core], line, memory_copy(line));

	if (!is_valid(left))
		return;
	if (!sim_memory.l2)
		drop(c->core, left);
	/* A sibling's polls would not hit the L1 any more. */
	if (sim_memory.line[LINE_OF(left)].waiters)
		parking_wake(LINE_OF(left), key, c->core);
}

/* Into both of the core's caches; the L1's lines are all in the L2 too. */
static void fill(struct vcpu *c, uint32_t line, uint64_t key)
{
	uint64_t left;

	if (sim_memory.l2) {
		left = cache_insert(&sim_memory.l2[c->core], line, memory_copy(line));
		if (is_valid(left)) {
			cache_forget(&sim_memory.l1[c->core], LINE_OF(left), left);
			drop(c->core, left);
			if (sim_memory.line[LINE_OF(left)].waiters)
				parking_wake(LINE_OF(left), key, c->core);
		}
	}
	fill_l1(c, line, key);
}

static uint64_t memory_ps(struct vcpu *c, struct line *l)
{
	const struct machine *m = sim_memory.machine;

	if (!l->home)
		l->home = (uint16_t)(c->core + 1);
	c->counts.llc_misses++;
	return m->memory_ps[machine_node_of(m, l->home - 1U) == machine_node_of(m, c->core) ?
				    SAME_NODE :
				    OTHER_NODE];
}

/* Latency of getting a line that no core owns. */
static uint64_t fetch_ps(struct vcpu *c, uint32_t line)
{
	const struct machine *m = sim_memory.machine;
	struct line *l = &sim_memory.line[line];
	const uint64_t copy = memory_copy(line);
	const unsigned int llc = llc_of(c->core), other = l->llc - 1U;
	uint64_t ps;

	if (sim_memory.llc && cache_find(&sim_memory.llc[llc], line, copy, true))
		return m->llc_ps;
	if (l->holders)
		ps = m->transfer_ps[machine_distance(m, c->core, l->first)];
	else if (l->llc && cache_find(&sim_memory.llc[other], line, copy, true))
		ps = m->transfer_ps[machine_distance(m, c->core, other * m->cores_per_llc)];
	else
		ps = memory_ps(c, l);
	insert_llc(llc, line);
	return ps;
}

static void count_miss(struct vcpu *c, uint32_t line)
{
	c->counts.l1d_misses++;
	c->counts.coherence_misses += cache_has_stale(&sim_memory.l1[c->core], line);
}

static bool in_l2(const struct vcpu *c, uint32_t line)
{
	return sim_memory.l2 && cache_find(&sim_memory.l2[c->core], line, memory_copy(line), true);
}

/* Now @c has a copy, one of several or the only one. */
static void share(struct vcpu *c, uint32_t line)
{
	const struct machine *m = sim_memory.machine;
	struct line *l = &sim_memory.line[line];

	if (l->owner) {
		insert_llc(llc_of(l->owner - 1U), line);
		insert_llc(llc_of(c->core), line);
		l->owner = 0;
		l->written = false;
	}
	if (!l->holders) {
		l->owner = (uint16_t)(c->core + 1);
		l->promised = l->owner;
		l->first = (uint16_t)c->core;
		l->spread = SAME_CORE;
	}
	l->spread = (uint8_t)later(l->spread, machine_distance(m, l->first, c->core));
	l->holders++;
}

/* Now @c is the only one that has the line. @written: and has written it. */
static void own(struct vcpu *c, uint32_t line, bool written)
{
	struct line *l = &sim_memory.line[line];
	const bool have = cache_find(&sim_memory.l1[c->core], line, memory_copy(line), false) ||
			  in_l2(c, line);

	c->counts.invalidations += l->holders - have;
	l->version++;
	l->owner = (uint16_t)(c->core + 1);
	l->holders = 1;
	l->first = (uint16_t)c->core;
	l->spread = SAME_CORE;
	l->written = written;
	if (written)
		l->writer = l->owner;
	l->promised = written ? l->promised : l->owner;
	fill(c, line, sched_key(c, c->clock));
}

/* The request reaches the line's home: a quarter of the way there and back by the owner. */
static void reach_home(struct vcpu *c, uint64_t latency)
{
	c->clock += latency / 4;
	sched_order(c);
}

/*
 * The home has the request, and handles it when it is done with those before; @busy after that it
 * takes the next. It takes effect @travel later, when the owner is told. Until then the owner goes on.
 */
static void take_turn(struct vcpu *c, struct line *l, uint64_t travel, uint64_t busy)
{
	const uint64_t turn = later(c->clock, l->ready);

	l->ready = turn + busy;
	c->clock = turn + travel;
	sched_order(c);
}

void coherence_read_slow(struct vcpu *c, uint32_t line)
{
	const struct machine *m = sim_memory.machine;
	struct line *l = &sim_memory.line[line];
	const struct cache *l1 = &sim_memory.l1[c->core];
	uint64_t latency = 0, left;

	/*
	 * Polling one line does not change the order of use, so that the polls of a parked CPU need
	 * not be done.
	 */
	if (cache_find(l1, line, memory_copy(line), line != c->last_line))
		return;
	count_miss(c, line);
	if (in_l2(c, line)) {
		fill_l1(c, line, sched_key(c, c->clock));
		c->clock += m->l2_ps;
		return;
	}
	if (l->promised) {
		latency = varied(m->transfer_ps[machine_distance(m, c->core, l->promised - 1U)]);
		reach_home(c, latency);
	}
	if (l->promised) {
		l->promised = 0;
		take_turn(c, l, latency / 4, latency / 2);
		left = latency / 2;
	} else {
		latency = varied(fetch_ps(c, line));
		take_turn(c, l, 0, m->line_busy_ps);
		left = latency;
	}
	/* A sibling may have got it meanwhile. */
	if (!cache_find(l1, line, memory_copy(line), true)) {
		if (l->owner && l->owner != c->core + 1 &&
		    (l->written || l->writer == c->core + 1)) {
			own(c, line, false);
			parking_wake(line, sched_key(c, c->clock), MACHINE_CPUS_MAX);
		} else if (!in_l2(c, line)) {
			share(c, line);
		}
		fill(c, line, sched_key(c, c->clock));
	}
	c->clock += left;
	if (sim_memory.hold_up)
		c->clock += sim_memory.hold_up(latency);
}

/* The store completes at @done, and no earlier than those before it. Returns when. */
static uint64_t buffer_store(struct vcpu *c, uint64_t done)
{
	c->stores_done = later(c->stores_done, done);
	c->store[c->store_next] = c->stores_done;
	c->store_next =
		c->store_next + 1 == sim_memory.machine->store_buffer ? 0 : c->store_next + 1;
	return c->stores_done;
}

/*
 * An atomic waits until all stores are done, a store until there is room for it. Others may do something
 * meanwhile.
 */
static void wait_for_buffer(struct vcpu *c, bool atomic)
{
	c->clock = later(c->clock, atomic ? c->stores_done : c->store[c->store_next]);
	sched_order(c);
}

/* There and back for taking the line away from all others. */
static uint64_t own_ps(struct vcpu *c, uint32_t line, bool have)
{
	const struct machine *m = sim_memory.machine;
	struct line *l = &sim_memory.line[line];
	enum distance d = machine_distance(m, c->core, l->first);
	uint64_t latency;

	if (l->promised)
		return varied(m->transfer_ps[machine_distance(m, c->core, l->promised - 1U)]);
	latency = have ? 0 : fetch_ps(c, line);
	if (l->holders > have)
		latency = later(latency, m->transfer_ps[later(d, l->spread)]);
	return varied(latency);
}

/* The core owns the line: only its own caches and buffer matter. */
static void write_owned(struct vcpu *c, uint32_t line, bool atomic, uint64_t key)
{
	const struct machine *m = sim_memory.machine;
	struct line *l = &sim_memory.line[line];
	uint64_t latency = atomic ? varied_much(m->atomic_ps) : 0;

	if (!cache_find(&sim_memory.l1[c->core], line, memory_copy(line), line != c->last_line)) {
		count_miss(c, line);
		in_l2(c, line);
		fill_l1(c, line, key);
		latency += m->l2_ps;
	}
	l->written = true;
	l->writer = l->owner;
	if (atomic) {
		c->clock += latency;
		l->ready = later(l->ready, c->clock);
	} else {
		l->ready = later(l->ready, buffer_store(c, c->clock + latency));
	}
}

/* The CPU waits for it. Returns when it took effect. */
static uint64_t write_now(struct vcpu *c, uint32_t line, uint64_t latency)
{
	const uint64_t atomic = sim_memory.machine->atomic_ps;
	struct line *l = &sim_memory.line[line];
	uint64_t key;

	reach_home(c, latency);
	l->promised = (uint16_t)(c->core + 1);
	take_turn(c, l, latency / 4, latency / 2 + atomic);
	key = sched_key(c, c->clock);
	own(c, line, true);
	c->clock += latency / 2 + atomic;
	return key;
}

/* The CPU goes on. As its value is there at once, all others lose their copies at once, and wait. */
static uint64_t write_later(struct vcpu *c, uint32_t line, uint64_t latency)
{
	struct line *l = &sim_memory.line[line];
	const uint64_t key = sched_key(c, c->clock);
	const uint64_t turn = later(c->clock + latency / 4, l->ready);
	const uint64_t own_done = turn + latency - latency / 4;
	const uint64_t done = buffer_store(c, own_done);

	l->promised = (uint16_t)(c->core + 1);
	l->ready = turn + latency / 2 + (done - own_done);
	own(c, line, true);
	return key;
}

uint64_t coherence_write_slow(struct vcpu *c, uint32_t line, bool atomic)
{
	struct line *l = &sim_memory.line[line];
	uint64_t latency, key;
	bool in_l1, have;

	wait_for_buffer(c, atomic);
	if (l->owner == c->core + 1) {
		key = sched_key(c, c->clock);
		write_owned(c, line, atomic, key);
		return key;
	}
	in_l1 = cache_find(&sim_memory.l1[c->core], line, memory_copy(line), false);
	have = in_l1 || in_l2(c, line);
	if (!in_l1)
		count_miss(c, line);
	latency = own_ps(c, line, have);
	key = atomic ? write_now(c, line, latency) : write_later(c, line, latency);
	if (sim_memory.hold_up)
		c->clock += sim_memory.hold_up(latency);
	return key;
}
