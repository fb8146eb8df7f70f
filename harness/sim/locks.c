// SPDX-License-Identifier: GPL-2.0-or-later
/* Records simulated lock acquisitions: the events of lockstat.h, at the CPU's virtual time. */
#include "sim/locks.h"

#include "simlock.h"
#include "sim/coherence.h"

static struct lockstat_thread *threads;

void sim_locks_use(struct lockstat_thread *cpus)
{
	threads = cpus;
}

static struct lockstat_thread *self(void)
{
	return &threads[sim_cpu->id];
}

void sim_lock_begin(const struct lock *l)
{
	if (sim_cpu)
		lockstat_begin(self(), l);
}

void sim_lock_contended(const struct lock *l)
{
	if (sim_cpu)
		*lockstat_contended(self(), l) = sim_cpu->clock;
}

void sim_lock_acquired(const struct lock *l)
{
	if (sim_cpu)
		*lockstat_acquired(self(), l, sim_cpu->id + 1) = sim_cpu->clock;
}

void sim_lock_release(const struct lock *l)
{
	if (sim_cpu)
		*lockstat_release(self(), l) = sim_cpu->clock;
}

void sim_lock_released(const struct lock *l)
{
	if (sim_cpu)
		lockstat_released(self(), l);
}
