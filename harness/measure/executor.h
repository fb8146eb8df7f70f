/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs one workload on one allocator in pinned threads and measures one interval. */
#ifndef IOMMUBENCH_EXECUTOR_H
#define IOMMUBENCH_EXECUTOR_H

#include <stdbool.h>
#include <stdint.h>

#include "allocator.h"
#include "counters.h"
#include "flush.h"
#include "lockstat.h"
#include "workload.h"
#include "base/error.h"
#include "host/topology.h"

struct executor_config {
	const struct workload *workload;
	const struct iommu_allocator *allocator;
	struct iommu_geometry geometry;
	const struct topology *topology;
	unsigned int ncpus;     /* the first so many of the topology */
	unsigned int occupancy; /* percent */
	const struct flush_model *flush;
	double flush_bias_ns; /* from flush_calibrate() */
	uint64_t think_ns;
	double think_bias_ns;
	double ticks_per_ns;
	double seconds; /* of the measured interval */
	uint64_t seed;
	/* Record lock statistics in one of so many stretches; 0: never. Needs the statistics
	 * build. */
	unsigned int lock_sample;
	/* What each thread counts over its interval; none: nothing. */
	const struct counter_spec *counters;
	unsigned int counter_count;
};

/* One CPU's part, over its measured interval. */
struct executor_cpu {
	unsigned int os_cpu;
	uint64_t pairs;
	double seconds;
	uint64_t involuntary_switches;
	uint64_t descheduled_ns; /* wall time less CPU time */
	bool migrated;
	struct counter_value counters[COUNTERS_MAX]; /* as config's */
};

/* Units and meanings as in DESIGN's table of figures (results/README.md). */
struct executor_result {
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
	double fallback_pool_share;
	double local_pool_utilization;
	uint64_t migrations, involuntary_switches, descheduled_ns, steal_ns;
	bool noisy; /* migrated, or off the CPU or stolen from for more than 1 % of a CPU's time */
	struct executor_cpu *cpu; /* ncpus of them; the caller frees it */
	/* By lockstat id, all CPUs together; NULL without lock_sample. The caller frees it. */
	struct lockstat *locks;
	double lock_scale; /* pairs / pairs done while the locks were recorded */
};

/* Where the random numbers of CPU number @cpu begin; never 0. */
static inline uint64_t executor_seed(uint64_t seed, unsigned int cpu)
{
	/* splitmix64's increment keeps the CPUs' sequences apart. */
	return ((seed + 1) * UINT64_C(0x9E3779B97F4A7C15) +
		(cpu + 1) * UINT64_C(0xD1B54A32D192ED03)) |
	       1;
}

/*
 * 0 with *result filled; -EINVAL with *e set if a thread could not be pinned, memory was
 * short, no pair was done, or entries leaked.
 */
int executor_run(const struct executor_config *config, struct executor_result *result,
		 struct error *e);

#endif
