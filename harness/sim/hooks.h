/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What code built for the simulator calls, and where it is recorded. */
#ifndef IOMMUBENCH_SIM_HOOKS_H
#define IOMMUBENCH_SIM_HOOKS_H

#include "lockstat.h"

/*
 * From here on each acquisition of CPU i is noted in @cpus[i], with times in ps; each reading of the clock takes so
 * many. They stay the caller's.
 */
void sim_locks_use(struct lockstat_thread *cpus, uint64_t clock_read_ps);

/*
 * The same of so many CPUs, and what they record goes to @to, LOCKSTAT_CLASSES of them: of each acquisition if reading the
 * clock costs nothing, else of drawn ones. 0, or -ENOMEM; sim_locks_close() in either case, which returns how many there
 * were.
 */
int sim_locks_open(unsigned int ncpus, double clock_read_ns, struct lockstat *to);
uint64_t sim_locks_close(void);

/* At @now, in ps, all CPUs have warmed up: chooses how many are drawn. */
void sim_locks_choose(uint64_t now);

/* CPU number @cpu's interval begins, while it holds no lock, and ends. */
void sim_locks_begin(unsigned int cpu, uint64_t seed);
void sim_locks_end(unsigned int cpu);

/* The CPU that runs begins a flush. */
void sim_lock_flush(void);

#endif
