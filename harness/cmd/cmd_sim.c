// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * iommubench-sim: what `iommubench sim` starts. Each cell is simulated in a process of its own, as many at
 * once as there are CPUs; results are kept in the plan's order, so that they do not depend on which ends first.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim_sources.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "base/wrapped.h"
#include "run/sample_output.h"
#include "run/session.h"
#include "sim/exploration.h"
#include "sim/host.h"
#include "sim/report.h"

struct job {
	pid_t pid;
	size_t sample;
	struct sample_output out;
};

struct simulation {
	struct session s;
	struct options o;
	struct profile profile;
	struct machine machine;
	struct plan plan;
	struct job *job;
	size_t kept;
	json_t **done;            /* by sample; NULL: not yet */
	double seconds, accesses; /* what simulating took, all processes together */
};

static struct sim_config config_of(const struct simulation *r, size_t sample)
{
	const struct cell *c = &r->plan.cells[sample % r->plan.cell_count];
	const uint64_t repetition = sample / r->plan.cell_count;
	const uint64_t pairs = (uint64_t)r->o.sim.rounds * c->entries;

	return (struct sim_config){
		.run =
			{
				.workload = c->workload,
				.allocator = c->allocator,
				.geometry = cell_geometry(c),
				.ncpus = c->cpus,
				.occupancy = c->occupancy,
				.flush = &c->flush,
				.think_ns = c->think_ns,
				.seconds = r->o.plan.seconds,
				.seed = (r->o.plan.seed + repetition) & INT64_MAX,
				.locks = INTERVAL_LOCKS_BOTH,
				.clock_read_ns = r->o.sim.draw_locks ? SIM_CLOCK_READ_NS : 0,
			},
		.machine = &r->machine,
		/* Each CPU should have some, too. */
		.pairs = pairs > 256U * c->cpus ? pairs : 256U * c->cpus,
		.polling = r->o.sim.polling,
		.audit = r->o.sim.audit,
	};
}

_Noreturn static void child(const struct simulation *r, const struct job *j, pid_t parent)
{
	const struct cell *c = &r->plan.cells[j->sample % r->plan.cell_count];
	const struct sim_config config = config_of(r, j->sample);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* It may have been killed before that. */
	if (getppid() != parent)
		_exit(127);
	dup2(j->out.json, STDOUT_FILENO);
	dup2(j->out.errors, STDERR_FILENO);
	_exit(sim_report(c, &config, j->out.details));
}

static int start(struct simulation *r, struct job *j, size_t sample, struct error *e)
{
	const pid_t self = getpid();
	int err = sample_output_open(&j->out);

	if (err)
		return error_set(e, "cannot make a buffer for a sample's output: %s",
				 strerror(-err));
	j->sample = sample;
	fflush(NULL);
	j->pid = fork();
	if (j->pid == 0)
		child(r, j, self);
	return j->pid < 0 ? error_set(e, "cannot start a process: %s", strerror(errno)) : 0;
}

/* What is about the simulation rather than of the machine is summed up for the context. */
static void take_simulation(struct simulation *r, json_t *sample)
{
	const json_t *s = json_object_get(sample, "simulation");

	r->seconds += json_number_value(json_object_get(s, "seconds"));
	r->accesses += json_number_value(json_object_get(s, "accesses"));
	json_object_del(sample, "simulation");
}

/* The host's speed, which the samples must not depend on. */
static void describe_speed(struct simulation *r)
{
	json_t *s = json_object_get(r->s.results.suite, "simulator");

	json_object_set_new(s, "cpu_seconds", json_real(r->seconds));
	if (r->seconds > 0)
		json_object_set_new(s, "sim_accesses_per_second",
				    json_real(r->accesses / r->seconds));
}

static int add(struct simulation *r, size_t index, struct error *e)
{
	const unsigned int cells = r->plan.cell_count, cell = (unsigned int)(index % cells);
	const struct sample_place place = {
		.cpus = r->plan.cells[cell].cpus,
		.cell = cell,
		.repetitions = r->o.plan.repetitions,
		.repetition = (unsigned int)(index / cells),
		.pass = "sim",
		.seed = config_of(r, index).run.seed,
	};

	return session_add(&r->s, r->done[index], &place, e);
}

/* Keeps what is done as far as nothing before it is missing. */
static int keep(struct simulation *r, struct error *e)
{
	const size_t before = r->kept;
	int err = 0;

	while (!err && r->kept < r->s.planned && r->done[r->kept])
		err = add(r, r->kept++, e);
	describe_speed(r);
	return err || r->kept == before ? err : results_write(&r->s.results, e);
}

static int finish_job(struct simulation *r, struct job *j, int status, struct error *e)
{
	const char *name = r->plan.cells[j->sample % r->plan.cell_count].name;
	json_t *sample;
	struct error why;

	if (sample_output_collect(&j->out, status, name, &sample, &why)) {
		progress_note("%s: %s", name, why.text);
		sample = results_failed_sample(name, why.text);
	}
	sample_output_close(&j->out);
	j->pid = 0;
	take_simulation(r, sample);
	r->done[j->sample] = sample;
	return keep(r, e);
}

static int wait_for_one(struct simulation *r, struct error *e)
{
	int status;
	pid_t pid = wait(&status);

	for (unsigned int i = 0; i < r->o.sim.jobs; i++) {
		if (pid > 0 && r->job[i].pid == pid)
			return finish_job(r, &r->job[i], status, e);
	}
	return pid < 0 ? error_set(e, "cannot wait for a process: %s", strerror(errno)) : 0;
}

