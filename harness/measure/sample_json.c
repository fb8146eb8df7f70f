// SPDX-License-Identifier: GPL-2.0-or-later
/* Turns a measured or simulated interval into what the runner reads. */
#include "measure/sample_json.h"

#include <math.h>
#include <string.h>

#include "counters/counter_plan.h"
#include "measure/timing_figures.h"

void sample_put(void *state, const char *name, double value)
{
	gbench_set_counter(state, name, value, GBENCH_PLAIN);
}

void sample_put_time(struct gbench_state *state, const struct interval_result *r)
{
	while (gbench_keep_running_batch(state, (int64_t)r->pairs))
		gbench_set_iteration_time(state, r->real_time_ns * 1e-9 * (double)r->pairs);
}

void sample_put_figures(struct gbench_state *state, const struct interval_result *r)
{
	timing_figures(r, sample_put, state);
}

void sample_put_locks(struct gbench_state *state, const struct interval_config *c,
		      const struct interval_result *r, const struct lock_time_scale *scale)
{
	if (c->locks & INTERVAL_LOCKS_COUNTED)
		lock_figures_put_counts(r->locks, r->acquisitions, sample_put, state);
	if (c->locks & INTERVAL_LOCKS_DRAWN)
		lock_figures_put_times(r->locks, r->acquisitions, scale, sample_put, state);
}

void sample_put_disturbance(struct gbench_state *state, const struct interval_result *r)
{
	sample_put(state, "migrations", (double)r->migrations);
	sample_put(state, "involuntary_switches", (double)r->involuntary_switches);
	sample_put(state, "descheduled_ns", (double)r->descheduled_ns);
	sample_put(state, "steal_ns", (double)r->steal_ns);
	sample_put(state, "noisy", r->noisy);
}

void sample_put_events(struct gbench_state *state, const struct interval_config *c,
		       const struct interval_result *r)
{
	double running = 1;

	for (unsigned int i = 0; i < c->counter_count; i++) {
		double count = 0;

		if (c->counters[i].source == &counter_source_likwid)
			continue;
		for (unsigned int cpu = 0; cpu < c->ncpus; cpu++) {
			const struct counter_value *v = &r->cpu[cpu].counters[i];

			count += counter_scaled(v);
			running = fmin(running, counter_running(v));
		}
		sample_put(state, c->counters[i].name, count / (double)r->pairs);
	}
	if (c->counter_count)
		sample_put(state, "counters_running", running);
}

int sample_run(const char *name, gbench_fn *body, void *arg, int fd, struct error *e)
{
	struct gbench *b;
	int ran;

	/* The runner reads the clock rate itself, once. */
	gbench_skip_clock_estimate();
	b = gbench_register(name, body, arg);
	gbench_set_iterations(b, 1);
	gbench_use_manual_time(b);
	ran = gbench_run_fd(fd, GBENCH_JSON);
	return ran == 1 ? 0 :
			  error_set(e, "Google Benchmark ran %d benchmarks: %s", ran,
				    ran < 0 ? strerror(-ran) : "expected one");
}

/* One CPU's own counts, not per op. */
static json_t *events_json(const struct interval_config *config, const struct interval_cpu *c)
{
	json_t *events = json_object();

	for (unsigned int i = 0; i < config->counter_count; i++)
		json_object_set_new(events, config->counters[i].name,
				    json_real(counter_scaled(&c->counters[i])));
	return events;
}

static json_t *cpu_json(const struct interval_config *config, const struct interval_cpu *c,
			unsigned int cpu)
{
	json_t *j = json_pack("{s:i, s:i, s:I, s:f, s:b}", "cpu", (int)cpu, "os_cpu",
			      (int)c->os_cpu, "ops", (json_int_t)c->pairs, "seconds", c->seconds,
			      "migrated", c->migrated);

	/* Simulated CPUs have no topology of this host, and nothing that could take them away. */
	if (config->topology) {
		json_object_set_new(j, "involuntary_switches",
				    json_integer((json_int_t)c->involuntary_switches));
		json_object_set_new(j, "descheduled_ns",
				    json_integer((json_int_t)c->descheduled_ns));
	}
	if (config->counter_count && config->counters[0].source != &counter_source_likwid)
		json_object_set_new(j, "counters", events_json(config, c));
	return j;
}

json_t *sample_details(const struct interval_config *c, const struct interval_result *r,
		       const struct lock_time_scale *scale)
{
	json_t *cpus = json_array(), *details;

	for (unsigned int i = 0; i < c->ncpus; i++)
		json_array_append_new(cpus, cpu_json(c, &r->cpu[i], i));
	details = json_pack("{s:f, s:o}", "cpu_time", r->cpu_time_ns, "per_thread", cpus);
	if (c->locks & INTERVAL_LOCKS_DRAWN) {
		json_t *locks = lock_figures_json(r->locks, r->acquisitions, scale);

		json_object_update(details, locks);
		json_decref(locks);
	}
	return details;
}

int sample_write_details(json_t *details, int fd, struct error *e)
{
	const int err = json_dumpfd(details, fd, JSON_COMPACT | JSON_REAL_PRECISION(12));

	json_decref(details);
	return err ? error_set(e, "cannot write a sample's details") : 0;
}
