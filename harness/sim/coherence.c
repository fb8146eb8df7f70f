// SPDX-License-Identifier: GPL-2.0-or-later
/* See coherence.h. */
#include "sim/coherence.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define LINE_OF(copy)    ((uint32_t)((copy) >> 32) - 1)
#define VERSION_OF(copy) ((uint32_t)(copy))

/* No allocation shares a line, or a pair of lines that a CPU might fetch together. */
#define ALIGNMENT_MIN 256

struct coherence sim_memory;

static uint64_t later(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t varied(uint64_t latency)
{
	return sim_memory.jitter ? sim_memory.jitter(latency, 10) : latency;
}

/* Of a CPU's own work: that keeps CPUs from falling into step. */
static uint64_t varied_much(uint64_t latency)
{
	return sim_memory.jitter ? sim_memory.jitter(latency, 1) : latency;
}

static unsigned int llc_of(unsigned int core)
{
	return machine_llc_of(sim_memory.machine, core);
}

/* Is @copy there? @touch: it is then the latest used. */
static bool find(const struct copies *s, uint32_t line, uint64_t copy, bool touch)
{
	uint64_t *set = copies_set(s, line);

	for (uint32_t i = 0; i < s->ways; i++) {
		if (set[i] != copy)
			continue;
		if (touch && i) {
			memmove(set + 1, set, i * sizeof(*set));
			set[0] = copy;
		}
		return true;
	}
	return false;
}

/* Was the line there until another core's write? */
static bool has_stale(const struct copies *s, uint32_t line)
{
	const uint64_t *set = copies_set(s, line);

	for (uint32_t i = 0; i < s->ways; i++) {
		if (set[i] && LINE_OF(set[i]) == line)
			return true;
	}
	return false;
}

static void forget(const struct copies *s, uint32_t line, uint64_t copy)
{
	uint64_t *set = copies_set(s, line);

	for (uint32_t i = 0; i < s->ways; i++) {
		if (set[i] == copy)
			set[i] = 0;
	}
}

/* Puts @copy in front; returns what had to leave, 0 for nothing. */
static uint64_t insert(const struct copies *s, uint32_t line, uint64_t copy)
{
	uint64_t *set = copies_set(s, line), left;
	uint32_t i = 0;

	/* In the place of an older version of its own, or an empty one, or the one used longest ago. */
	while (i < s->ways - 1 && set[i] && LINE_OF(set[i]) != line)
		i++;
	left = set[i];
	memmove(set + 1, set, i * sizeof(*set));
	set[0] = copy;
	return left && LINE_OF(left) != line ? left : 0;
}

static void insert_llc(unsigned int llc, uint32_t line)
{
	if (!sim_memory.llc)
		return;
	insert(&sim_memory.llc[llc], line, coherence_copy(line));
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
	const uint64_t left = insert(&sim_memory.l1[c->core], line, coherence_copy(line));

	if (!is_valid(left))
		return;
	if (!sim_memory.l2)
		drop(c->core, left);
	/* A sibling's polls would not hit the L1 any more. */
	if (sim_memory.line[LINE_OF(left)].waiters)
		coherence_wake(LINE_OF(left), key, c->core);
}

/* Into both of the core's caches; the L1's lines are all in the L2 too. */
static void fill(struct vcpu *c, uint32_t line, uint64_t key)
{
	uint64_t left;

	if (sim_memory.l2) {
		left = insert(&sim_memory.l2[c->core], line, coherence_copy(line));
		if (is_valid(left)) {
			forget(&sim_memory.l1[c->core], LINE_OF(left), left);
			drop(c->core, left);
			if (sim_memory.line[LINE_OF(left)].waiters)
				coherence_wake(LINE_OF(left), key, c->core);
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
	const uint64_t copy = coherence_copy(line);
	const unsigned int llc = llc_of(c->core), other = l->llc - 1U;
	uint64_t ps;

	if (sim_memory.llc && find(&sim_memory.llc[llc], line, copy, true))
		return m->llc_ps;
	if (l->holders)
		ps = m->transfer_ps[machine_distance(m, c->core, l->first)];
	else if (l->llc && find(&sim_memory.llc[other], line, copy, true))
		ps = m->transfer_ps[machine_distance(m, c->core, other * m->cores_per_llc)];
	else
		ps = memory_ps(c, l);
	insert_llc(llc, line);
	return ps;
}

static void count_miss(struct vcpu *c, uint32_t line)
{
	c->counts.l1d_misses++;
	c->counts.coherence_misses += has_stale(&sim_memory.l1[c->core], line);
}

static bool in_l2(const struct vcpu *c, uint32_t line)
{
	return sim_memory.l2 && find(&sim_memory.l2[c->core], line, coherence_copy(line), true);
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
	const bool have =
		find(&sim_memory.l1[c->core], line, coherence_copy(line), false) || in_l2(c, line);

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
	const struct copies *l1 = &sim_memory.l1[c->core];
	uint64_t latency = 0, left;

	/* Polls of one line leave the order of use as it is, so that a parked CPU's need not be done. */
	if (find(l1, line, coherence_copy(line), line != c->last_line))
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
	if (!find(l1, line, coherence_copy(line), true)) {
		if (l->owner && l->owner != c->core + 1 &&
		    (l->written || l->writer == c->core + 1)) {
			own(c, line, false);
			coherence_wake(line, sched_key(c, c->clock), MACHINE_CPUS_MAX);
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

	if (!find(&sim_memory.l1[c->core], line, coherence_copy(line), line != c->last_line)) {
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
	in_l1 = find(&sim_memory.l1[c->core], line, coherence_copy(line), false);
	have = in_l1 || in_l2(c, line);
	if (!in_l1)
		count_miss(c, line);
	latency = own_ps(c, line, have);
	key = atomic ? write_now(c, line, latency) : write_later(c, line, latency);
	if (sim_memory.hold_up)
		c->clock += sim_memory.hold_up(latency);
	return key;
}

static void begin_iteration(struct vcpu *c)
{
	c->spin.begin = c->clock;
	c->spin.blocks = c->counts.basic_blocks;
	c->spin.accesses = 0;
}

void coherence_relax(struct vcpu *c)
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

struct sim_counts coherence_counts(const struct vcpu *c, uint64_t key)
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

void coherence_wake(uint32_t line, uint64_t key, unsigned int core)
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

/* Zeroed pages that are only there when they are touched; NULL if there are none. */
static void *reserve(uint64_t bytes)
{
	struct coherence *m = &sim_memory;
	void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
	m->reserved[m->reserved_count].pages = pages;
	m->reserved[m->reserved_count++].bytes = bytes;
	return pages;
}

/* @count caches of one shape; NULL if memory is short. */
static struct copies *make_caches(const struct machine_cache *shape, unsigned int count)
{
	const size_t each = (size_t)shape->sets * shape->ways;
	struct copies *c = reserve(count * sizeof(*c));
	uint64_t *copy = reserve(count * each * sizeof(*copy));

	for (unsigned int i = 0; c && copy && i < count; i++)
		c[i] = (struct copies){
			.copy = copy + i * each, .set_mask = shape->sets - 1, .ways = shape->ways};
	return copy ? c : NULL;
}

static bool make_all_caches(const struct machine *m)
{
	const unsigned int cores = machine_cores(m);

	sim_memory.l1 = make_caches(&m->l1, cores);
	if (m->l2.ways)
		sim_memory.l2 = make_caches(&m->l2, cores);
	if (m->llc.ways)
		sim_memory.llc = make_caches(&m->llc, cores / m->cores_per_llc);
	return sim_memory.l1 && (sim_memory.l2 || !m->l2.ways) && (sim_memory.llc || !m->llc.ways);
}

/* Threads that share a core's pipelines slow each other down when there are more than those. */
static void place(struct vcpu *c, unsigned int id, unsigned int count)
{
	const struct machine *m = sim_memory.machine;
	const unsigned int cores = machine_cores(m);
	unsigned int threads;

	c->id = id;
	c->core = machine_core_of(m, id);
	threads = (count - c->core + cores - 1) / cores;
	c->block_ps = m->block_ps;
	if (threads > m->issue_threads)
		c->block_ps = m->block_ps * threads / m->issue_threads;
}

int coherence_open(const struct machine *m, struct vcpu *cpus, unsigned int count, uint64_t bytes,
		   struct error *e)
{
	const uint64_t size = (bytes + 4095) / 4096 * 4096;
	uint64_t *stores;
	void *base;

	memset(&sim_memory, 0, sizeof(sim_memory));
	sim_memory.machine = m;
	sim_memory.cpus = cpus;
	sim_memory.shift = m->line_shift;
	if (size > COHERENCE_SIZE_MAX)
		return error_set(e,
				 "simulated memory of %llu bytes is more than %llu: fewer CPUs or "
				 "entries",
				 (unsigned long long)size, (unsigned long long)COHERENCE_SIZE_MAX);
	/* Always at the same place, or the caches' sets would depend on chance. */
	base = mmap((void *)(uintptr_t)COHERENCE_BASE, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	if (base != (void *)(uintptr_t)COHERENCE_BASE)
		return error_set(e, "cannot put simulated memory at %#llx",
				 (unsigned long long)COHERENCE_BASE);
	sim_memory.bytes = size;
	sim_memory.line = reserve((size >> m->line_shift) * sizeof(struct line));
	stores = reserve((uint64_t)count * m->store_buffer * sizeof(*stores));
	if (!sim_memory.line || !stores || !make_all_caches(m))
		return error_set(e, "no memory for %u simulated CPUs", count);
	for (unsigned int i = 0; i < count; i++) {
		place(&cpus[i], i, count);
		cpus[i].store = stores + (size_t)i * m->store_buffer;
	}
	return 0;
}

void coherence_close(void)
{
	if (sim_memory.bytes)
		munmap((void *)(uintptr_t)COHERENCE_BASE, sim_memory.bytes);
	while (sim_memory.reserved_count) {
		sim_memory.reserved_count--;
		munmap(sim_memory.reserved[sim_memory.reserved_count].pages,
		       sim_memory.reserved[sim_memory.reserved_count].bytes);
	}
	memset(&sim_memory, 0, sizeof(sim_memory));
}

void *coherence_alloc(uint64_t bytes)
{
	const uint64_t align = later(ALIGNMENT_MIN, UINT64_C(1) << sim_memory.shift);
	const uint64_t size = (bytes + align - 1) / align * align;
	uint64_t at = COHERENCE_BASE + sim_memory.used;

	if (size > sim_memory.bytes - sim_memory.used)
		return NULL;
	sim_memory.used += size;
	return (void *)(uintptr_t)at;
}