static struct job *free_job(struct simulation *r)
{
	for (unsigned int i = 0; i < r->o.sim.jobs; i++) {
		if (!r->job[i].pid)
			return &r->job[i];
	}
	return NULL;
}

static int take(void *self, struct error *e)
{
	struct simulation *r = self;
	int err = 0;

	for (size_t i = 0; !err && i < r->s.planned;) {
		struct job *j = free_job(r);

		if (!j) {
			err = wait_for_one(r, e);
			continue;
		}
		progress_step(&r->s.progress, r->plan.cells[i % r->plan.cell_count].name);
		err = start(r, j, i++, e);
	}
	while (!err && r->kept < r->s.planned)
		err = wait_for_one(r, e);
	return err;
}

static json_t *describe_machine(const struct profile *p)
{
	json_t *figures = json_object();

	for (unsigned int f = 0; f < MACHINE_FIGURES; f++)
		json_object_set_new(figures, profile_machine_key(f),
				    json_pack("{s:I, s:s}", "value",
					      (json_int_t)p->machine[f].value, "source",
					      p->machine[f].source));
	return figures;
}

static void describe(void *self)
{
	const struct simulation *r = self;

	json_object_set_new(r->s.results.suite, "simulator",
			    json_pack("{s:s, s:s, s:s, s:i, s:b, s:b, s:o}", "profile",
				      r->profile.name, "summary", r->profile.summary, "sources",
				      SIM_SOURCES, "rounds", (int)r->o.sim.rounds, "polling",
				      r->o.sim.polling, "audit", r->o.sim.audit, "machine",
				      describe_machine(&r->profile)));
}

/* Without --cpus no more than these are simulated: more take longer than all of them. */
#define USUAL_CPUS_MAX 64

static unsigned int cpus_to_plan(const struct simulation *r)
{
	const bool all = r->o.plan.cpus.count || r->machine.cpus < USUAL_CPUS_MAX;

	return all ? r->machine.cpus : USUAL_CPUS_MAX;
}

static int plan(void *self, struct error *e)
{
	struct simulation *r = self;
	int err = host_profile(r->o.plan.machine, &r->s.topology, &r->profile, e);

	if (!err)
		err = machine_make(&r->profile, &r->machine, e);
	r->o.sim.profile = r->o.plan.machine;
	r->o.plan.machine = r->profile.name;
	if (!err)
		err = plan_make(&r->o.plan, cpus_to_plan(r), &r->plan, e);
	if (err)
		return err;
	/* Time is virtual: what could be found out about the host's clock does not matter. */
	r->s.costs.clock = (struct clock_calibration){.ticks_per_ns = 1000};
	r->s.planned = (size_t)r->plan.cell_count * r->o.plan.repetitions;
	if (!r->o.sim.jobs)
		r->o.sim.jobs = r->s.topology.ncpus;
	r->done = calloc(r->s.planned + 1, sizeof(json_t *));
	r->job = calloc(r->o.sim.jobs, sizeof(*r->job));
	return r->done && r->job ? 0 : error_set(e, "no memory for the plan");
}

static int preview(void *self)
{
	const struct simulation *r = self;

	if (r->o.cmd.dry_run || r->o.cmd.list_tests) {
		plan_print(&r->plan, r->o.cmd.list_tests ? PLAN_PRINT_NAMES : PLAN_PRINT_ALL);
		return EXIT_DONE;
	}
	if (!r->plan.cell_count)
		return plan_empty(&r->plan, "simulate");
	return r->o.sim.explore ? exploration_run(&r->o.plan, &r->o.sim, &r->plan, &r->machine) :
				  SESSION_GOES_ON;
}

static void print(const void *self)
{
	const struct simulation *r = self;

	session_print_table(&r->s);
	print_wrapped(stdout, "simulated on %s: %s", r->profile.name, r->profile.summary);
	printf("%.3g accesses in %.1f CPU seconds: %.1f million a second\n", r->accesses,
	       r->seconds, r->seconds > 0 ? r->accesses / r->seconds / 1e6 : 0);
}

static const struct session_steps steps = {
	.command = "sim",
	.plan = plan,
	.preview = preview,
	.describe = describe,
	.take = take,
	.print = print,
};

static int sim_main(int argc, char **argv)
{
	struct simulation r = {
		.s = {.steps = &steps, .request = &r.o.plan, .cmd = &r.o.cmd, .plan = &r.plan}};
	struct error e;
	int exit_code, err = options_parse(argc - 1, argv + 1, OPTIONS_SIM, &r.o, &e);

	if (err > 0)
		return help_print(HELP_SIM);
	exit_code = err ? error_usage(&e) : session_conduct(&r.s, argc, argv);
	free(r.done);
	free(r.job);
	plan_free(&r.plan);
	return exit_code;
}

int main(int argc, char **argv)
{
	int exit_code;

	if (argc > 1 && strcmp(argv[1], "sim") == 0) {
		exit_code = sim_main(argc - 1, argv + 1);
	} else if (argc == 2 && strcmp(argv[1], "calibrate") == 0) {
		exit_code = host_calibrate_main();
	} else {
		fprintf(stderr, "iommubench-sim: started by iommubench sim\n");
		exit_code = EXIT_USAGE;
	}
	/* A full disk must not look like success. */
	if (fflush(stdout) || ferror(stdout)) {
		fprintf(stderr, "iommubench: cannot write the output: %s\n", strerror(errno));
		return exit_code ? exit_code : EXIT_CHECK;
	}
	return exit_code;
}
