// SPDX-License-Identifier: GPL-2.0-or-later
/* See options_table.h. The options of `run`. */
#include "cmd/options_table.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"

#define SECONDS_MIN     0.001
#define REPETITIONS_MAX 100000
#define LOCK_SAMPLE_MAX 1000000

/* "all" is the ladder up to the host, which is also the default. */
int read_cpus(const char *name, const char *value, struct options *o, struct error *e)
{
	if (strcmp(value, "all") == 0) {
		o->plan.cpus.count = 0;
		return 0;
	}
	return for_each_item(name, value, o, e, add_cpus);
}

int read_seconds(const char *name, const char *value, struct options *o, struct error *e)
{
	size_t length = strlen(value);
	char text[40];

	/* Google Benchmark 1.8 and later write the time as "0.5s". */
	snprintf(text, sizeof(text), "%s", value);
	if (strcmp(name, "--benchmark_min_time") == 0 && length && length < sizeof(text) &&
	    text[length - 1] == 's')
		text[length - 1] = '\0';
	if (length >= sizeof(text) ||
	    !parse_double(text, SECONDS_MIN, SECONDS_MAX, &o->plan.seconds))
		return error_set(e, "%s: '%.40s' is not a number of seconds from %g to %g", name,
				 value, SECONDS_MIN, SECONDS_MAX);
	return 0;
}

static int read_repetitions(const char *name, const char *value, struct options *o, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, REPETITIONS_MAX, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %d", name, value,
				 REPETITIONS_MAX);
	o->plan.repetitions = (unsigned int)v;
	return 0;
}

static int read_format(const char *name, const char *value, struct options *o, struct error *e)
{
	if (strcmp(value, "console") == 0)
		o->cmd.format = OUTPUT_TABLE;
	else if (strcmp(value, "json") == 0)
		o->cmd.format = OUTPUT_JSON;
	else
		return error_set(e, "%s: '%.40s': choose console or json", name, value);
	return 0;
}

int read_resume(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_path(name, value, &o->cmd.resume, e);
}

int read_list_tests(const char *name, const char *value, struct options *o, struct error *e)
{
	if (value && strcmp(value, "true") != 0 && strcmp(value, "false") != 0)
		return error_set(e, "%s: '%.40s': choose true or false", name, value);
	o->cmd.list_tests = !value || strcmp(value, "true") == 0;
	return 0;
}

static int read_wide(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->cmd.wide = true;
	return 0;
}

static int read_quick(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	if (o->plan.extent < PLAN_QUICK)
		o->plan.extent = PLAN_QUICK;
	return 0;
}

static int read_smoke(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->plan.extent = PLAN_SMOKE;
	return 0;
}

static int read_locks(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->plan.lock_pass = true;
	return 0;
}

static int read_lock_stat(const char *name, const char *value, struct options *o, struct error *e)
{
	o->cmd.lock_stat = true;
	return read_locks(name, value, o, e);
}

int read_lock_sample(const char *name, const char *value, struct options *o, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, LOCK_SAMPLE_MAX, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %d", name, value,
				 LOCK_SAMPLE_MAX);
	o->plan.lock_sample = (unsigned int)v;
	return 0;
}

static int read_counters(const char *name, const char *value, struct options *o, struct error *e)
{
	for (int i = 0; i < COUNTERS_CHOICES; i++) {
		if (strcmp(value, counters_choice_names[i]) == 0) {
			o->plan.counters.choice = (enum counters_choice)i;
			o->plan.counters.chosen = true;
			return 0;
		}
	}
	return error_set(e, "%s: '%.40s': choose auto, perf, software, likwid, count or none", name,
			 value);
}

static int read_events(const char *name, const char *value, struct options *o, struct error *e)
{
	if (!*value)
		return error_set(e, "%s: needs a list of events", name);
	o->plan.counters.events = value;
	return 0;
}

