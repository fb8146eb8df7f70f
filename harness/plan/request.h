/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is asked for: which cells, how long and how often, and by which passes. */
#ifndef IOMMUBENCH_REQUEST_H
#define IOMMUBENCH_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "counters/counter_plan.h"
#include "plan/cell.h"
#include "plan/platform.h"
#include "plan/variant.h"

#define OPTIONS_LIST_MAX 64

struct number_list {
	unsigned int count;
	uint64_t value[OPTIONS_LIST_MAX];
};

/* How thorough a run is where its options do not say; of two that are given the later one here holds. */
enum plan_extent {
	PLAN_FULL,
	PLAN_QUICK, /* a first look in a few seconds */
	PLAN_SMOKE, /* enough to see that everything works */
};

/* An option as it was given; value is NULL for those without. Points into argv. */
struct option_given {
	const char *name, *value;
};

struct plan_request {
	/*
	 * Machines to be as; none: each allocator as on the first that it ran on. What is given besides of
	 * variants, flushes and entries holds.
	 */
	const struct platform *platforms[PLATFORMS_MAX];
	unsigned int platform_count;
	/* Lists multiply. An empty list means the default. */
	struct variant variants[OPTIONS_LIST_MAX];
	unsigned int variant_count;
	const struct workload *workloads[OPTIONS_LIST_MAX]; /* of an audit: its free orders */
	unsigned int workload_count;
	struct flush_model flushes[OPTIONS_LIST_MAX];
	unsigned int flush_count;
	enum lock_kind locks[OPTIONS_LIST_MAX];
	unsigned int lock_count;
	struct number_list pools, cpus, occupancy, think;
	const char *filter;    /* extended regular expression on cell names, '-' first: those not */
	unsigned long entries; /* 0: the platform's */
	uint64_t seed;
	double seconds;
	unsigned int repetitions;
	/* For all samples: plan_budget() then chooses of these two what was not given. 0: there is none. */
	double budget_s;
	bool seconds_given, repetitions_given;
	unsigned int
		others_max; /* of samples of the passes besides timing; 0: as many as pass_facts says */
	enum plan_extent extent;
	/* The passes besides timing. */
	bool lock_pass;                  /* lock statistics */
	struct counter_request counters; /* performance counters */
	unsigned int counter_groups;     /* samples it takes to count all: counter_pass_plan() */
	bool counters_one_cpu;           /* cells of several CPUs have none */
	/* What measures if it is not this host's CPUs; both are part of the cells' names. */
	const char *machine; /* simulated: a profile's name, or a file's with a slash in it */
	unsigned int audit_threads; /* of an audit; 0: not an audit */
	/* The options that make the plan, for --resume to read back: not --out and the like. */
	struct option_given given[OPTIONS_LIST_MAX];
	unsigned int given_count;
};

#endif
