// SPDX-License-Identifier: GPL-2.0-or-later
/* See cmd_audit.h. */
#include "cmd/commands.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "audit/audit_table.h"
#include "audit/shrink.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "output/progress.h"
#include "output/results.h"
#include "plan/plan.h"

struct audit_command {
	struct options o;
	struct topology topology;
	struct plan plan;
	struct results results;
	struct audited *audited; /* one for each cell of the plan */
	unsigned int failed;     /* cells that could not be audited */
	unsigned int broken;     /* cells whose allocator should be safe and is not */
};

static struct audit_config config_of(const struct audit_command *c, const struct cell *cell)
{
	return (struct audit_config){
		.cell = cell,
		.geometry = cell_geometry(cell, c->o.plan.entries),
		.iotlb = c->o.audit.iotlb,
		.operations = c->o.audit.operations,
		.seed = c->o.plan.seed,
		.draws = c->o.audit.draws,
		.topology = &c->topology,
	};
}

/* What was audited with, beside what a run has in its context. */
static json_t *describe(const struct options *o)
{
	json_t *d = json_pack(
		"{s:I, s:s, s:i, s:i, s:i, s:s}", "operations", (json_int_t)o->audit.operations,
		"draws", audit_draws_names[o->audit.draws], "threads", (int)o->plan.audit_threads,
		"iotlb_tags", (int)o->audit.iotlb.tags, "iotlb_ways", (int)o->audit.iotlb.ways,
		"iotlb_replacement", iotlb_replacement_name(o->audit.iotlb.replacement));

	if (o->audit.profile)
		json_object_set_new(d, "profile", json_string(o->audit.profile));
	return d;
}

static int new_results(struct audit_command *c, int argc, char **argv, struct error *e)
{
	char *path = c->o.cmd.out ? strdup(c->o.cmd.out) : results_default_path(e);
	struct clock_calibration clock;
	int err = path ? results_keep_old(path, e) : -EINVAL;

	clock_calibrate(&clock);
	if (!err)
		err = results_new(&c->results, path, &c->o.plan, &c->plan, c->plan.cell_count,
				  &c->topology, &clock, argc, argv, e);
	free(path);
	if (err)
		return err;
	json_object_set_new(c->results.suite, "audit", describe(&c->o));
	return results_write(&c->results, e);
}

static void set_figure(json_t *sample, const char *key, double value)
{
	json_object_set_new(sample, key, json_real(value));
}

static void set_count(json_t *sample, const char *key, uint64_t value)
{
	json_object_set_new(sample, key, json_integer((json_int_t)value));
}

static void set_figures(json_t *sample, const struct audit_result *r)
{
	const double kpairs = (double)r->pairs / 1000;

	set_count(sample, "iterations", r->pairs);
	set_figure(sample, "real_time", r->real_time_ns);
	set_figure(sample, "cpu_time", r->cpu_time_ns);
	set_figure(sample, "stale_reuse_per_kop", (double)r->stale_reuse / kpairs);
	set_figure(sample, "stale_hits_per_kop", (double)r->stale_hits / kpairs);
	set_figure(sample, "flushes_per_kop", (double)r->flushes / kpairs);
	if (r->flushes)
		set_figure(sample, "ops_per_flush", (double)r->pairs / (double)r->flushes);
	if (r->windows.count) {
		set_count(sample, "window_ops_p50", hist_quantile(&r->windows, 0.5));
		set_count(sample, "window_ops_p99", hist_quantile(&r->windows, 0.99));
		set_count(sample, "window_ops_max", r->windows.max);
	}
	set_count(sample, "windows_censored", r->censored);
	set_count(sample, "alloc_failures", r->failures);
}

/* Adds what came of cell @i, as Google Benchmark would write it. @why: it failed. */
static int add_sample(struct audit_command *c, unsigned int i, const char *why, struct error *e)
{
	char name[CELL_NAME_MAX];
	json_t *sample;

	cell_name(&c->plan.cells[i], name);
	if (why) {
		sample = results_failed_sample(name, why);
	} else {
		sample = json_pack("{s:s, s:s, s:s, s:s}", "name", name, "run_name", name,
				   "run_type", "iteration", "time_unit", "ns");
		set_figures(sample, &c->audited[i].result);
	}
	results_place(sample, &(struct sample_place){
				      .cpus = c->o.plan.audit_threads,
				      .cell = i,
				      .repetitions = 1,
				      .pass = "audit",
				      .seed = c->o.plan.seed,
			      });
	return results_add(&c->results, sample, e);
}

static int audit_cell(struct audit_command *c, unsigned int i, struct error *e)
{
	const struct cell *cell = &c->plan.cells[i];
	const struct audit_config config = config_of(c, cell);
	struct audited *a = &c->audited[i];
	char name[CELL_NAME_MAX];
	struct error why;
	int err;

	cell_name(cell, name);
	a->cell = cell;
	a->failed = audit_run(&config, &a->result, &why);
	if (a->failed) {
		c->failed++;
		progress_note("%s: %s", name, why.text);
	} else if (a->result.stale_reuse && cell->allocator->stale_safe) {
		c->broken++;
	}
	err = add_sample(c, i, a->failed ? why.text : NULL, e);
	return err ? err : results_write(&c->results, e);
}

