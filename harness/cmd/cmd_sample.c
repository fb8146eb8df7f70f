// SPDX-License-Identifier: GPL-2.0-or-later
/* The process of one sample: measures its cell, and tells the runner that started it what came of it. */
#include "cmd/commands.h"

#include <stdlib.h>

#include "clock.h"
#include "cmd/options.h"
#include "measure/executor.h"
#include "measure/sample_json.h"
#include "measure/steps.h"
#include "plan/plan.h"

struct sample {
	struct interval_config config;
	struct counter_spec counters[COUNTERS_MAX];
	bool steps_only;
	struct lock_time_scale scale; /* of lock statistics */
	struct interval_result result;
	struct error error;
	int err;
};

/* Of steps that a tool counts; how long they took says nothing of the cell. */
static void put_steps(struct gbench_state *state, const struct interval_result *r)
{
	sample_put(state, "flushes_per_kop", r->flushes_per_kop);
	sample_put(state, "alloc_failures", (double)r->alloc_failures);
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
	sample_put_time(state, &s->result);
	if (s->steps_only) {
		put_steps(state, &s->result);
		return;
	}
	s->scale.cpu_ns = 1e9 * s->result.seconds * s->config.ncpus;
	sample_put_figures(state, &s->result);
	sample_put_locks(state, &s->config, &s->result, &s->scale);
	sample_put_disturbance(state, &s->result);
	sample_put_events(state, &s->config, &s->result);
}

static int run_benchmark(struct sample *s, const struct cell *cell, const struct sample_request *r)
{
	int err;

	err = sample_run(cell->name, benchmark, s, r->json_fd, &s->error);
	if (!err && !s->err && r->details_fd >= 0)
		err = sample_write_details(
			s->steps_only ? json_object() :
					sample_details(&s->config, &s->result, &s->scale),
			r->details_fd, &s->error);
	if (err)
		return error_usage(&s->error);
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
	s->config = (struct interval_config){
		.workload = cell->workload,
		.allocator = cell->allocator,
		.geometry = cell_geometry(cell),
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
		.locks = o->sample.locks,
		.clock_read_ns = o->sample.clock_read_ns,
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
	int exit_code, err = options_parse(argc - 1, argv + 1, OPTIONS_SAMPLE, &o, &s.error);

	if (err > 0)
		error_set(&s.error, "sample: is started by iommubench run: see iommubench --help");
	if (err)
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
