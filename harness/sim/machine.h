/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A simulated machine: the figures of a profile (harness/profiles), as the model uses them. Times
 * are in picoseconds, so that they are whole numbers and add up without rounding.
 *
 * Caches form a tree: threads of a core share its L1 and L2, cores share a last-level cache (LLC),
 * LLCs share a node's memory. CPU numbers go to all cores before a second thread of any, core by
 * core through the LLCs and nodes: the pinning order of the native executor.
 */
#ifndef IOMMUBENCH_SIM_MACHINE_H
#define IOMMUBENCH_SIM_MACHINE_H

#include <stdint.h>

#include "base/error.h"
#include "device/profile.h"

/* CPU numbers fit the low bits of a scheduling key (vcpu.h). */
#define MACHINE_CPUS_MAX 1024

struct machine_cache {
	unsigned int sets, ways; /* sets: a power of two; 0: there is no such cache */
};

/* How far apart two cores are. */
enum distance { SAME_CORE, SAME_LLC, SAME_NODE, OTHER_NODE, DISTANCES };

struct machine {
	unsigned int cpus, threads_per_core, issue_threads, cores_per_llc, llcs_per_node;
	unsigned int line_shift; /* log2 of a coherence line's bytes */
	struct machine_cache l1, l2, llc;
	uint64_t clock_mhz;
	uint64_t block_ps; /* a basic block of a thread that has its core to itself */
	uint64_t l2_ps, llc_ps;
	uint64_t memory_ps[DISTANCES];   /* by how far the home node is: SAME_NODE, OTHER_NODE */
	uint64_t transfer_ps[DISTANCES]; /* of a line that is dirty in a core at that distance */
	uint64_t line_busy_ps;           /* a line serves its next reader only so much later */
	uint64_t atomic_ps;              /* read-modify-write of a line the core owns */
	uint64_t relax_ps;               /* the spin-wait hint */
	unsigned int store_buffer;       /* stores that may be under way */
	/* Of each core, as dividing takes long. */
	uint16_t llc_of[MACHINE_CPUS_MAX], node_of[MACHINE_CPUS_MAX];
};

/* 0, or -EINVAL with *e set where the profile has no machine or its figures contradict each other. */
int machine_make(const struct profile *p, struct machine *m, struct error *e);

static inline unsigned int machine_cores(const struct machine *m)
{
	return m->cpus / m->threads_per_core;
}

static inline unsigned int machine_core_of(const struct machine *m, unsigned int cpu)
{
	return cpu % machine_cores(m);
}

static inline unsigned int machine_llc_of(const struct machine *m, unsigned int core)
{
	return m->llc_of[core];
}

static inline unsigned int machine_node_of(const struct machine *m, unsigned int core)
{
	return m->node_of[core];
}

static inline enum distance machine_distance(const struct machine *m, unsigned int core,
					     unsigned int other)
{
	if (core == other)
		return SAME_CORE;
	if (m->llc_of[core] == m->llc_of[other])
		return SAME_LLC;
	return m->node_of[core] == m->node_of[other] ? SAME_NODE : OTHER_NODE;
}

#endif
