// SPDX-License-Identifier: GPL-2.0-or-later
/* See options_table.h. The options that `sim` has besides those of `run`. */
#include "cmd/options_table.h"

#include <string.h>

#include "base/parse.h"

#define ROUNDS_MAX          1000000
#define EXPLORE_MAX         1000000
#define MACHINE_NAME_MAX    31
#define VIRTUAL_SECONDS_MIN 1e-6

/* Whether there is such a profile is seen when it is loaded: it may be a file. */
static int read_machine(const char *name, const char *value, struct options *o, struct error *e)
{
	if (strlen(value) > MACHINE_NAME_MAX && !strchr(value, '/'))
		return error_set(e, "%s: no profile '%.40s': see iommubench list --profiles", name,
				 value);
	return read_path(name, value, &o->plan.machine, e);
}

static int read_small(const char *name, const char *value, uint64_t max, unsigned int *to,
		      struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, max, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 1 to %llu", name, value,
				 (unsigned long long)max);
	*to = (unsigned int)v;
	return 0;
}

static int read_rounds(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_small(name, value, ROUNDS_MAX, &o->sim.rounds, e);
}

static int read_jobs(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_small(name, value, THREADS_MAX, &o->sim.jobs, e);
}

static int read_explore(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_small(name, value, EXPLORE_MAX, &o->sim.explore, e);
}

static int read_polling(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->sim.polling = true;
	return 0;
}

static int read_audit(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->sim.audit = true;
	return 0;
}

/* Virtual time: a thousandth of what makes sense natively. */
static int read_virtual_seconds(const char *name, const char *value, struct options *o,
				struct error *e)
{
	if (!parse_double(value, VIRTUAL_SECONDS_MIN, SECONDS_MAX, &o->plan.seconds))
		return error_set(e, "%s: '%.40s' is not a number of seconds from %g to %g", name,
				 value, VIRTUAL_SECONDS_MIN, SECONDS_MAX);
	return 0;
}

/* Before those of `run`, most of which `sim` takes too. */
static const struct option sim_options[] = {
	{"--profile", "NAME|FILE", "of list --profiles, or host (default: sun4v-t5-2)",
	 read_machine, false},
	{"--rounds", "R", "an interval is R times as many pairs as entries (default: 4)",
	 read_rounds, false},
	{"--seconds", "S", "an interval of so much virtual time instead", read_virtual_seconds,
	 false},
	{"--audit", NULL, "count stale reuse too, which perturbs nothing", read_audit, false},
	{"--jobs", "N", "cells simulated at once (default: as many as there are CPUs)", read_jobs,
	 true},
	{"--polling", NULL, "simulate each poll of a waiting CPU: the same result, slower",
	 read_polling, false},
	{"--explore", "N", "N schedules a cell, from --seed on, looking for violations",
	 read_explore, false},
};

const struct option_table options_sim = {sim_options, COUNT(sim_options)};

/* Small maps, nearly full, are flushed often: that is where a race would be. */
static void set_explore_defaults(struct options *o)
{
	struct error never;

	o->sim.audit = true;
	if (!o->plan.entries)
		o->plan.entries = 1024;
	if (!o->plan.occupancy.count)
		o->plan.occupancy.value[o->plan.occupancy.count++] = 50;
	if (!o->plan.cpus.count)
		o->plan.cpus.value[o->plan.cpus.count++] = 4;
	if (!o->plan.workload_count)
		o->plan.workloads[o->plan.workload_count++] = workload_find("churn");
	if (!o->plan.flush_count)
		flush_model_parse("spin:500", &o->plan.flushes[o->plan.flush_count++], &never);
}

void options_sim_defaults(struct options *o)
{
	if (!o->plan.machine)
		o->plan.machine = "sun4v-t5-2";
	if (!o->sim.rounds)
		o->sim.rounds = o->plan.extent == PLAN_SMOKE ? 1 : 4;
	if (!o->plan.repetitions)
		o->plan.repetitions = 1;
	if (o->sim.explore)
		set_explore_defaults(o);
	o->plan.lock_pass = true;
}
