// SPDX-License-Identifier: GPL-2.0-or-later
/* See options.h. */
#include "cmd/options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/options_table.h"

/* With it the known figures of the original code come out, see docs/safety.md. */
#define AUDIT_SEED 15

static const double seconds[] = {
	[PLAN_FULL] = 0.2,
	[PLAN_QUICK] = 0.05,
	[PLAN_SMOKE] = 0.02,
};

static const unsigned int repetitions[] = {
	[PLAN_FULL] = 10,
	[PLAN_QUICK] = 3,
	[PLAN_SMOKE] = 1,
};

static const char *const command_names[] = {
	[OPTIONS_RUN] = "run", [OPTIONS_SAMPLE] = "run",      [OPTIONS_AUDIT] = "audit",
	[OPTIONS_SIM] = "sim", [OPTIONS_COMPARE] = "compare",
};

/* A simulation is repeated rather than resumed, and records every lock. */
static bool is_native_only(const struct option *option)
{
	return option->read == read_resume || option->read == read_lock_sample;
}

static const struct option *find_in(const struct option_table *t, const char *word, size_t length)
{
	for (size_t i = 0; i < t->count; i++) {
		if (strlen(t->option[i].name) == length &&
		    strncmp(t->option[i].name, word, length) == 0)
			return &t->option[i];
	}
	return NULL;
}

static const struct option *find_option(const char *word, size_t length, enum options_use use)
{
	const struct option *option = NULL;

	if (use == OPTIONS_AUDIT)
		return find_in(&options_audit, word, length);
	if (use == OPTIONS_COMPARE)
		return find_in(&options_compare, word, length);
	if (use == OPTIONS_SIM)
		option = find_in(&options_sim, word, length);
	if (!option)
		option = find_in(&options_run, word, length);
	if (!option && use == OPTIONS_SAMPLE)
		return find_in(&options_sample, word, length);
	return option && use == OPTIONS_SIM && is_native_only(option) ? NULL : option;
}

static int unknown_option(const char *word, enum options_use use, struct error *e)
{
	const char *command = command_names[use];

	if (strncmp(word, "--benchmark_", strlen("--benchmark_")) == 0)
		return error_set(e,
				 "%.60s: this Google Benchmark flag has no meaning here: see "
				 "iommubench %s --help for those that have",
				 word, command);
	if (*word != '-')
		return error_set(e, "'%.60s': options begin with --: see iommubench %s --help",
				 word, command);
	return error_set(e, "unknown option '%.60s': see iommubench %s --help", word, command);
}

static void set_defaults(struct options *o)
{
	struct error never;

	if (!o->plan.workload_count && o->plan.extent == PLAN_SMOKE) {
		size_t count;
		const struct workload *const *all = workload_all(&count);

		for (; o->plan.workload_count < count; o->plan.workload_count++)
			o->plan.workloads[o->plan.workload_count] = all[o->plan.workload_count];
	}
	if (!o->plan.workload_count) {
		o->plan.workloads[o->plan.workload_count++] = workload_find("ring");
		if (o->plan.extent != PLAN_QUICK)
			o->plan.workloads[o->plan.workload_count++] = workload_find("churn");
	}
	if (!o->plan.flush_count)
		flush_model_parse("mmio:16,150,600", &o->plan.flushes[o->plan.flush_count++],
				  &never);
	if (!o->plan.occupancy.count)
		o->plan.occupancy.value[o->plan.occupancy.count++] = 5;
	if (!o->plan.think.count)
		o->plan.think.value[o->plan.think.count++] = 0;
	if (!o->plan.lock_count)
		o->plan.locks[o->plan.lock_count++] = LOCK_TAS;
	if (!o->plan.entries)
		o->plan.entries = 8192;
	if (o->plan.seconds == 0 && !o->plan.audit_threads && !o->plan.machine)
		o->plan.seconds = seconds[o->plan.extent];
	if (!o->plan.lock_sample)
		o->plan.lock_sample = 1;
	if (!o->plan.repetitions)
		o->plan.repetitions = repetitions[o->plan.extent];
}

