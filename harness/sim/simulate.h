/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The simulating executor: runs one workload on one allocator on simulated CPUs, as
 * measure/executor.h does in threads.
 */
#ifndef IOMMUBENCH_SIM_SIMULATE_H
#define IOMMUBENCH_SIM_SIMULATE_H

#include "measure/interval.h"
#include "sim/machine.h"
#include "sim/vcpu.h"

/* What is asked of the simulator besides its cells and its machine. */
struct sim_request {
	unsigned int rounds;  /* pairs of an interval without --seconds, in entries of the map */
	unsigned int jobs;    /* cells simulated at once; 0: as many as there are CPUs */
	bool polling;         /* simulate each poll of a waiting CPU */
	bool audit;           /* watch for stale reuse */
	bool draw_locks;      /* time single acquisitions, drawn at random, and pay for it */
	unsigned int explore; /* so many schedules of each cell; 0: simulate the cells */
	const char *profile; /* the machine as it was given: a name, or a file with a slash in it */
};

/* What reading the clock costs where that is simulated: assumed, about what lfence and rdtsc take. */
#define SIM_CLOCK_READ_NS 13

struct sim_config {
	struct interval_config run; /* its topology and calibrations do not matter */
	const struct machine *machine;
	/* run.seconds, if not 0, is virtual. 0: until this many pairs are done. */
	uint64_t pairs;
	bool polling; /* simulate each poll of spinning CPUs */
	bool audit;   /* watch for stale reuse */
	bool explore; /* schedules: run.seed makes this one (explore.h) */
};

struct sim_result {
	struct interval_result run; /* times are virtual; os_cpu is the simulated CPU's number */
	struct sim_counts counts;   /* in the measured intervals, all CPUs together */
	uint64_t all_accesses;      /* simulated one by one, from the first to the last */
	/* With audit. */
	uint64_t maps, stale_reuse, censored;
	struct hist windows; /* pairs */
};

/*
 * 0 with *result filled, whose run.cpu and run.locks the caller frees; -EINVAL with *e set if memory is
 * short, no pair was done, entries leaked, CPUs wait for ever, or the allocator handed out an entry that was taken
 * or was given a bad free. The same config gives the same result, bit for bit.
 */
int sim_run(const struct sim_config *config, struct sim_result *result, struct error *e);

#endif
