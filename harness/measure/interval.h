/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One measured interval of one cell: what to measure, what each CPU did, and what that adds up to.
 * The native and the simulating executor share these types.
 */
#ifndef IOMMUBENCH_INTERVAL_H
#define IOMMUBENCH_INTERVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "allocator.h"
#include "counters.h"
#include "flush.h"
#include "lockstat.h"
#include "workload.h"
#include "base/error.h"
#include "host/topology.h"

/* What is told of locks: how often they were taken, which is counted; and times and bounces, of drawn acquisitions. */
enum interval_locks {
	INTERVAL_LOCKS_NOT = 0,
	INTERVAL_LOCKS_COUNTED = 1,
	INTERVAL_LOCKS_DRAWN = 2,
	INTERVAL_LOCKS_BOTH = INTERVAL_LOCKS_COUNTED | INTERVAL_LOCKS_DRAWN,
};

struct interval_config {
	const struct workload *workload;
	const struct iommu_allocator *allocator;
	struct iommu_geometry geometry;
	const struct topology *topology;
	unsigned int ncpus;     /* the first ones of the topology */
	unsigned int occupancy; /* percent */
	const struct flush_model *flush;
	double flush_bias_ns; /* from flush_calibrate() */
	uint64_t think_ns;
	double think_bias_ns;
	double ticks_per_ns;
	double seconds; /* of the measured interval */
	uint64_t seed;
	/* What is recorded of locks. Takes the statistics build. */
	enum interval_locks locks;
	double clock_read_ns; /* what reading the clock costs, of which that depends how many are timed */
	/* What each thread counts over its interval; none: nothing. */
	const struct counter_spec *counters;
	unsigned int counter_count;
};

/* A CPU that is off for longer than this part of an interval makes it "noisy". */
#define NOISY_SHARE 0.01

/* One CPU's part, over its measured interval. */
struct interval_cpu {
	unsigned int os_cpu;
	uint64_t pairs;
	double seconds;
	uint64_t involuntary_switches;
	uint64_t descheduled_ns; /* wall time less CPU time */
	bool migrated;
	struct counter_value counters[COUNTERS_MAX]; /* as config's */
};

/* Units and meanings as in DESIGN's table of figures (results/README.md). */
struct interval_result {
	uint64_t pairs; /* all CPUs together */
	double seconds; /* mean of the CPUs' intervals */
	double real_time_ns, cpu_time_ns;
	double ops_per_second;
	double ref_ticks;
	double fairness;
	double flushes_per_kop;
	uint64_t flushes;
	double flush_ns_mean; /* where flushes > 0 and they take time */
	uint64_t alloc_failures;
	uint64_t fallbacks; /* allocations served by another pool than the CPU's own */
	double fallback_pool_share;
	double local_pool_utilization;
	uint64_t migrations, involuntary_switches, descheduled_ns, steal_ns;
	bool noisy; /* migrated, or off the CPU or stolen from for more than 1 % of a CPU's time */
	struct interval_cpu *cpu; /* ncpus of them; the caller frees it */
	/* By lockstat id, all CPUs together; NULL where none were recorded. The caller frees it. */
	struct lockstat *locks;
	uint64_t acquisitions; /* of all of them, where they were recorded */
};

/* Where the random numbers of CPU number @cpu begin; never 0. */
static inline uint64_t interval_seed(uint64_t seed, unsigned int cpu)
{
	/* splitmix64's increment keeps the CPUs' sequences apart. */
	return ((seed + 1) * UINT64_C(0x9E3779B97F4A7C15) +
		(cpu + 1) * UINT64_C(0xD1B54A32D192ED03)) |
	       1;
}

/* What a thread reads at the beginning and at the end of its interval. */
struct snapshot {
	struct tally counts;
	uint64_t ticks, ns, cpu_ns;
	uint64_t involuntary_switches;
	int os_cpu;
};

/* A thread's interval, as the thread itself reads it. */
struct interval {
	struct snapshot begin, end;
	struct counters *counters; /* what it counts meanwhile, or NULL */
	int counters_err;
};

/* The thread that calls it has done @counts so far. */
void interval_begin(struct interval *i, const struct tally *counts);
void interval_end(struct interval *i, const struct tally *counts);

/* 0, or -EINVAL with *e set if CPU number @cpu could not be counted. */
int interval_check(const struct interval *i, unsigned int cpu, struct error *e);

/* Puts the pairs of CPU number @cpu into *r, and adds what all CPUs count together. */
void interval_add_tally(struct interval_result *r, unsigned int cpu, const struct tally *begin,
			const struct tally *end);

/* The same of a thread, with all it read at the edges of its interval. */
void interval_add_cpu(const struct interval_config *c, const struct interval *i, unsigned int cpu,
		      struct interval_result *r);

/*
 * When r->cpu[] is complete and r->flushes known: pairs, seconds, rates, fairness and shares. False if no pair
 * was done.
 */
bool interval_add_up(struct interval_result *r, unsigned int ncpus);

#endif
