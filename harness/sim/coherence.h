/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Coherent caches, in the manner of a directory with MESI states.
 *
 * Each line of simulated memory has a version, which changes when a core takes it for itself to write; a
 * cached copy is valid while it is of the line's version, so taking copies away costs no search.
 * A line is exclusive to one core (clean or dirty: the next reader must ask that core either way), shared by
 * several, or in no core. Reading a line that its owner has written takes it away from there, as the reader
 * mostly writes it next (migratory sharing); a second reader then shares it, but for the one that wrote it last,
 * whose next store is under way by then. An access that cannot be served by the core's own caches is a transaction of its
 * line: the request reaches the line's home a quarter of its latency later, the owner after another quarter,
 * and the data is back after the other half. It takes effect at the owner: until then the owner goes on. The home
 * handles one transaction of a line after the other. Without that, a contended line would cost the
 * hundredth waiter as little as the first.
 *
 * Stores go through a buffer: the CPU goes on while the line is fetched, until the buffer is full or an atomic
 * read-modify-write waits for it to drain. Loads and atomics make the CPU wait. Values are those of sequential
 * consistency: what a store wrote is read by accesses later in virtual time, which wait for the line.
 */
#ifndef IOMMUBENCH_SIM_COHERENCE_H
#define IOMMUBENCH_SIM_COHERENCE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "sim/machine.h"
#include "sim/vcpu.h"

/* Simulated memory lies where it does, so that address randomisation changes nothing. */
#define COHERENCE_BASE     UINT64_C(0x1000000000)
#define COHERENCE_SIZE_MAX (UINT64_C(1) << 34)

struct line {
	uint32_t version;
	uint32_t waiters; /* first CPU parked on it + 1 */
	uint64_t ready;   /* when the next transaction may begin */
	uint16_t owner;   /* core + 1 that has it exclusively, or 0 */
	uint16_t
		promised; /* the same when all transactions its home has accepted have taken effect */
	uint16_t holders; /* cores that have a valid copy */
	uint16_t first;   /* core that got the first of them */
	uint16_t llc;     /* last-level cache + 1 that got it last, or 0 */
	uint16_t home;    /* core + 1 that touched it first: its node has the memory */
	uint8_t spread;   /* enum distance of the farthest holder from the first */
	uint8_t written;  /* by its owner, since that got it */
	uint16_t writer;  /* core + 1 that wrote it last */
};

/* Copies in a cache: (line + 1) << 32 | version, by set, the latest used first. */
struct copies {
	uint64_t *copy; /* sets x ways; NULL: there is no such cache */
	uint32_t set_mask;
	uint32_t ways;
};

struct coherence {
	const struct machine *machine;
	unsigned int shift; /* log2 of a line's bytes */
	struct line *line;
	uint64_t bytes; /* of simulated memory */
	uint64_t used;
	struct copies *l1, *l2; /* by core */
	struct copies *llc;     /* by last-level cache */
	struct vcpu *cpus;
	/* Varies a latency by up to a @part-th of it; NULL: it is as its figure says (explore.h). */
	uint64_t (*jitter)(uint64_t latency, unsigned int part);
	/* How long the CPU is held up after a transaction that took so long; NULL: never. */
	uint64_t (*hold_up)(uint64_t latency);
	bool polling; /* never park a CPU: simulate each poll */
	struct {
		void *pages;
		uint64_t bytes;
	} reserved[8]; /* what coherence_close() gives back */
	unsigned int reserved_count;
};

/* The one machine that is simulated. */
extern struct coherence sim_memory;

/*
 * Empty caches and @bytes of zeroed memory for the machine's first @count CPUs. 0, or -EINVAL with *e set
 * if memory is short. coherence_close() in either case.
 */
int coherence_open(const struct machine *m, struct vcpu *cpus, unsigned int count, uint64_t bytes,
		   struct error *e);
void coherence_close(void);

/* Zeroed simulated memory that shares no line with any other; NULL when it is used up. */
void *coherence_alloc(uint64_t bytes);

/* What the rest of an access costs that the core's first way of its L1 did not serve. */
void coherence_read_slow(struct vcpu *c, uint32_t line);
/* Returns when the write took effect, as a sched_key(). */
uint64_t coherence_write_slow(struct vcpu *c, uint32_t line, bool atomic);

/*
 * An iteration of a spin loop is over. If it was nothing but one load that hit, and so will be all that follow
 * until the line is written or leaves the cache, the CPU is parked and the polls of that time are only
 * counted. That is exact as long as the loop itself keeps no count of its iterations.
 */
void coherence_relax(struct vcpu *c);

/*
 * What was polled changed just at @key (sched_key()): the CPUs parked on @line, or only those of @core,
 * go on with their first poll after that.
 */
void coherence_wake(uint32_t line, uint64_t key, unsigned int core);

/* What @c has done before @key (sched_key()), with the polls it would have done had it not been parked. */
struct sim_counts coherence_counts(const struct vcpu *c, uint64_t key);

static inline uint64_t coherence_copy(uint32_t line)
{
	return (uint64_t)(line + 1) << 32 | sim_memory.line[line].version;
}

static inline uint64_t *copies_set(const struct copies *c, uint32_t line)
{
	return c->copy + (size_t)(line & c->set_mask) * c->ways;
}

/* Memory that is not simulated is constant, or its core's own registers: it costs nothing. */
static inline bool coherence_line(const volatile void *address, uint32_t *line)
{
	uint64_t offset = (uint64_t)(uintptr_t)address - COHERENCE_BASE;

	if (__builtin_expect(offset >= sim_memory.bytes, 0))
		return false;
	*line = (uint32_t)(offset >> sim_memory.shift);
	return true;
}

/* A load, before its value is read. Remembers what a spin loop consists of. */
static inline void coherence_read(const volatile void *address)
{
	struct vcpu *c = sim_cpu;
	uint64_t begin;
	uint32_t line;

	if (__builtin_expect(!c, 0) || !coherence_line(address, &line))
		return;
	sched_order(c);
	c->counts.accesses++;
	c->spin.accesses++;
	begin = c->clock;
	if (copies_set(&sim_memory.l1[c->core], line)[0] != coherence_copy(line))
		coherence_read_slow(c, line);
	if (c->clock == begin) {
		c->spin.load_at = begin;
		c->spin.blocks_at_load = c->counts.basic_blocks;
		c->spin.line = line;
	} else {
		c->spin.accesses++; /* did not hit: no iteration to be parked */
	}
	c->last_line = line;
}

/* A store (@atomic: a read-modify-write), before it is done. */
static inline void coherence_write(const volatile void *address, bool atomic)
{
	struct vcpu *c = sim_cpu;
	uint64_t key;
	uint32_t line;

	if (__builtin_expect(!c, 0) || !coherence_line(address, &line))
		return;
	sched_order(c);
	c->counts.accesses++;
	c->spin.accesses += 2;
	key = sched_key(c, c->clock);
	if (atomic || c->stores_done > c->clock || !sim_memory.line[line].written ||
	    sim_memory.line[line].owner != c->core + 1 ||
	    copies_set(&sim_memory.l1[c->core], line)[0] != coherence_copy(line))
		key = coherence_write_slow(c, line, atomic);
	c->last_line = line;
	if (__builtin_expect(sim_memory.line[line].waiters, 0))
		coherence_wake(line, key, MACHINE_CPUS_MAX);
}

#endif
