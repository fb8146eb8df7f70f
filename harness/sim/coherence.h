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

#include <stdint.h>

#include "sim/caches.h"
#include "sim/machine.h"
#include "sim/memory.h"
#include "sim/parking.h"
#include "sim/vcpu.h"

/* The rest of an access whose copy is not the latest used of its L1 set. */
void coherence_read_slow(struct vcpu *c, uint32_t line);
/* Returns when the write took effect, as a sched_key(). */
uint64_t coherence_write_slow(struct vcpu *c, uint32_t line, bool atomic);

/* A load, before its value is read. Remembers what a spin loop consists of. */
static inline void coherence_read(const volatile void *address)
{
	struct vcpu *c = sim_cpu;
	uint64_t begin;
	uint32_t line;

	if (__builtin_expect(!c, 0) || !memory_line(address, &line))
		return;
	sched_order(c);
	c->counts.accesses++;
	c->spin.accesses++;
	begin = c->clock;
	if (cache_set(&sim_memory.l1[c->core], line)[0] != memory_copy(line))
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

	if (__builtin_expect(!c, 0) || !memory_line(address, &line))
		return;
	sched_order(c);
	c->counts.accesses++;
	c->spin.accesses += 2;
	key = sched_key(c, c->clock);
	if (atomic || c->stores_done > c->clock || !sim_memory.line[line].written ||
	    sim_memory.line[line].owner != c->core + 1 ||
	    cache_set(&sim_memory.l1[c->core], line)[0] != memory_copy(line))
		key = coherence_write_slow(c, line, atomic);
	c->last_line = line;
	if (__builtin_expect(sim_memory.line[line].waiters, 0))
		parking_wake(line, key, MACHINE_CPUS_MAX);
}

#endif
