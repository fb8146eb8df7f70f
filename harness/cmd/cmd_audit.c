// SPDX-License-Identifier: GPL-2.0-or-later
/* `iommubench audit`: counts how often each allocator hands out an entry that the IOMMU still translates. */
#include "cmd/commands.h"

#include <errno.h>
#include <stdlib.h>

#include "clock.h"
#include "audit/apart.h"
#include "audit/shrink.h"
#include "audit/together.h"
#include "base/plural.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "output/audit_table.h"
#include "base/wrapped.h"
#include "run/session.h"

struct audit_command {
	struct session s;
	struct options o;
	struct plan plan;
	struct audited_cell *cell; /* one for each of the plan */
	bool broken;               /* stale reuse where nobody knew of it */
};

static struct audit_config config_of(const struct audit_command *c, const struct cell *cell,
				     uint64_t seed)
{
	return (struct audit_config){
		.cell = cell,
		.geometry = cell_geometry(cell),
		.iotlb = c->o.audit.iotlb,
		.operations = c->o.audit.operations,
		.seed = seed,
		.draws = c->o.audit.draws,
		.topology = &c->s.topology,
	};
}

static int plan(void *self, struct error *e)
{
	struct audit_command *c = self;
	const unsigned int threads = c->o.plan.audit_threads;
	int err = 0;

	if (threads > 1 && threads > c->s.topology.ncpus)
		err = error_set(e, "--threads: %u is more than the %u CPU%s this process may use",
				threads, c->s.topology.ncpus, plural(c->s.topology.ncpus));
	if (!err)
		err = plan_make(&c->o.plan, c->s.topology.ncpus, &c->plan, e);
	if (err)
		return err;
	clock_calibrate(&c->s.costs.clock);
	c->s.planned = (size_t)c->plan.cell_count * c->o.plan.repetitions;
	c->cell = calloc(c->plan.cell_count + 1, sizeof(*c->cell));
	return c->cell ? 0 : error_set(e, "no memory for %u cells", c->plan.cell_count);
}

static int preview(void *self)
{
	const struct audit_command *c = self;

	return c->s.planned ? SESSION_GOES_ON : plan_empty(c->s.plan, "audit");
}

