/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lock statistics in virtual time: exact, of every acquisition. */
#ifndef IOMMUBENCH_SIM_LOCKS_H
#define IOMMUBENCH_SIM_LOCKS_H

#include <stdbool.h>

#include "lockstat.h"

/* Locks a CPU may hold at once. */
#define SIM_HOLDS_MAX 4

/* A CPU's part. All zero is a CPU that records nothing and holds nothing. */
struct sim_locks_cpu {
	bool recording;
	uint64_t flushes; /* begun by this CPU; who flushes counts them */
	unsigned int depth;
	struct sim_hold {
		const void *lock;
		bool contended, bounced;
		uint64_t tried, acquired, released, flushes;
	} hold[SIM_HOLDS_MAX];
};

/*
 * From here on locks named with lock_name() are new ones, and what CPU i of @cpus does is recorded, where
 * it says so, into @stats[LOCKSTAT_LOCKS] in ps. Both stay the caller's.
 */
void sim_locks_reset(struct sim_locks_cpu *cpus, struct lockstat *stats);

#endif
