// SPDX-License-Identifier: GPL-2.0-or-later
/* See cmd_run.h. */
#include "cmd/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/help.h"
#include "cmd/options.h"
#include "host/topology.h"
#include "output/progress.h"
#include "output/results.h"
#include "output/table.h"
#include "plan/budget.h"
#include "plan/plan.h"
#include "run/counter_pass.h"
#include "run/run_costs.h"
#include "run/spawn.h"

struct run {
	struct options o;
	struct topology topology;
	struct plan plan;
	struct plan_sample *order;
	size_t sample_count;
	struct run_costs costs;
	struct counter_plan counters;
	struct results results;
	bool interrupted;
};

static void record_counters(struct run *r)
{
	if (r->counters.choice != COUNTERS_NONE)
		json_object_set_new(r->results.suite, "counters", counter_plan_json(&r->counters));
}

/* Whatever befalls likwid is no failure of the run: its counters are absent, with the reason. */
static int give_up_likwid(struct run *r, struct error *e)
{
	progress_note("likwid: %s: no more samples with it", e->text);
	counter_pass_give_up(&r->counters, e->text);
	record_counters(r);
	if (r->o.plan.budget_s > 0)
		json_object_set_new(r->results.suite, "budget_s", json_real(r->o.plan.budget_s));
	return results_write(&r->results, e);
}

static int take_sample(struct run *r, const struct plan_sample *s, struct error *e)
{
	const struct cell *c = &r->plan.cells[s->cell];
	const struct spawn_calibration cal = run_costs_of_cell(&r->costs, &r->o.plan, c);
	const uint64_t seed = (r->o.plan.seed + s->repetition) & INT64_MAX;
	char name[CELL_NAME_MAX];
	json_t *sample = NULL;
	enum spawn_end end;
	int err;

	cell_name(c, name);
	if (s->pass == PASS_COUNTERS)
		end = counter_pass_sample(&r->counters, c, &r->o.plan, &r->topology, s->repetition,
					  seed, cal, &sample, e);
	else
		end = spawn_sample(c, s->pass, &r->o.plan, seed, &cal, &sample, e);
	if (end == SPAWN_INTERRUPTED) {
		r->interrupted = true;
		return 0;
	}
	if (end == SPAWN_FAILED && s->pass == PASS_COUNTERS &&
	    r->counters.choice == COUNTERS_LIKWID)
		return give_up_likwid(r, e);
	if (end == SPAWN_FAILED) {
		progress_note("%s, repetition %u: %s", name, s->repetition, e->text);
		sample = results_failed_sample(name, e->text);
	}
	results_place(sample, &(struct sample_place){
				      .cpus = c->cpus,
				      .cell = s->cell,
				      .repetitions = plan_repetitions(&r->o.plan, s->pass),
				      .repetition = s->repetition,
				      .pass = pass_facts[s->pass].name,
				      .seed = seed,
			      });
	err = results_add(&r->results, sample, e);
	return err ? err : results_write(&r->results, e);
}

static int take_samples(struct run *r, struct error *e)
{
	struct progress p;

	progress_begin(&p, (unsigned int)r->sample_count);
	for (size_t i = 0; i < r->sample_count && !r->interrupted; i++) {
		const struct plan_sample *s = &r->order[i];
		char name[CELL_NAME_MAX];
		int err;

		cell_name(&r->plan.cells[s->cell], name);
		if (results_has(&r->results, name, pass_facts[s->pass].name, s->repetition) ||
		    (s->pass == PASS_COUNTERS && !r->counters.groups)) {
			progress_skip(&p);
			continue;
		}
		progress_step(&p, name);
		err = take_sample(r, s, e);
		if (err) {
			progress_end(&p);
			return err;
		}
	}
	/* The one in flight is not kept. */
	p.done -= r->interrupted;
	progress_end(&p);
	json_object_set_new(r->results.suite, "interrupted", json_boolean(r->interrupted));
	json_object_set_new(r->results.suite, "complete", json_boolean(!r->interrupted));
	return results_write(&r->results, e);
}

static void print_plan(const struct run *r)
{
	plan_print(&r->plan, r->o.cmd.list_tests ? PLAN_PRINT_NAMES : PLAN_PRINT_ALL);
	if (r->o.cmd.list_tests)
		return;
	printf("%u cells, %zu samples of %g s, in random order; CPUs in pinning order:",
	       r->plan.cell_count, r->sample_count, r->o.plan.seconds);
	for (unsigned int i = 0; i < r->topology.ncpus; i++)
		printf(" %u", r->topology.os_cpu[i]);
	printf("\n");
	if (r->o.plan.budget_s > 0)
		plan_budget_print(&r->o.plan, &r->plan, stdout);
	if (r->topology.excluded)
		printf("the machine has %u CPUs more, which this process may not use (taskset, "
		       "cgroup, offline)\n",
		       r->topology.excluded);
}

/* What to measure: from the command line, or from the file to resume. */
static int plan_run(struct run *r, struct error *e)
{
	int err = topology_open(&r->topology, e);

	if (!err)
		err = plan_make(&r->o.plan, r->topology.ncpus, &r->plan, e);
	if (!err)
		err = counter_pass_plan(&r->o.plan, &r->topology, &r->counters, e);
	if (err)
		return err;
	plan_budget(&r->o.plan, &r->plan);
	r->order = plan_order(&r->plan, &r->o.plan, &r->sample_count);
	if (!r->order)
		return error_set(e, "no memory for the plan");
	return r->o.plan.lock_pass ? spawn_find_program(PASS_LOCKS, e) : 0;
}

