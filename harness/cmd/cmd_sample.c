// SPDX-License-Identifier: GPL-2.0-or-later
/* See cmd_sample.h. */
#include "cmd/commands.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "gbench.h"
#include "cmd/options.h"
#include "locks/lock_figures.h"
#include "measure/executor.h"
#include "measure/steps.h"
#include "measure/timing_figures.h"
#include "plan/plan.h"

struct sample {
	struct executor_config config;
	struct counter_spec counters[COUNTERS_MAX];
	bool steps_only;
	struct lock_time_scale scale; /* of lock statistics */
	struct executor_result result;
	struct error error;
	int err;
};

static void put_counter(void *state, const char *name, double value)
{
	gbench_set_counter(state, name, value, GBENCH_PLAIN);
}

/* What else the host did in the interval. */
static void report_disturbance(struct gbench_state *state, const struct executor_result *r)
{
	put_counter(state, "migrations", (double)r->migrations);
	put_counter(state, "involuntary_switches", (double)r->involuntary_switches);
	put_counter(state, "descheduled_ns", (double)r->descheduled_ns);
	put_counter(state, "steal_ns", (double)r->steal_ns);
	put_counter(state, "noisy", r->noisy);
}

/* Of steps that a tool counts; how long they took says nothing of the cell. */
static void report_steps(struct gbench_state *state, const struct executor_result *r)
{
	put_counter(state, "flushes_per_kop", r->flushes_per_kop);
	put_counter(state, "alloc_failures", (double)r->alloc_failures);
}

/* Counts per pair, all CPUs together, and the part of the time that all of them ran. */
static void report_events(struct gbench_state *state, const struct sample *s)
{
	double running = 1;

	for (unsigned int i = 0; i < s->config.counter_count; i++) {
		double count = 0;

		if (s->counters[i].source == &counter_source_likwid)
			continue;
		for (unsigned int cpu = 0; cpu < s->config.ncpus; cpu++) {
			const struct counter_value *v = &s->result.cpu[cpu].counters[i];

			count += counter_scaled(v);
			running = fmin(running, counter_running(v));
		}
		put_counter(state, s->counters[i].name, count / (double)s->result.pairs);
	}
	if (s->config.counter_count)
		put_counter(state, "counters_running", running);
}

static void benchmark(struct gbench_state *state, void *arg)
{
	struct sample *s = arg;

	s->err = s->steps_only ? steps_run(&s->config, &s->result, &s->error) :
				 executor_run(&s->config, &s->result, &s->error);
	if (s->err) {
		gbench_fail(state, "%s", s->error.text);
		return;
	}
	/* One batch of all pairs; a pair's time is then that of one CPU. */
	while (gbench_keep_running_batch(state, (int64_t)s->result.pairs))
		gbench_set_iteration_time(state,
					  s->result.real_time_ns * 1e-9 * (double)s->result.pairs);
	if (s->steps_only) {
		report_steps(state, &s->result);
		return;
	}
	timing_figures(&s->result, put_counter, state);
	report_disturbance(state, &s->result);
	report_events(state, s);
	if (s->result.locks) {
		s->scale.sample = s->result.lock_scale;
		lock_figures_put(s->result.locks, &s->scale, put_counter, state);
	}
}

/* One CPU's own counts, not per pair. */
static json_t *events_json(const struct sample *s, const struct executor_cpu *c)
{
	json_t *events = json_object();

	for (unsigned int i = 0; i < s->config.counter_count; i++)
		json_object_set_new(events, s->counters[i].name,
				    json_real(counter_scaled(&c->counters[i])));
	return events;
}

static json_t *cpu_json(const struct sample *s, unsigned int cpu)
{
	const struct executor_cpu *c = &s->result.cpu[cpu];
	json_t *j =
		json_pack("{s:i, s:i, s:I, s:f, s:I, s:I, s:b}", "cpu", (int)cpu, "os_cpu",
			  (int)c->os_cpu, "ops", (json_int_t)c->pairs, "seconds", c->seconds,
			  "involuntary_switches", (json_int_t)c->involuntary_switches,
			  "descheduled_ns", (json_int_t)c->descheduled_ns, "migrated", c->migrated);

	if (s->config.counter_count && s->counters[0].source != &counter_source_likwid)
		json_object_set_new(j, "counters", events_json(s, c));
	return j;
}