/* What was audited with, beside what a run has in its context. */
static void describe(void *self)
{
	struct audit_command *c = self;
	const struct options *o = &c->o;
	json_t *d = json_pack(
		"{s:I, s:s, s:i, s:i, s:i, s:s}", "operations", (json_int_t)o->audit.operations,
		"draws", audit_draws_names[o->audit.draws], "threads", (int)o->plan.audit_threads,
		"iotlb_tags", (int)o->audit.iotlb.tags, "iotlb_ways", (int)o->audit.iotlb.ways,
		"iotlb_replacement", iotlb_replacement_name(o->audit.iotlb.replacement));

	if (o->audit.profile)
		json_object_set_new(d, "profile", json_string(o->audit.profile));
	json_object_set_new(c->s.results.suite, "audit", d);
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
	set_count(sample, "reuses", r->reuses);
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

/* What came of a cell, as Google Benchmark would write it. */
static json_t *sample_of(const char *name, const struct audit_result *r)
{
	json_t *sample = json_pack("{s:s, s:s, s:s, s:s}", "name", name, "run_name", name,
				   "run_type", "iteration", "time_unit", "ns");

	set_figures(sample, r);
	return sample;
}

static int audit_cell(struct audit_command *c, unsigned int i, unsigned int repetition,
		      struct error *e)
{
	const struct cell *cell = &c->plan.cells[i];
	const struct audit_config config = config_of(c, cell, c->o.plan.seed + repetition);
	struct audited_cell *a = &c->cell[i];
	struct audit_result *r = &a->result[a->seeds - a->failed];
	const struct sample_place place = {
		.cpus = c->o.plan.audit_threads,
		.cell = i,
		.repetitions = c->o.plan.repetitions,
		.repetition = repetition,
		.pass = "audit",
		.seed = config.seed,
	};
	struct error why;
	int failed = audit_run_apart(&config, r, &why);

	a->seeds++;
	if (failed) {
		a->failed++;
		progress_note("%s: %s", cell->name, why.text);
	} else {
		c->broken |= r->stale_reuse && !cell->allocator->known_stale_reuse;
	}
	return session_keep(&c->s,
			    failed ? results_failed_sample(cell->name, why.text) :
				     sample_of(cell->name, r),
			    &place, e);
}

static int audit_seeds(struct audit_command *c, unsigned int i, struct error *e)
{
	struct audited_cell *a = &c->cell[i];
	int err = 0;

	a->cell = &c->plan.cells[i];
	a->result = calloc(c->o.plan.repetitions, sizeof(*a->result));
	if (!a->result)
		return error_set(e, "no memory for the results of %s", a->cell->name);
	for (unsigned int r = 0; r < c->o.plan.repetitions && !err; r++) {
		progress_step(&c->s.progress, a->cell->name);
		err = audit_cell(c, i, r, e);
	}
	return err;
}

/* Has any cell of the variant of cell @i a stale reuse? Then nothing more need be known. */
static bool is_seen(const struct audit_command *c, unsigned int i)
{
	bool seen = false;

	for (unsigned int j = 0; j < c->plan.cell_count; j++) {
		const struct audited_cell *a = &c->cell[j];

		for (unsigned int k = 0; k < a->seeds - a->failed; k++)
			seen |= audited_same_variant(a->cell, c->cell[i].cell) &&
				a->result[k].stale_reuse;
	}
	return seen;
}

static void record_together(struct audit_command *c, const struct cell *cell,
			    const struct audit_result *r)
{
	json_t *audit = json_object_get(c->s.results.suite, "audit"), *list;

	list = json_object_get(audit, "together");
	if (!list) {
		list = json_array();
		json_object_set_new(audit, "together", list);
	}
	json_array_append_new(
		list, json_pack("{s:o, s:I, s:I, s:I, s:I}", "variant",
				json_sprintf("%s/pools:%u", cell->allocator->name, cell->npools),
				"allocations", (json_int_t)r->allocations, "reuses",
				(json_int_t)r->reuses, "stale_reuse", (json_int_t)r->stale_reuse,
				"overlapped_frees", (json_int_t)r->overlapped));
}

/* What one thread did not find of the variant of cell @i, perhaps two will. */
static int look_together(struct audit_command *c, unsigned int i, struct error *e)
{
	const struct cell *cell = c->cell[i].cell;
	const struct audit_config config = config_of(c, cell, c->o.plan.seed);
	struct audit_result *r;
	struct error why;

	for (unsigned int j = 0; j < i; j++) {
		if (audited_same_variant(c->cell[j].cell, cell))
			return 0;
	}
	if (is_seen(c, i))
		return 0;
	r = malloc(sizeof(*r));
	if (!r)
		return error_set(e, "no memory to audit two threads");
	if (audit_together(&config, r, &why)) {
		progress_note("%s: two threads at once: %s", cell->name, why.text);
		free(r);
		return 0;
	}
	c->broken |= r->stale_reuse && !cell->allocator->known_stale_reuse;
	c->cell[i].together = r;
	record_together(c, cell, r);
	return 0;
}

static int take(void *self, struct error *e)
{
	struct audit_command *c = self;
	int err = 0;

	for (unsigned int i = 0; i < c->plan.cell_count && !err; i++)
		err = audit_seeds(c, i, e);
	if (c->s.topology.ncpus < 2 || c->o.plan.audit_threads > 1)
		return err;
	for (unsigned int i = 0; i < c->plan.cell_count && !err; i++)
		err = look_together(c, i, e);
	return err;
}

/* Audits a cell again, up to its first stale reuse, and writes that down. */
static int trace_cell(const struct audit_command *c, const struct cell *cell, uint64_t seed,
		      struct error *e)
{
	struct audit_config config = config_of(c, cell, seed);
	struct audit_result *r = malloc(sizeof(*r));
	struct script script = {0};
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
		err = script_save(&script, c->o.audit.trace_out, e);
	if (!err) {
		print_wrapped(stdout,
			      "trace: %s: %zu operations on %lu entries that end in a stale reuse, "
			      "by the first cell that has one, %s",
			      c->o.audit.trace_out, script.count, script.geometry.entries,
			      cell->name);
	}
	script_clear(&script);
	return err;
}

static int write_trace(const struct audit_command *c, struct error *e)
{
	for (unsigned int i = 0; i < c->plan.cell_count; i++) {
		for (unsigned int k = 0; k < c->cell[i].seeds - c->cell[i].failed; k++) {
			if (c->cell[i].result[k].stale_reuse)
				return trace_cell(c, c->cell[i].cell, c->cell[i].result[k].seed, e);
		}
	}
	printf("trace: no cell has a stale reuse: %s is not written\n", c->o.audit.trace_out);
	return 0;
}

static void print(const void *self)
{
	const struct audit_command *c = self;

	for (unsigned int i = 0; i < c->plan.omission_count; i++)
		print_wrapped(stdout, "left out: %s: %s", c->plan.omissions[i].cell,
			      c->plan.omissions[i].reason);
	audit_table_print(c->cell, c->plan.cell_count, stdout);
}

static int conclude(void *self, struct error *e)
{
	const struct audit_command *c = self;

	if (c->o.audit.trace_out && write_trace(c, e))
		return -EINVAL;
	return c->broken;
}

static const struct session_steps steps = {
	.command = "audit",
	.plan = plan,
	.preview = preview,
	.describe = describe,
	.take = take,
	.print = print,
	.conclude = conclude,
};

int audit_main(int argc, char **argv)
{
	struct audit_command c = {
		.s = {.steps = &steps, .request = &c.o.plan, .cmd = &c.o.cmd, .plan = &c.plan}};
	struct error e;
	int exit_code, err = options_parse(argc - 1, argv + 1, OPTIONS_AUDIT, &c.o, &e);

	if (err > 0)
		return help_print(HELP_AUDIT);
	exit_code = err ? error_usage(&e) : session_conduct(&c.s, argc, argv);
	for (unsigned int i = 0; c.cell && i < c.plan.cell_count; i++) {
		free(c.cell[i].result);
		free(c.cell[i].together);
	}
	free(c.cell);
	plan_free(&c.plan);
	return exit_code;
}
