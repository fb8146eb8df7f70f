// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * `iommubench compare`: measures two sides in rounds. In each round every cell that is still
 * undecided gets one block of four samples, in random order of the cells. run/stop_rule says which
 * are decided.
 */
#include "cmd/commands.h"

#include <stdlib.h>
#include <string.h>

#include "base/plural.h"
#include "base/random.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "plan/block.h"
#include "plan/pass.h"
#include "run/compare_plan.h"
#include "run/compare_sim.h"
#include "run/session.h"
#include "run/spawn.h"
#include "run/stop_rule.h"

struct comparison {
	struct session s;
	struct options o;
	struct compare_plan plan;
	size_t samples;      /* in the file */
	unsigned int *order; /* of the cells, in a round */
	struct stop_rule stop;
	struct error last_failure;
	unsigned int hung; /* samples, and how long they took */
	double hung_s;
	bool stretched; /* the budget, so that there can be verdicts */
};

static int parse(void *self, int argc, char *const *argv, struct error *e)
{
	struct comparison *c = self;

	return options_parse(argc, argv, OPTIONS_COMPARE, &c->o, e);
}

static int plan(void *self, struct error *e)
{
	struct comparison *c = self;
	const json_t *begun = json_object_get(c->s.results.suite, "comparison");
	int err;

	/* What the caller told the first time, and --resume does not know. */
	if (begun) {
		c->o.compare.whole = json_is_true(json_object_get(begun, "whole"));
		c->o.compare.width_percent =
			json_number_value(json_object_get(begun, "width_percent"));
	}
	err = compare_plan_make(&c->o.plan, &c->o.compare, &c->s.topology, &c->plan, e);
	if (err)
		return err;
	c->order = calloc(c->plan.cell_count + 1, sizeof(*c->order));
	return c->order ? 0 : error_set(e, "no memory for the plan");
}

/* Is it the next one of its cell, as take_sample() would have labelled it? */
static bool follows(const struct comparison *c, const json_t *sample, json_int_t cell)
{
	const json_int_t index = json_integer_value(json_object_get(sample, "repetition_index"));
	const char *name = json_string_value(json_object_get(sample, "name"));
	const char *of = json_string_value(json_object_get(sample, "side"));
	const struct compare_cell *p;
	struct block b;
	enum side side;

	if (cell < 0 || cell >= c->plan.cell_count)
		return false;
	p = &c->plan.cells[cell];
	b = block_draw(c->o.plan.seed, (unsigned int)cell, p->samples / BLOCK_SAMPLES,
		       c->plan.layouts);
	side = b.side[p->samples % BLOCK_SAMPLES];
	return index == p->samples && strcmp(name, p->cell[side]->name) == 0 && of &&
	       strcmp(of, side_names[side]) == 0;
}

/* Counts the samples of a file that is resumed, into the cells. */
static int count_samples(struct comparison *c, struct error *e)
{
	json_t *sample;
	size_t i;

	json_array_foreach (c->s.results.benchmarks, i, sample) {
		const json_int_t cell = json_integer_value(json_object_get(sample, "family_index"));

		if (!follows(c, sample, cell))
			return error_set(
				e,
				"%s: sample %zu does not follow from the others: start a new "
				"comparison",
				c->s.results.path, i);
		c->plan.cells[cell].samples++;
		c->samples++;
	}
	return 0;
}

/* The same programs and cells. */
static int check_resumed(void *self, struct error *e)
{
	struct comparison *c = self;
	json_t *now = compare_plan_json(&c->plan, &c->o.compare);
	const bool same = json_equal(now, json_object_get(c->s.results.suite, "comparison"));

	json_decref(now);
	if (!same)
		return error_set(
			e,
			"%s: was begun with other programs than lie there now, or another way "
			"to run them: start a new comparison",
			c->s.results.path);
	return count_samples(c, e);
}

/* What one of the sides lacks, or the options leave out. */
static int nothing_left(const struct compare_plan *p)
{
	const char *remark = json_string_value(json_array_get(p->remarks, 0));
	struct error e;

	if (remark)
		error_set(&e, "nothing to compare: %.400s", remark);
	else
		error_set(
			&e,
			"nothing to compare: %s has no counterpart on the other side, nor has any "
			"other cell: look at --benchmark_filter and --entries",
			p->plan.cells[0].name);
	return error_usage(&e);
}