static int new_results(struct run *r, int argc, char **argv, struct error *e)
{
	char *path = r->o.cmd.out ? strdup(r->o.cmd.out) : results_default_path(e);
	int err = path ? results_keep_old(path, e) : -EINVAL;

	if (!err)
		err = results_new(&r->results, path, &r->o.plan, &r->plan, r->sample_count,
				  &r->topology, &r->costs.clock, argc, argv, e);
	free(path);
	if (err)
		return err;
	run_costs_record(&r->costs, &r->o.plan, r->results.suite);
	record_counters(r);
	if (r->o.plan.budget_s > 0)
		json_object_set_new(r->results.suite, "budget_s", json_real(r->o.plan.budget_s));
	return results_write(&r->results, e);
}

/* Of all in the file: those of a run that is resumed too. */
static unsigned int count_failed(const struct run *r)
{
	unsigned int failed = 0;
	json_t *b;
	size_t i;

	json_array_foreach (r->results.benchmarks, i, b)
		failed += json_is_true(json_object_get(b, "error_occurred"));
	return failed;
}

static int finish(const struct run *r)
{
	const unsigned int failed = count_failed(r);

	if (r->o.cmd.format == OUTPUT_JSON) {
		results_print(&r->results, stdout);
	} else {
		table_print(r->results.root, stdout);
		if (r->o.cmd.lock_stat)
			table_print_lock_stat(r->results.root, stdout);
		printf("results: %s\n", r->results.path);
	}
	if (r->interrupted) {
		fprintf(stderr,
			"iommubench: interrupted: what was measured is in %s; "
			"go on with: iommubench run --resume %s\n",
			r->results.path, r->results.path);
		fflush(stdout);
		/* Ends as a program does that Ctrl-C stops, so that scripts stop too. */
		return 128 + SIGINT;
	}
	if (failed)
		fprintf(stderr, "iommubench: %u of %zu samples failed\n", failed, r->sample_count);
	return failed ? EXIT_CHECK : EXIT_DONE;
}

static int measure(struct run *r, int argc, char **argv, struct error *e)
{
	int err;

	if (r->o.cmd.dry_run || r->o.cmd.list_tests) {
		print_plan(r);
		return EXIT_DONE;
	}
	if (!r->plan.cell_count)
		return plan_empty(&r->plan, "measure", r->o.plan.filter);
	if (r->o.plan.budget_s > 0 && plan_seconds(&r->plan, &r->o.plan) > r->o.plan.budget_s)
		plan_budget_print(&r->o.plan, &r->plan, stderr);
	spawn_prepare();
	/* What cannot be pinned cannot be measured: the host's fault, not the user's. */
	if (run_costs_calibrate(&r->costs, &r->o.plan, &r->topology, r->results.suite, e)) {
		error_usage(e);
		return EXIT_NOTHING;
	}
	err = 0;
	if (!r->o.cmd.resume)
		err = new_results(r, argc, argv, e);
	if (!err)
		err = take_samples(r, e);
	return err ? error_usage(e) : finish(r);
}

/* Puts the options of an unfinished file in place of --resume FILE. */
static int resume_options(struct run *r, char ***words, struct error *e)
{
	const char *path = r->o.cmd.resume;
	int count, err = results_load(&r->results, path, e);

	if (err)
		return err;
	*words = results_arguments(&r->results, &count);
	err = options_parse(count, *words, OPTIONS_RUN, &r->o, e);
	r->o.cmd.resume = path;
	if (err > 0)
		return error_set(e, "%s: its arguments are not those of a run", path);
	return err;
}

/* The same samples, on the same CPUs, by the same clock. */
static int check_resumed_plan(struct run *r, struct error *e)
{
	json_t *planned = json_object_get(r->results.suite, "planned_samples");
	json_t *host = json_object_get(r->results.suite, "host");
	json_t *order = json_object_get(host, "cpu_order");
	bool same = json_array_size(order) == r->topology.ncpus;

	for (unsigned int i = 0; same && i < r->topology.ncpus; i++)
		same = json_integer_value(json_array_get(order, i)) == r->topology.os_cpu[i];
	if (!same)
		return error_set(
			e,
			"%s: was begun on other CPUs than this process may use now (taskset, "
			"cgroup): resume it on those",
			r->results.path);
	if (!counter_pass_same(&r->counters, r->results.suite))
		return error_set(
			e,
			"%s: was begun with other counters than this host has now: start a new "
			"run",
			r->results.path);
	if (json_integer_value(planned) != (json_int_t)r->sample_count)
		return error_set(e, "%s: has %lld samples planned, the same options make %zu here",
				 r->results.path, (long long)json_integer_value(planned),
				 r->sample_count);
	return 0;
}

int run_main(int argc, char **argv)
{
	char **words = NULL;
	struct run r = {0};
	struct error e;
	int exit_code, err = options_parse(argc - 1, argv + 1, OPTIONS_RUN, &r.o, &e);

	if (err > 0)
		return help_print(HELP_RUN);
	if (!err && r.o.cmd.resume)
		err = resume_options(&r, &words, &e);
	if (!err)
		err = plan_run(&r, &e);
	if (!err && r.o.cmd.resume)
		err = check_resumed_plan(&r, &e);
	exit_code = err ? error_usage(&e) : measure(&r, argc, argv, &e);

	for (char **w = words; w && *w; w++)
		free(*w);
	free(words);
	free(r.order);
	plan_free(&r.plan);
	counter_plan_free(&r.counters);
	topology_close(&r.topology);
	results_close(&r.results);
	return exit_code;
}