static int audit_cells(struct audit_command *c, struct error *e)
{
	struct progress p;
	int err = 0;

	progress_begin(&p, c->plan.cell_count);
	for (unsigned int i = 0; i < c->plan.cell_count && !err; i++) {
		char name[CELL_NAME_MAX];

		cell_name(&c->plan.cells[i], name);
		progress_step(&p, name);
		err = audit_cell(c, i, e);
	}
	progress_end(&p);
	if (err)
		return err;
	json_object_set_new(c->results.suite, "complete", json_true());
	return results_write(&c->results, e);
}

static int write_file(const struct script *s, const char *path, struct error *e)
{
	FILE *file = fopen(path, "we");
	bool failed;
	int err;

	if (!file)
		return error_set(e, "--trace-out: cannot open '%s': %s", path, strerror(errno));
	err = script_write(s, file, e);
	failed = ferror(file);
	failed |= fclose(file) != 0;
	if (failed && !err)
		err = error_set(e, "--trace-out: cannot write '%s': %s", path, strerror(errno));
	return err;
}

/* By temporary file and rename, so that what was there is kept; pipes and the like as they are. */
static int write_script(const struct script *s, const char *path, struct error *e)
{
	size_t length = strlen(path) + sizeof(".tmp");
	char *temporary;
	struct stat st;
	int err;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_file(s, path, e);
	temporary = malloc(length);
	if (!temporary)
		return error_set(e, "no memory to write %s", path);
	snprintf(temporary, length, "%s.tmp", path);
	err = write_file(s, temporary, e);
	if (!err)
		err = results_keep_old(path, e);
	if (!err && rename(temporary, path))
		err = error_set(e, "--trace-out: cannot write '%s': %s", path, strerror(errno));
	if (err)
		unlink(temporary);
	free(temporary);
	return err;
}

/* Audits a cell again, up to its first stale reuse, and writes that down. */
static int trace_cell(const struct audit_command *c, const struct cell *cell, struct error *e)
{
	struct audit_config config = config_of(c, cell);
	struct audit_result *r = malloc(sizeof(*r));
	struct script script = {0};
	char name[CELL_NAME_MAX];
	int err;

	config.script = &script;
	err = r ? audit_run(&config, r, e) : error_set(e, "no memory for a trace");
	free(r);
	config.script = NULL;
	if (!err && script.no_memory)
		err = error_set(e, "no memory for a trace");
	if (!err && c->o.audit.shrink)
		err = shrink_audit(&config, &script, e);
	if (!err)
		err = write_script(&script, c->o.audit.trace_out, e);
	if (!err) {
		cell_name(cell, name);
		printf("trace: %s: %zu operations on %lu entries that end in a stale reuse, by the "
		       "first cell that has one, %s\n",
		       c->o.audit.trace_out, script.count, script.geometry.entries, name);
	}
	script_clear(&script);
	return err;
}

static int write_trace(const struct audit_command *c, struct error *e)
{
	for (unsigned int i = 0; i < c->plan.cell_count; i++) {
		if (!c->audited[i].failed && c->audited[i].result.stale_reuse)
			return trace_cell(c, c->audited[i].cell, e);
	}
	printf("trace: no cell has a stale reuse: %s is not written\n", c->o.audit.trace_out);
	return 0;
}

static int finish(const struct audit_command *c, struct error *e)
{
	for (unsigned int i = 0; i < c->plan.omission_count; i++)
		printf("left out: %s: %s\n", c->plan.omissions[i].cell,
		       c->plan.omissions[i].reason);
	audit_table_print(c->audited, c->plan.cell_count, stdout);
	printf("results: %s\n", c->results.path);
	if (c->o.audit.trace_out && write_trace(c, e))
		return error_usage(e);
	if (c->failed)
		fprintf(stderr, "iommubench: %u of %u cells failed\n", c->failed,
			c->plan.cell_count);
	return c->failed || c->broken ? EXIT_CHECK : EXIT_DONE;
}

static int plan_audit(struct audit_command *c, struct error *e)
{
	int err = topology_open(&c->topology, e);

	if (!err && c->o.plan.audit_threads > 1 && c->o.plan.audit_threads > c->topology.ncpus)
		err = error_set(e, "--threads: %u is more than the %u CPUs this process may use",
				c->o.plan.audit_threads, c->topology.ncpus);
	if (!err)
		err = plan_make(&c->o.plan, c->topology.ncpus, &c->plan, e);
	if (err)
		return err;
	c->audited = calloc(c->plan.cell_count + 1, sizeof(*c->audited));
	return c->audited ? 0 : error_set(e, "no memory for %u cells", c->plan.cell_count);
}

static int audit(struct audit_command *c, int argc, char **argv, struct error *e)
{
	int err;

	if (!c->plan.cell_count)
		return plan_empty(&c->plan, "audit", c->o.plan.filter);
	err = new_results(c, argc, argv, e);
	if (!err)
		err = audit_cells(c, e);
	return err ? error_usage(e) : finish(c, e);
}

int audit_main(int argc, char **argv)
{
	struct audit_command c = {0};
	struct error e;
	int exit_code, err = options_parse(argc - 1, argv + 1, OPTIONS_AUDIT, &c.o, &e);

	if (err > 0)
		return help_print(HELP_AUDIT);
	if (!err)
		err = plan_audit(&c, &e);
	exit_code = err ? error_usage(&e) : audit(&c, argc, argv, &e);
	free(c.audited);
	plan_free(&c.plan);
	topology_close(&c.topology);
	results_close(&c.results);
	return exit_code;
}