static int read_likwid_group(const char *name, const char *value, struct options *o,
			     struct error *e)
{
	size_t length = strspn(value, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

	if (!length || value[length] || length >= sizeof(((struct counter_plan *)0)->tool_group))
		return error_set(e,
				 "%s: '%.40s' is no name of a group: likwid-perfctr -a lists them",
				 name, value);
	o->plan.counters.likwid_group = value;
	return 0;
}

int read_dry_run(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->cmd.dry_run = true;
	return 0;
}

static int read_out_format(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)o;
	if (strcmp(value, "json") != 0)
		return error_set(e, "%s: '%.40s': results are written as json only", name, value);
	return 0;
}

static const struct option run_options[] = {
	{"--allocators", "A,B,...",
	 "allocators, NAME or NAME/pools:P (default: all eight variants)", read_allocators, false},
	{"--pools", "P,...", "numbers of pools: 1, 2, 4, 8, 16 (default: each allocator's own)",
	 read_pools, false},
	{"--workloads", "W,...", "workloads (default: ring,churn)", read_workloads, false},
	{"--cpus", "C,...|all", "numbers of CPUs (default, all: 1, 2, 4 ... up to the host)",
	 read_cpus, false},
	{"--flush", "MODEL", "flush model; repeat for several (default: mmio:16,150,600)",
	 read_flush, false},
	{"--occupancy", "PCT,...", "percent of the map kept live (default: 5)", read_occupancy,
	 false},
	{"--entries", "N", "entries of the map (default: 8192)", read_entries, false},
	{"--lock", "KIND,...", "tas, ticket, mcs (default: tas)", read_lock, false},
	{"--think", "NS,...", "time between operations (default: 0)", read_think, false},
	{"--seconds", "S", "length of a sample's interval (default: 0.2)", read_seconds, false},
	{"--repetitions", "R", "samples a cell (default: 10)", read_repetitions, false},
	{"--seed", "N", "of the order of samples and of random lifetimes (default: 1)", read_seed,
	 false},
	{"--locks", NULL, "also lock statistics, in samples of their own", read_locks, false},
	{"--lock-sample", "N", "record locks one Nth of the time, to disturb less (default: 1)",
	 read_lock_sample, false},
	{"--lock-stat", NULL, "as --locks, and print them in the columns of /proc/lock_stat",
	 read_lock_stat, false},
	{"--counters", "SOURCE", "also auto, perf, software, likwid or count (default: none)",
	 read_counters, false},
	{"--events", "E,...", "count these: names as in `list`, libpfm4's, raw (r1c2)", read_events,
	 false},
	{"--likwid-group", "GROUP", "likwid's group (default: L2CACHE)", read_likwid_group, false},
	{"--quick", NULL, "a first look: ring, 3 samples of 0.05 s", read_quick, false},
	{"--smoke", NULL, "every workload on every variant, one sample of 20 ms", read_smoke,
	 false},
	{"--dry-run", NULL, "print the plan and measure nothing", read_dry_run, true},
	{"--out", "FILE", "results (default: results/HOST/DATE.json)", read_out, true},
	{"--wide", NULL, "all columns of the table, however wide it gets", read_wide, true},
	{"--resume", "FILE", "complete an unfinished run; takes its options from FILE", read_resume,
	 true},
	{"--benchmark_filter", "REGEX", "only cells whose name matches; -REGEX: only the others",
	 read_filter, false},
	{"--benchmark_list_tests", NULL, "print the cells' names", read_list_tests, true},
	{"--benchmark_format", "FORMAT", "console: the table; json: the results on stdout",
	 read_format, true},
	{"--benchmark_out", "FILE", "as --out", read_out, true},
	{"--benchmark_out_format", "FORMAT", "only json", read_out_format, true},
	{"--benchmark_repetitions", "R", "as --repetitions", read_repetitions, false},
	{"--benchmark_min_time", "S", "as --seconds", read_seconds, false},
};

const struct option_table options_run = {run_options, COUNT(run_options)};