static int preview(void *self)
{
	const struct comparison *c = self;

	if (!c->plan.plan.cell_count)
		return plan_empty(&c->plan.plan, "compare");
	if (!c->plan.cell_count)
		return nothing_left(&c->plan);
	if (c->o.compare.for_sim) {
		compare_sim_print(&c->plan, &c->o.plan, &c->o.compare);
		return EXIT_DONE;
	}
	if (c->o.cmd.dry_run) {
		compare_plan_print(&c->plan);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < json_array_size(c->plan.remarks); i++)
		progress_note("%s", json_string_value(json_array_get(c->plan.remarks, i)));
	if (!c->plan.copies_programs)
		progress_note(
			"samples cannot run copies of their programs here (short of memory, or "
			"vm.memfd_noexec=2): a program keeps its pages, good or bad");
	return SESSION_GOES_ON;
}

static void describe(void *self)
{
	struct comparison *c = self;

	json_object_set_new(c->s.results.suite, "comparison",
			    compare_plan_json(&c->plan, &c->o.compare));
}

/* Which sample it is. */
static void label(json_t *sample, const struct comparison *c, unsigned int cell,
		  const struct block *b, uint64_t seed)
{
	const unsigned int index = c->plan.cells[cell].samples;
	const enum side side = b->side[index % BLOCK_SAMPLES];

	results_place(sample, &(struct sample_place){
				      .cpus = c->plan.cells[cell].cell[side]->cpus,
				      .cell = cell,
				      .repetitions = 1,
				      .repetition = index,
				      .pass = pass_facts[PASS_TIMING].name,
				      .seed = seed,
			      });
	json_object_set_new(sample, "side", json_string(side_names[side]));
	json_object_set_new(sample, "layout", json_integer(b->layout + 1));
	json_object_set_new(sample, "block", json_integer(index / BLOCK_SAMPLES));
}

static int take_sample(struct comparison *c, unsigned int cell, const struct block *b,
		       struct error *e)
{
	struct compare_cell *p = &c->plan.cells[cell];
	const enum side side = b->side[p->samples % BLOCK_SAMPLES];
	const struct side_programs *programs = &c->plan.side[side];
	struct spawn_calibration cal = run_costs_of_cell(&c->s.costs, &c->o.plan, p->cell[side]);
	/* The same random lifetimes for all four. */
	const uint64_t seed = block_seed(c->o.plan.seed, cell, p->samples / BLOCK_SAMPLES);
	json_t *sample = NULL;
	const double begin = seconds_now();
	enum spawn_end end;
	int err;

	cal.program = &programs->program[b->layout];
	cal.foreign = programs->tree ? programs : NULL;
	c->s.progress.done++;
	end = spawn_sample(p->cell[side], PASS_TIMING, &c->o.plan, seed, &cal, &sample, e);
	if (end == SPAWN_INTERRUPTED) {
		c->s.interrupted = true;
		return 0;
	}
	if (end == SPAWN_FAILED || end == SPAWN_HUNG) {
		progress_note("%s, %s, sample %u: %s", p->cell[side]->name, side_names[side],
			      p->samples, e->text);
		sample = results_failed_sample(p->cell[side]->name, e->text);
		c->last_failure = *e;
		c->s.failed++;
	}
	if (end == SPAWN_HUNG) {
		/* One may by accident. */
		p->hung = c->hung++ > 0;
		c->hung_s += seconds_now() - begin;
	}
	label(sample, c, cell, b, seed);
	err = results_append(&c->s.results, sample, c->samples, e);
	if (err)
		return err;
	c->samples++;
	p->samples++;
	return 0;
}

static int take_block(struct comparison *c, unsigned int cell, struct error *e)
{
	struct compare_cell *p = &c->plan.cells[cell];
	const struct block b =
		block_draw(c->o.plan.seed, cell, p->samples / BLOCK_SAMPLES, c->plan.layouts);
	int err;

	do {
		err = take_sample(c, cell, &b, e);
	} while (!err && !c->s.interrupted && !p->hung && p->samples % BLOCK_SAMPLES);
	return err;
}

