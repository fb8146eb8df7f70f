// SPDX-License-Identifier: GPL-2.0-or-later
/* `iommubench run`: measures the cells of a plan on this host's CPUs, each pass in samples of its own. */
#include "cmd/commands.h"

#include <stdlib.h>

#include "base/plural.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "plan/budget.h"
#include "run/counter_pass.h"
#include "run/session.h"
#include "run/spawn.h"

struct run {
	struct session s;
	struct options o;
	struct plan plan;
	struct plan_sample *order;
	struct counter_plan counters;
	unsigned int *hung; /* of each cell: so many samples did */
};

static int parse(void *self, int argc, char *const *argv, struct error *e)
{
	struct run *r = self;

	return options_parse(argc, argv, OPTIONS_RUN, &r->o, e);
}

static int plan(void *self, struct error *e)
{
	struct run *r = self;
	int err = plan_make(&r->o.plan, r->s.topology.ncpus, &r->plan, e);

	if (!err)
		err = counter_pass_plan(&r->o.plan, &r->s.topology, &r->counters, e);
	if (err)
		return err;
	plan_budget(&r->o.plan, &r->plan);
	r->order = plan_order(&r->plan, &r->o.plan, &r->s.planned);
	r->hung = calloc(r->plan.cell_count + 1, sizeof(*r->hung));
	if (!r->order || !r->hung)
		return error_set(e, "no memory for the plan");
	return r->o.plan.lock_pass ? spawn_find_program(PASS_LOCKS, e) : 0;
}

/* The same samples, by the same counters. */
static int check_resumed(void *self, struct error *e)
{
	struct run *r = self;
	json_t *planned = json_object_get(r->s.results.suite, "planned_samples");

	if (!counter_pass_same(&r->counters, r->s.results.suite))
		return error_set(
			e,
			"%s: was begun with other counters than this host has now: start a new "
			"run",
			r->s.results.path);
	if (json_integer_value(planned) != (json_int_t)r->s.planned)
		return error_set(e, "%s: has %lld samples planned, the same options make %zu here",
				 r->s.results.path, (long long)json_integer_value(planned),
				 r->s.planned);
	return 0;
}

static void print_plan(const struct run *r)
{
	const struct topology *t = &r->s.topology;

	plan_print(&r->plan, r->o.cmd.list_tests ? PLAN_PRINT_NAMES : PLAN_PRINT_ALL);
	if (r->o.cmd.list_tests)
		return;
	printf("%u cell%s, %zu sample%s of %g s, in random order; CPUs in pinning order:",
	       r->plan.cell_count, plural(r->plan.cell_count), r->s.planned, plural(r->s.planned),
	       r->o.plan.seconds);
	for (unsigned int i = 0; i < t->ncpus; i++)
		printf(" %u", t->os_cpu[i]);
	printf("\n");
	if (r->o.plan.budget_s > 0)
		plan_budget_print(&r->o.plan, &r->plan, stdout);
	if (t->excluded)
		printf("the machine has %u CPU%s more, which this process may not use (taskset, "
		       "cgroup, offline)\n",
		       t->excluded, plural(t->excluded));
}

static int preview(void *self)
{
	const struct run *r = self;

	if (r->o.cmd.dry_run || r->o.cmd.list_tests) {
		print_plan(r);
		return EXIT_DONE;
	}
	if (!r->plan.cell_count)
		return plan_empty(&r->plan, "measure");
	if (plan_over_budget(&r->plan, &r->o.plan))
		plan_budget_print(&r->o.plan, &r->plan, stderr);
	return SESSION_GOES_ON;
}

static void describe(void *self)
{
	struct run *r = self;
	const struct counter_plan *counters = &r->counters;
	const double budget_s = r->s.request->budget_s;

	if (budget_s > 0)
		json_object_set_new(r->s.results.suite, "budget_s", json_real(budget_s));
	if (counters->choice != COUNTERS_NONE)
		json_object_set_new(r->s.results.suite, "counters", counter_plan_json(counters));
}