/* Events and groups say what to count, so they turn counting on. */
static int check_counters(struct options *o, struct error *e)
{
	struct counter_request *r = &o->plan.counters;

	if (!r->chosen && r->events)
		r->choice = COUNTERS_AUTO;
	else if (!r->chosen && r->likwid_group)
		r->choice = COUNTERS_LIKWID;
	if (r->events && r->choice != COUNTERS_AUTO && r->choice != COUNTERS_PERF &&
	    r->choice != COUNTERS_SOFTWARE)
		return error_set(e,
				 "--events says nothing with --counters %s: it needs auto, perf or "
				 "software",
				 counters_choice_names[r->choice]);
	if (r->likwid_group && r->choice != COUNTERS_LIKWID)
		return error_set(e,
				 "--likwid-group says nothing with --counters %s: it needs likwid",
				 counters_choice_names[r->choice]);
	return 0;
}

static int parse_word_at(int argc, char *const *argv, int *i, enum options_use use,
			 struct options *o, struct error *e)
{
	const char *word = argv[*i];
	size_t length = strcspn(word, "=");
	const struct option *option = find_option(word, length, use);
	const char *value = word[length] ? word + length + 1 : NULL;

	if (!option)
		return unknown_option(word, use, e);
	if (!option->argument && value && option->read != read_list_tests)
		return error_set(e, "%s takes no value", option->name);
	if (option->argument && !value) {
		if (*i + 1 >= argc)
			return error_set(e, "%s needs a value: %s %s", option->name, option->name,
					 option->argument);
		value = argv[++*i];
	}
	if (!option->not_planned) {
		if (o->plan.given_count == OPTIONS_LIST_MAX)
			return error_set(e, "more than %d options", OPTIONS_LIST_MAX);
		o->plan.given[o->plan.given_count++] =
			(struct option_given){.name = option->name, .value = value};
	}
	return option->read(option->name, value, o, e);
}

int options_parse(int argc, char *const *argv, enum options_use use, struct options *o,
		  struct error *e)
{
	int err = 0;

	memset(o, 0, sizeof(*o));
	o->plan.seed = use == OPTIONS_AUDIT ? AUDIT_SEED : 1;
	o->sample.details_fd = -1;
	o->sample.json_fd = STDOUT_FILENO;
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return 1;
		err = parse_word_at(argc, argv, &i, use, o, e);
		if (err)
			return err;
	}
	if (use == OPTIONS_AUDIT)
		err = options_audit_defaults(o, e);
	if (use == OPTIONS_COMPARE)
		err = options_compare_defaults(o, e);
	if (err)
		return err;
	if (use == OPTIONS_SIM)
		options_sim_defaults(o);
	if (o->cmd.resume && argc > (strcmp(argv[0], "--resume") == 0 ? 2 : 1))
		return error_set(e,
				 "--resume takes all other options from its file: give it alone");
	set_defaults(o);
	return check_counters(o, e);
}

static void help_of(const struct option_table *t, const struct option_table *shadowed_by)
{
	for (size_t i = 0; i < t->count; i++) {
		const struct option *option = &t->option[i];
		char left[48];

		if (shadowed_by && (is_native_only(option) ||
				    find_in(shadowed_by, option->name, strlen(option->name))))
			continue;
		snprintf(left, sizeof(left), "%s%s%s", option->name, option->argument ? " " : "",
			 option->argument ? option->argument : "");
		printf("  %-32s %s\n", left, option->help);
	}
}

void options_help(enum options_use use)
{
	if (use == OPTIONS_COMPARE) {
		help_of(&options_compare, NULL);
		return;
	}
	if (use == OPTIONS_SIM)
		help_of(&options_sim, NULL);
	help_of(use == OPTIONS_AUDIT ? &options_audit : &options_run,
		use == OPTIONS_SIM ? &options_sim : NULL);
}
