/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked for: which cells, how often, by which passes, and where the results go. */
#ifndef IOMMUBENCH_REQUEST_H
#define IOMMUBENCH_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "counters/counter_plan.h"
#include "device/iotlb.h"
#include "plan/cell.h"
#include "plan/side.h"
#include "plan/variant.h"

#define OPTIONS_LIST_MAX 64

struct number_list {
	unsigned int count;
	uint64_t value[OPTIONS_LIST_MAX];
};

enum output_format { OUTPUT_TABLE, OUTPUT_JSON };

/* An option as it was given; value is NULL for those without. Points into argv. */
struct option_given {
	const char *name, *value;
};

struct request {
	/* Lists multiply. An empty list means the default. */
	struct variant variants[OPTIONS_LIST_MAX];
	unsigned int variant_count;
	const struct workload *workloads[OPTIONS_LIST_MAX];
	unsigned int workload_count;
	struct flush_model flushes[OPTIONS_LIST_MAX];
	unsigned int flush_count;
	enum lock_kind locks[OPTIONS_LIST_MAX];
	unsigned int lock_count;
	struct number_list pools, cpus, occupancy, think;
	unsigned long entries;
	uint64_t seed;
	double seconds;
	unsigned int repetitions;
	bool quick, smoke, dry_run, list_tests;
	bool lock_pass;                  /* the pass with lock statistics too */
	bool lock_stat;                  /* print them as /proc/lock_stat does */
	unsigned int lock_sample;        /* record one Nth of the time */
	struct counter_request counters; /* the pass with counters too */
	unsigned int counter_samples;    /* of a cell in that pass; the runner finds out how many */
	bool counters_one_cpu;           /* cells of several CPUs have none */
	enum output_format format;
	const char *filter; /* extended regular expression on cell names, '-' first: those not */
	const char *out, *resume;
	/* Those that make the plan, for --resume to read back: not --out and the like. */
	struct option_given given[OPTIONS_LIST_MAX];
	unsigned int given_count;
	/* Sample processes only: what the runner calibrated, and where the details go. */
	double ticks_per_ns, clock_read_ns, flush_bias_ns, think_bias_ns;
	int details_fd, json_fd;
	const char *counters_of_sample; /* by counters_to_word() */
	bool steps_only;
	/* Audits only. Their free orders are in workloads. */
	unsigned int audit_threads; /* 0: not an audit */
	uint64_t operations;
	unsigned int draws; /* an enum audit_draws */
	struct iotlb_shape iotlb;
	const char *profile; /* where the IOTLB comes from; NULL: it was given itself */
	const char *trace_out;
	bool shrink;
	/* Simulations only. */
	const char *machine; /* a profile's name, or a file's with a slash in it; names the cells */
	unsigned int
		rounds;    /* of the map, in pairs: how long an interval lasts without --seconds */
	unsigned int jobs; /* cells at once; 0: as many as there are CPUs */
	bool polling;      /* simulate each poll */
	bool audit;        /* watch for stale reuse */
	unsigned int explore; /* so many schedules; 0: simulate the cells */
	/* Comparisons only, by enum side. */
	struct variant compared[SIDES]; /* what is compared; allocator NULL: revisions are */
	const char *side_folder[SIDES];
	double budget_s;
	bool whole;            /* whole trees were asked for */
	double width_percent;  /* of the interval that was asked for, half of it; 0: nothing was */
	const char *undecided; /* the command that says which cells to go on with */
	bool for_sim;          /* print the options of `sim` for for_sim_side */
	enum side for_sim_side;
};

#endif