static int take_round(struct comparison *c, struct error *e)
{
	unsigned int count = 0;
	uint64_t seed = c->o.plan.seed ^ c->samples;
	int err = 0;

	for (unsigned int i = 0; i < c->plan.cell_count; i++) {
		if (c->plan.cells[i].goes_on && !c->plan.cells[i].hung)
			c->order[count++] = i;
	}
	random_shuffle(c->order, count, &seed);
	for (unsigned int i = 0; i < count && !err && !c->s.interrupted; i++)
		err = take_block(c, c->order[i], e);
	return err;
}

/* Of the budget: what hangs costs its own samples, not those of the others. */
static double seconds_spent(const struct comparison *c)
{
	return seconds_now() - c->hung_s;
}

/* How many blocks more the cell needs that has fewest, to have a verdict at all. */
static unsigned int blocks_lacking(const struct comparison *c)
{
	const unsigned int enough = block_enough(c->plan.layouts);
	unsigned int most = 0;

	for (unsigned int i = 0; i < c->plan.cell_count; i++) {
		const struct compare_cell *p = &c->plan.cells[i];
		const unsigned int blocks = p->samples / BLOCK_SAMPLES;

		if (p->goes_on && !p->hung && blocks < enough && enough - blocks > most)
			most = enough - blocks;
	}
	return most;
}

/* Is there time for another round, which takes @round_s? Too small a budget is stretched, with a word. */
static bool is_time_left(struct comparison *c, double began, double round_s)
{
	const unsigned int lacking = blocks_lacking(c);

	/* Nearer to the end of the budget than another round would be? */
	if (seconds_spent(c) + round_s / 2 < began + c->o.compare.budget_s)
		return true;
	if (lacking && !c->stretched) {
		c->stretched = true;
		progress_note("a budget of %.0f s is too short for verdicts on %u cell%s: going on "
			      "for %u "
			      "more round%s, about %.0f s",
			      c->o.compare.budget_s, c->plan.cell_count, plural(c->plan.cell_count),
			      lacking, plural(lacking), lacking * round_s);
	}
	return lacking;
}

static int take(void *self, struct error *e)
{
	struct comparison *c = self;
	const double began = seconds_spent(c);
	const size_t before = c->samples, failed_before = c->s.failed;
	double round_began, now = began;
	int err;

	stop_rule_begin(&c->stop, c->o.compare.undecided);
	do {
		round_began = now;
		err = take_round(c, e);
		if (err)
			return err;
		if (c->s.failed - failed_before == c->samples - before && !c->s.interrupted)
			return error_set(e, "no sample could be taken%s: %.300s",
					 c->plan.side[SIDE_BASE].tree ||
							 c->plan.side[SIDE_NEW].tree ?
						 " (is a side's harness too old for this one?)" :
						 "",
					 c->last_failure.text);
		now = seconds_spent(c);
		if (!c->s.interrupted && stop_rule_apply(&c->stop, c->s.results.path, &c->plan))
			progress_note("%.0f of %.0f s, %zu samples: to go on: %u of %u cell%s",
				      seconds_spent(c) - began, c->o.compare.budget_s, c->samples,
				      stop_rule_undecided(&c->plan), c->plan.cell_count,
				      plural(c->plan.cell_count));
	} while (!c->s.interrupted && stop_rule_undecided(&c->plan) &&
		 is_time_left(c, began, now - round_began));
	c->s.planned = c->samples;
	return 0;
}

static void print(const void *self)
{
	const struct comparison *c = self;

	printf("%u cell%s, %zu sample%s: %zu failed\n", c->plan.cell_count,
	       plural(c->plan.cell_count), c->samples, plural(c->samples), c->s.failed);
}

static const struct session_steps steps = {
	.command = "compare",
	.native = true,
	.parse = parse,
	.plan = plan,
	.check_resumed = check_resumed,
	.preview = preview,
	.describe = describe,
	.take = take,
	.print = print,
};

int compare_main(int argc, char **argv)
{
	struct comparison c = {.s = {.steps = &steps,
				     .request = &c.o.plan,
				     .cmd = &c.o.cmd,
				     .plan = &c.plan.plan}};
	struct error e;
	int exit_code, err = parse(&c.s, argc - 1, argv + 1, &e);

	if (err > 0)
		return help_print(HELP_COMPARE);
	exit_code = err ? error_usage(&e) : session_conduct(&c.s, argc, argv);
	free(c.order);
	compare_plan_free(&c.plan);
	return exit_code;
}
