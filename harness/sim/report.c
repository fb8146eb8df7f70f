// SPDX-License-Identifier: GPL-2.0-or-later
/* Simulates one cell and reports it as a native sample process does. */
#include "sim/report.h"

#include <stdlib.h>
#include <unistd.h>

#include "clock.h"
#include "base/stuck.h"
#include "measure/sample_json.h"

/* Virtual time is counted in ps. */
static struct lock_time_scale scale_of(const struct sim_config *c, const struct sim_result *r)
{
	return (struct lock_time_scale){
		.ticks_per_ns = 1000,
		.read_ns = c->run.clock_read_ns,
		.cpu_ns = 1e9 * r->run.seconds * c->run.ncpus,
	};
}

struct report {
	const struct sim_config *config;
	struct sim_result result;
	double host_seconds;
	struct error error;
	int err;
};

/* Per pair, all CPUs together. */
static void put_counts(struct gbench_state *state, const struct sim_result *r)
{
	const double pairs = (double)r->run.pairs;

	sample_put(state, "cycles", r->run.ref_ticks);
	sample_put(state, "basic_blocks", (double)r->counts.basic_blocks / pairs);
	sample_put(state, "accesses", (double)r->counts.accesses / pairs);
	sample_put(state, "l1d_misses", (double)r->counts.l1d_misses / pairs);
	sample_put(state, "llc_misses", (double)r->counts.llc_misses / pairs);
	sample_put(state, "coherence_misses", (double)r->counts.coherence_misses / pairs);
	sample_put(state, "invalidations", (double)r->counts.invalidations / pairs);
}

static void put_audit(struct gbench_state *state, const struct sim_result *r)
{
	sample_put(state, "stale_reuse_per_kop", 1000.0 * (double)r->stale_reuse / (double)r->maps);
	sample_put(state, "windows_censored", (double)r->censored);
	if (!r->windows.count)
		return;
	sample_put(state, "ops_per_flush", 1000.0 / r->run.flushes_per_kop);
	sample_put(state, "window_ops_p50", (double)hist_quantile(&r->windows, 0.5));
	sample_put(state, "window_ops_p99", (double)hist_quantile(&r->windows, 0.99));
	sample_put(state, "window_ops_max", (double)r->windows.max);
}

static void benchmark(struct gbench_state *state, void *arg)
{
	struct report *r = arg;
	struct lock_time_scale scale;
	const uint64_t begin = clock_ns(CLOCK_PROCESS_CPUTIME_ID);

	r->err = sim_run(r->config, &r->result, &r->error);
	r->host_seconds = (double)(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - begin) * 1e-9;
	if (r->err) {
		gbench_fail(state, "%s", r->error.text);
		return;
	}
	sample_put_time(state, &r->result.run);
	sample_put_figures(state, &r->result.run);
	scale = scale_of(r->config, &r->result);
	sample_put_locks(state, &r->config->run, &r->result.run, &scale);
	put_counts(state, &r->result);
	if (r->config->audit)
		put_audit(state, &r->result);
}

/* What says nothing of the simulated machine goes under "simulation", which the runner takes out. */
static json_t *details_of(const struct report *r)
{
	const struct lock_time_scale scale = scale_of(r->config, &r->result);
	json_t *details = sample_details(&r->config->run, &r->result.run, &scale);

	json_object_set_new(details, "simulation",
			    json_pack("{s:f, s:I}", "seconds", r->host_seconds, "accesses",
				      (json_int_t)r->result.all_accesses));
	return details;
}

int sim_report(const struct cell *cell, const struct sim_config *config, int details_fd)
{
	struct report *r = calloc(1, sizeof(*r));
	struct error e;
	int err;

	if (!r)
		return EXIT_CHECK;
	r->config = config;
	stuck_watch(stuck_patience(cell->entries));
	err = sample_run(cell->name, benchmark, r, STDOUT_FILENO, &e);
	if (!err && r->err) {
		err = r->err;
		e = r->error;
	}
	if (!err)
		err = sample_write_details(details_of(r), details_fd, &e);
	if (err)
		error_usage(&e);
	free(r->result.run.cpu);
	free(r->result.run.locks);
	free(r);
	gbench_shutdown();
	return err ? EXIT_CHECK : EXIT_DONE;
}
