// SPDX-License-Identifier: GPL-2.0-or-later
/* See report.h. */
#include "sim/report.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "gbench.h"
#include "locks/lock_figures.h"
#include "measure/timing_figures.h"

/* Virtual time is counted in ps, and reading it costs nothing. */
static const struct lock_time_scale scale = {.ticks_per_ns = 1000, .read_ns = 0, .sample = 1};

struct report {
	const struct sim_config *config;
	struct sim_result result;
	double host_seconds;
	struct error error;
	int err;
};

static void put(void *state, const char *name, double value)
{
	gbench_set_counter(state, name, value, GBENCH_PLAIN);
}

/* Per pair, all CPUs together. */
static void put_counts(struct gbench_state *state, const struct sim_result *r)
{
	const double pairs = (double)r->run.pairs;

	put(state, "cycles", r->run.ref_ticks);
	put(state, "basic_blocks", (double)r->counts.basic_blocks / pairs);
	put(state, "accesses", (double)r->counts.accesses / pairs);
	put(state, "l1d_misses", (double)r->counts.l1d_misses / pairs);
	put(state, "llc_misses", (double)r->counts.llc_misses / pairs);
	put(state, "coherence_misses", (double)r->counts.coherence_misses / pairs);
	put(state, "invalidations", (double)r->counts.invalidations / pairs);
}

static void put_audit(struct gbench_state *state, const struct sim_result *r)
{
	put(state, "stale_reuse_per_kop", 1000.0 * (double)r->stale_reuse / (double)r->maps);
	put(state, "windows_censored", (double)r->censored);
	if (!r->windows.count)
		return;
	put(state, "ops_per_flush", 1000.0 / r->run.flushes_per_kop);
	put(state, "window_ops_p50", (double)hist_quantile(&r->windows, 0.5));
	put(state, "window_ops_p99", (double)hist_quantile(&r->windows, 0.99));
	put(state, "window_ops_max", (double)r->windows.max);
}

static void benchmark(struct gbench_state *state, void *arg)
{
	struct report *r = arg;
	const uint64_t begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	r->err = sim_run(r->config, &r->result, &r->error);
	r->host_seconds = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin) * 1e-9;
	if (r->err) {
		gbench_fail(state, "%s", r->error.text);
		return;
	}
	while (gbench_keep_running_batch(state, (int64_t)r->result.run.pairs))
		gbench_set_iteration_time(state, r->result.run.real_time_ns * 1e-9 *
							 (double)r->result.run.pairs);
	timing_figures(&r->result.run, put, state);
	put_counts(state, &r->result);
	if (r->config->audit)
		put_audit(state, &r->result);
	lock_figures_put(r->result.run.locks, &scale, put, state);
}

/* What says nothing of the simulated machine goes under "simulation", which the runner takes out. */
static int write_details(const struct report *r, int fd)
{
	json_t *cpus = json_array(), *details, *locks;
	int err;

	for (unsigned int i = 0; i < r->config->run.ncpus; i++) {
		const struct interval_cpu *c = &r->result.run.cpu[i];

		json_array_append_new(cpus, json_pack("{s:i, s:i, s:I, s:f, s:b}", "cpu", (int)i,
						      "os_cpu", (int)c->os_cpu, "ops",
						      (json_int_t)c->pairs, "seconds", c->seconds,
						      "migrated", 0));
	}
	details = json_pack("{s:f, s:o, s:{s:f, s:I}}", "cpu_time", r->result.run.cpu_time_ns,
			    "per_thread", cpus, "simulation", "seconds", r->host_seconds,
			    "accesses", (json_int_t)r->result.all_accesses);
	locks = lock_figures_json(r->result.run.locks, &scale);
	json_object_update(details, locks);
	json_decref(locks);
	err = json_dumpfd(details, fd, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(details);
	return err;
}

int sim_report(const struct cell *cell, const struct sim_config *config, int details_fd)
{
	struct report *r = calloc(1, sizeof(*r));
	char name[CELL_NAME_MAX];
	struct gbench *b;
	int ran, exit_code;

	if (!r)
		return EXIT_CHECK;
	r->config = config;
	cell_name(cell, name);
	b = gbench_register(name, benchmark, r);
	gbench_set_iterations(b, 1);
	gbench_use_manual_time(b);
	ran = gbench_run_fd(STDOUT_FILENO, GBENCH_JSON);
	if (ran != 1)
		r->err = error_set(&r->error, "Google Benchmark ran %d benchmarks: %s", ran,
				   ran < 0 ? strerror(-ran) : "expected one");
	if (!r->err && write_details(r, details_fd))
		r->err = error_set(&r->error, "cannot write a sample's details");
	exit_code = r->err ? EXIT_CHECK : EXIT_DONE;
	if (r->err)
		error_usage(&r->error);
	free(r->result.run.cpu);
	free(r->result.run.locks);
	free(r);
	gbench_shutdown();
	return exit_code;
}
