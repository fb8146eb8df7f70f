/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Simulated CPUs: coroutines with virtual clocks. Before each access to shared memory a CPU waits
 * until it is the one with the smallest (clock, number), so that accesses happen in the order of
 * virtual time, which is total: a run depends on nothing but its input.
 *
 * Everything here is of one operating-system thread and one machine at a time.
 */
#ifndef IOMMUBENCH_SIM_VCPU_H
#define IOMMUBENCH_SIM_VCPU_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/machine.h"

#define SCHED_CPU_BITS 10 /* MACHINE_CPUS_MAX */

/* Not runnable: parked, at a barrier, or done. */
#define SCHED_NEVER UINT64_MAX

struct sim_counts {
	uint64_t accesses; /* that the compiler emitted, polls of parked CPUs included */
	uint64_t basic_blocks;
	uint64_t l1d_misses;
	uint64_t llc_misses;       /* served by memory */
	uint64_t coherence_misses; /* L1 misses of lines that another core's write took away */
	uint64_t invalidations;    /* copies in other cores that writes removed */
};

/* Adds what was counted between @begin and @end. */
void sim_counts_add(struct sim_counts *to, const struct sim_counts *begin,
		    const struct sim_counts *end);

struct vcpu {
	uint64_t clock;    /* virtual time, ps */
	uint64_t block_ps; /* what a basic block costs on this thread */
	uint32_t id, core;
	void *sp; /* where it was left */
	struct sim_counts counts;
	uint64_t last_line; /* of the access before */
	/* The iteration of a spin loop since the latest arch_relax(): what it consists of. */
	struct {
		uint64_t begin;          /* clock just after that arch_relax() */
		uint64_t load_at;        /* of its only access, when that began */
		uint64_t blocks;         /* counts.basic_blocks then */
		uint64_t blocks_at_load; /* and when the access began */
		uint32_t line;
		uint32_t accesses; /* 1 and a load that hit the L1: it can be parked */
	} spin;
	uint64_t period;   /* of the polls it would do, while it is parked; else 0 */
	bool woken;        /* it was parked, and has not run since */
	uint64_t computed; /* of counts.accesses: polls that were only counted */
	uint32_t waiter;   /* parked: the next one on the same line + 1 */
	/* When stores under way will be done: the latest, and a ring of the last store_buffer. */
	uint64_t stores_done;
	uint32_t store_next;
	uint64_t *store;
	void (*main)(void *arg);
	void *arg;
	bool returned; /* main has */
};

/* The CPU whose code runs; NULL outside of sched_run(): nothing is simulated then. */
extern struct vcpu *sim_cpu;
/* (clock, number) of the earliest other CPU: sim_cpu runs on until it comes to that. */
extern uint64_t sim_limit;

static inline uint64_t sched_key(const struct vcpu *c, uint64_t clock)
{
	return clock << SCHED_CPU_BITS | c->id;
}

/* Lets the others run that are earlier than sim_cpu. */
void sched_yield_now(void);

static inline void sched_order(struct vcpu *c)
{
	if (__builtin_expect(sched_key(c, c->clock) >= sim_limit, 0))
		sched_yield_now();
}

/* sim_cpu does not run any more until somebody calls sched_wake(). */
void sched_sleep(void);

/* A sleeping CPU runs again: it does nothing that others could see before @at >= its clock. */
void sched_wake(struct vcpu *c, uint64_t at);

/*
 * All CPUs meet, and go on at the latest's time. What is written on one side of it is known on the
 * other: it costs nothing and belongs to no measured time.
 */
void sched_barrier(void);

/*
 * Runs @count CPUs of @m, each with main(arg) on a stack of @stack_size bytes at @stacks + its number *
 * @stack_size, until all have returned. False if they wait for each other for ever, or sched_abort()
 * ended it.
 */
bool sched_run(struct vcpu *cpus, unsigned int count, void *stacks, size_t stack_size);

/* Ends sched_run() at once; the CPUs are left where they are. */
_Noreturn void sched_abort(void);

#endif