/* What Google Benchmark's flat counters cannot hold. */
static int write_details(const struct sample *s, int fd)
{
	json_t *cpus = json_array();
	json_t *details;
	int err;

	if (s->steps_only) {
		json_decref(cpus);
		return dprintf(fd, "{}") < 0 ? -EIO : 0;
	}
	for (unsigned int i = 0; i < s->config.ncpus; i++)
		json_array_append_new(cpus, cpu_json(s, i));
	details = json_pack("{s:f, s:o}", "cpu_time", s->result.cpu_time_ns, "per_thread", cpus);
	if (s->result.locks) {
		json_t *locks = lock_figures_json(s->result.locks, &s->scale);

		json_object_update(details, locks);
		json_decref(locks);
	}
	err = json_dumpfd(details, fd, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(details);
	return err;
}

static int run_benchmark(struct sample *s, const struct cell *cell, const struct sample_request *r)
{
	const int details_fd = r->details_fd;
	char name[CELL_NAME_MAX];
	struct gbench *b;
	int ran;

	cell_name(cell, name);
	/* The runner reads the clock rate itself, once. */
	gbench_skip_clock_estimate();
	b = gbench_register(name, benchmark, s);
	gbench_set_iterations(b, 1);
	gbench_use_manual_time(b);
	ran = gbench_run_fd(r->json_fd, GBENCH_JSON);
	if (ran != 1) {
		error_set(&s->error, "Google Benchmark ran %d benchmarks: %s", ran,
			  ran < 0 ? strerror(-ran) : "expected one");
		return error_usage(&s->error);
	}
	if (!s->err && details_fd >= 0 && write_details(s, details_fd)) {
		error_set(&s->error, "cannot write a sample's details");
		return error_usage(&s->error);
	}
	return s->err ? EXIT_CHECK : EXIT_DONE;
}

static int measure(const struct options *o, const struct topology *t, struct sample *s)
{
	struct plan plan;
	const struct cell *cell;
	int exit_code, err = plan_make(&o->plan, t->ncpus, &plan, &s->error);

	if (!err && plan.cell_count != 1)
		err = error_set(&s->error, "a sample needs options that make one cell, not %u",
				plan.cell_count);
	if (err) {
		plan_free(&plan);
		return error_usage(&s->error);
	}
	if (o->sample.counters_of_sample &&
	    counters_from_word(o->sample.counters_of_sample, s->counters, &s->config.counter_count,
			       &s->error)) {
		plan_free(&plan);
		return error_usage(&s->error);
	}
	s->steps_only = o->sample.steps_only;
	cell = &plan.cells[0];
	s->config = (struct executor_config){
		.workload = cell->workload,
		.allocator = cell->allocator,
		.geometry = cell_geometry(cell, o->plan.entries),
		.topology = t,
		.ncpus = cell->cpus,
		.occupancy = cell->occupancy,
		.flush = &cell->flush,
		.flush_bias_ns = o->sample.flush_bias_ns,
		.think_ns = cell->think_ns,
		.think_bias_ns = o->sample.think_bias_ns,
		.ticks_per_ns = o->sample.ticks_per_ns,
		.seconds = o->plan.seconds,
		.seed = o->plan.seed,
		.lock_sample = o->plan.lock_pass ? o->plan.lock_sample : 0,
		.counters = s->counters,
		.counter_count = s->config.counter_count,
	};
	s->scale = (struct lock_time_scale){
		.ticks_per_ns = o->sample.ticks_per_ns,
		.read_ns = o->sample.clock_read_ns,
	};
	exit_code = run_benchmark(s, cell, &o->sample);
	free(s->result.cpu);
	free(s->result.locks);
	plan_free(&plan);
	return exit_code;
}

int sample_main(int argc, char **argv)
{
	struct sample s = {0};
	struct clock_calibration clock;
	struct topology topology;
	struct options o;
	int exit_code;

	if (options_parse(argc - 1, argv + 1, OPTIONS_SAMPLE, &o, &s.error))
		return error_usage(&s.error);
	if (o.sample.ticks_per_ns == 0) {
		clock_calibrate(&clock);
		o.sample.ticks_per_ns = clock.ticks_per_ns;
	}
	if (topology_open(&topology, &s.error))
		exit_code = error_usage(&s.error);
	else
		exit_code = measure(&o, &topology, &s);
	topology_close(&topology);
	gbench_shutdown();
	return exit_code;
}