/* Where likwid fails the run goes on: its counters are absent, with the reason. */
static int give_up_likwid(struct run *r, struct error *e)
{
	progress_note("likwid: %s: no more samples with it", e->text);
	counter_pass_give_up(&r->counters, e->text);
	describe(r);
	return results_write(&r->s.results, e);
}

/* One sample may hang by accident; another of its allocator, and it would take minutes to learn no more. */
static bool is_given_up(const struct run *r, unsigned int cell)
{
	unsigned int all = 0;

	for (unsigned int i = 0; i < r->plan.cell_count; i++) {
		if (r->plan.cells[i].allocator == r->plan.cells[cell].allocator)
			all += r->hung[i];
	}
	return r->hung[cell] && all > 1;
}

static int take_sample(struct run *r, const struct plan_sample *p, struct error *e)
{
	const struct cell *c = &r->plan.cells[p->cell];
	const struct spawn_calibration cal = run_costs_of_cell(&r->s.costs, &r->o.plan, c);
	const uint64_t seed = (r->o.plan.seed + p->repetition) & INT64_MAX;
	const struct sample_place place = {
		.cpus = c->cpus,
		.cell = p->cell,
		.repetitions = plan_repetitions(&r->o.plan, p->pass),
		.repetition = p->repetition,
		.pass = pass_facts[p->pass].name,
		.seed = seed,
	};
	json_t *sample = NULL;
	enum spawn_end end;

	if (is_given_up(r, p->cell)) {
		sample = results_failed_sample(c->name, "not begun: others hung");
		return session_keep(&r->s, sample, &place, e);
	}
	if (p->pass == PASS_COUNTERS)
		end = counter_pass_sample(&r->counters, c, &r->o.plan, &r->s.topology,
					  p->repetition, seed, cal, &sample, e);
	else
		end = spawn_sample(c, p->pass, &r->o.plan, seed, &cal, &sample, e);
	r->s.interrupted = end == SPAWN_INTERRUPTED;
	if (r->s.interrupted)
		return 0;
	if (end == SPAWN_FAILED && p->pass == PASS_COUNTERS &&
	    r->counters.choice == COUNTERS_LIKWID)
		return give_up_likwid(r, e);
	r->hung[p->cell] += end == SPAWN_HUNG;
	if (end == SPAWN_FAILED || end == SPAWN_HUNG) {
		progress_note("%s, repetition %u: %s", c->name, p->repetition, e->text);
		sample = results_failed_sample(c->name, e->text);
	}
	return session_keep(&r->s, sample, &place, e);
}

static int take(void *self, struct error *e)
{
	struct run *r = self;
	int err = 0;

	for (size_t i = 0; i < r->s.planned && !r->s.interrupted && !err; i++) {
		const struct plan_sample *p = &r->order[i];
		const char *name = r->plan.cells[p->cell].name;

		if (results_has(&r->s.results, name, pass_facts[p->pass].name, p->repetition) ||
		    (p->pass == PASS_COUNTERS && !r->counters.groups)) {
			progress_skip(&r->s.progress);
			continue;
		}
		progress_step(&r->s.progress, name);
		err = take_sample(r, p, e);
	}
	return err;
}

static const struct session_steps steps = {
	.command = "run",
	.native = true,
	.parse = parse,
	.plan = plan,
	.check_resumed = check_resumed,
	.preview = preview,
	.describe = describe,
	.take = take,
	.print = session_print_table,
};

int run_main(int argc, char **argv)
{
	struct run r = {
		.s = {.steps = &steps, .request = &r.o.plan, .cmd = &r.o.cmd, .plan = &r.plan}};
	struct error e;
	int exit_code, err = parse(&r.s, argc - 1, argv + 1, &e);

	if (err > 0)
		return help_print(HELP_RUN);
	exit_code = err ? error_usage(&e) : session_conduct(&r.s, argc, argv);
	free(r.order);
	free(r.hung);
	plan_free(&r.plan);
	counter_plan_free(&r.counters);
	return exit_code;
}
