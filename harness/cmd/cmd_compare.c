// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * See cmd_compare.h. Rounds: in each, every cell that is not decided has one block of four samples, the
 * cells in random order. Whether a cell is decided is asked of a command that looks at how wide its
 * interval is, never at what it says: to stop at a difference would find differences that are none.
 */
#include "cmd/commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/run_program.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "output/progress.h"
#include "output/results.h"
#include "plan/block.h"
#include "plan/pass.h"
#include "run/compare_plan.h"
#include "run/run_costs.h"
#include "run/spawn.h"

/* The command is asked so often; seldom enough that asking takes a small part of the time. */
#define STRETCH_S      20.0
#define ASKING_SHARE   0.1
#define ASKING_S_MAX   120.0
#define ASK_WORDS_MAX  20
#define ASK_TEXT_EXTRA 4096

struct comparison {
	struct options o;
	struct topology topology;
	struct compare_plan plan;
	struct run_costs costs;
	struct results results;
	size_t samples, failed; /* in the file */
	unsigned int *order;    /* of the cells, in a round */
	bool interrupted;
	struct error last_failure;
};

static double seconds_now(void)
{
	return (double)clock_ns(CLOCK_MONOTONIC) / 1e9;
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
	struct spawn_calibration cal = run_costs_of_cell(&c->costs, &c->o.plan, p->cell[side]);
	/* The same random lifetimes for all four. */
	const uint64_t seed = block_seed(c->o.plan.seed, cell, p->samples / BLOCK_SAMPLES);
	char name[CELL_NAME_MAX];
	json_t *sample = NULL;
	enum spawn_end end;
	int err;

	cal.program = &programs->program[b->layout];
	cal.foreign = programs->tree;
	cell_name(p->cell[side], name);
	end = spawn_sample(p->cell[side], PASS_TIMING, &c->o.plan, seed, &cal, &sample, e);
	if (end == SPAWN_INTERRUPTED) {
		c->interrupted = true;
		return 0;
	}
	if (end == SPAWN_FAILED) {
		progress_note("%s, %s, sample %u: %s", name, side_names[side], p->samples, e->text);
		sample = results_failed_sample(name, e->text);
		c->last_failure = *e;
		c->failed++;
	}
	label(sample, c, cell, b, seed);
	err = results_append(&c->results, sample, c->samples, e);
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
	} while (!err && !c->interrupted && p->samples % BLOCK_SAMPLES);
	return err;
}

static int take_round(struct comparison *c, struct error *e)
{
	unsigned int count = 0;
	uint64_t seed = c->o.plan.seed ^ c->samples;
	int err = 0;

	for (unsigned int i = 0; i < c->plan.cell_count; i++) {
		if (c->plan.cells[i].goes_on)
			c->order[count++] = i;
	}
	random_shuffle(c->order, count, &seed);
	for (unsigned int i = 0; i < count && !err && !c->interrupted; i++)
		err = take_block(c, c->order[i], e);
	return err;
}

/* Does a line of @text name the cell? */
static bool is_named(const char *text, const struct cell *c)
{
	char name[CELL_NAME_MAX];
	size_t length;

	cell_name(c, name);
	length = strlen(name);
	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
		if ((at == text || at[-1] == '\n') && (!at[length] || at[length] == '\n'))
			return true;
	}
	return false;
}

/* The command's words and the file; the text is cut up. False if there are none. */
static bool ask_words(char *command, const char *file, const char **words)
{
	unsigned int count = 0;
	char *rest = command, *word;

	while ((word = strsep(&rest, " "))) {
		if (*word && count < ASK_WORDS_MAX)
			words[count++] = word;
	}
	words[count] = file;
	words[count + 1] = NULL;
	return count > 0;
}

/* Asks which cells to go on with. All of them if there is no answer. */
static void ask(struct comparison *c)
{
	const size_t size = 2 * CELL_NAME_MAX * (size_t)c->plan.cell_count + ASK_TEXT_EXTRA;
	char *command = strdup(c->o.compare.undecided), *text = calloc(1, size);
	const char *words[ASK_WORDS_MAX + 2];
	char path[PATH_MAX], line[200];
	int status = -ENOMEM;

	if (command && text && ask_words(command, c->results.path, words)) {
		if (!strchr(words[0], '/') && find_program(words[0], path))
			words[0] = path;
		status = run_program(words, ASKING_S_MAX, text, size);
	}
	if (status) {
		last_line_of(text ? text : "", line, sizeof(line));
		progress_note("%s: status %d: %s: all cells go on", c->o.compare.undecided, status,
			      line);
	}
	for (unsigned int i = 0; i < c->plan.cell_count; i++) {
		struct compare_cell *p = &c->plan.cells[i];

		p->goes_on = status || is_named(text, p->cell[SIDE_BASE]) ||
			     is_named(text, p->cell[SIDE_NEW]);
	}
	free(command);
	free(text);
}

static unsigned int count_undecided(const struct comparison *c)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < c->plan.cell_count; i++)
		count += c->plan.cells[i].goes_on;
	return count;
}

/* The end of a stretch: who goes on? Returns when the next one ends. */
static double end_stretch(struct comparison *c, double began)
{
	double asked = seconds_now(), pause;

	if (c->o.compare.undecided)
		ask(c);
	pause = (seconds_now() - asked) / ASKING_SHARE;
	progress_note("%.0f of %.0f s, %zu samples, %u of %u cells go on", seconds_now() - began,
		      c->o.compare.budget_s, c->samples, count_undecided(c), c->plan.cell_count);
	return seconds_now() + (pause > STRETCH_S ? pause : STRETCH_S);
}

static int take_samples(struct comparison *c, struct error *e)
{
	const double began = seconds_now(), end = began + c->o.compare.budget_s;
	const size_t before = c->samples, failed_before = c->failed;
	double stretch_end = began + STRETCH_S, round_began, now = began;
	int err;

	do {
		round_began = now;
		err = take_round(c, e);
		if (err)
			return err;
		if (c->failed - failed_before == c->samples - before && !c->interrupted)
			return error_set(e, "no sample could be taken%s: %.300s",
					 c->plan.side[SIDE_BASE].tree ||
							 c->plan.side[SIDE_NEW].tree ?
						 " (is a side's harness too old for this one?)" :
						 "",
					 c->last_failure.text);
		now = seconds_now();
		if (now >= stretch_end && !c->interrupted)
			stretch_end = end_stretch(c, began);
		/* Nearer to the end of the budget than another round would be? */
	} while (!c->interrupted && count_undecided(c) &&
		 seconds_now() + (now - round_began) / 2 < end);
	json_object_set_new(c->results.suite, "interrupted", json_boolean(c->interrupted));
	json_object_set_new(c->results.suite, "complete", json_boolean(!c->interrupted));
	json_object_set_new(c->results.suite, "planned_samples",
			    json_integer((json_int_t)c->samples));
	fprintf(stderr, "%zu samples taken in %.0f s\n", c->samples - before, now - began);
	return results_write(&c->results, e);
}

static int new_results(struct comparison *c, int argc, char **argv, struct error *e)
{
	char *path = c->o.cmd.out ? strdup(c->o.cmd.out) : results_default_path(e);
	int err = path ? results_keep_old(path, e) : -EINVAL;

	if (!err)
		err = results_new(&c->results, path, &c->o.plan, &c->plan.plan, 0, &c->topology,
				  &c->costs.clock, argc, argv, e);
	free(path);
	if (err)
		return err;
	run_costs_record(&c->costs, &c->o.plan, c->results.suite);
	json_object_set_new(c->results.suite, "comparison",
			    compare_plan_json(&c->plan, &c->o.compare));
	return 0;
}

static int finish(const struct comparison *c)
{
	printf("%u cells, %zu samples: %zu failed\n", c->plan.cell_count, c->samples, c->failed);
	printf("results: %s\n", c->results.path);
	if (c->interrupted) {
		fprintf(stderr,
			"iommubench: interrupted: what was measured is in %s; "
			"go on with: iommubench compare --resume %s\n",
			c->results.path, c->results.path);
		fflush(stdout);
		return 128 + SIGINT;
	}
	return c->failed ? EXIT_CHECK : EXIT_DONE;
}

/* Puts the options of an unfinished file in place of --resume FILE. */
static int resume_options(struct comparison *c, char ***words, struct error *e)
{
	const char *path = c->o.cmd.resume;
	json_t *asked;
	int count, err = results_load(&c->results, path, e);

	if (err)
		return err;
	*words = results_arguments(&c->results, &count);
	err = options_parse(count, *words, OPTIONS_COMPARE, &c->o, e);
	c->o.cmd.resume = path;
	asked = json_object_get(c->results.suite, "comparison");
	c->o.compare.whole = json_is_true(json_object_get(asked, "whole"));
	c->o.compare.width_percent = json_number_value(json_object_get(asked, "width_percent"));
	return err > 0 ? error_set(e, "%s: its arguments are not those of a comparison", path) :
			 err;
}

/* Counts the samples of a file that is resumed, into the cells. */
static int count_samples(struct comparison *c, struct error *e)
{
	json_t *sample;
	size_t i;

	json_array_foreach (c->results.benchmarks, i, sample) {
		const json_int_t cell = json_integer_value(json_object_get(sample, "family_index"));
		const json_int_t index =
			json_integer_value(json_object_get(sample, "repetition_index"));

		if (cell < 0 || cell >= c->plan.cell_count ||
		    index != c->plan.cells[cell].samples++)
			return error_set(
				e,
				"%s: sample %zu does not follow from the others: start a new "
				"comparison",
				c->results.path, i);
		c->failed += json_is_true(json_object_get(sample, "error_occurred"));
		c->samples++;
	}
	return 0;
}

/* The same programs and cells, on the same CPUs. */
static int check_resumed(struct comparison *c, struct error *e)
{
	json_t *suite = c->results.suite, *now = compare_plan_json(&c->plan, &c->o.compare);
	json_t *order = json_object_get(json_object_get(suite, "host"), "cpu_order");
	bool same = json_equal(now, json_object_get(suite, "comparison"));

	json_decref(now);
	if (!same)
		return error_set(
			e,
			"%s: was begun with other programs than lie there now, or another way "
			"to run them: start a new comparison",
			c->results.path);
	same = json_array_size(order) == c->topology.ncpus;
	for (unsigned int i = 0; same && i < c->topology.ncpus; i++)
		same = json_integer_value(json_array_get(order, i)) == c->topology.os_cpu[i];
	if (!same)
		return error_set(
			e,
			"%s: was begun on other CPUs than this process may use now (taskset, "
			"cgroup): resume it on those",
			c->results.path);
	return count_samples(c, e);
}

static int measure(struct comparison *c, int argc, char **argv, struct error *e)
{
	const struct omission *o = c->plan.plan.omissions;
	int err = 0;

	if (!c->plan.cell_count) {
		error_set(e, "nothing to compare: %s%s%s", o ? o[0].cell : "no cell matches",
			  o ? ": " : "", o ? o[0].reason : "");
		return error_usage(e);
	}
	if (c->o.compare.for_sim || c->o.cmd.dry_run) {
		if (c->o.compare.for_sim)
			compare_plan_print_sim(&c->plan, &c->o.plan, &c->o.compare);
		else
			compare_plan_print(&c->plan);
		return EXIT_DONE;
	}
	if (!c->plan.copies_programs)
		progress_note(
			"samples cannot run copies of their programs here (short of memory, or "
			"vm.memfd_noexec=2): those that got good pages keep them");
	spawn_prepare();
	if (run_costs_calibrate(&c->costs, &c->o.plan, &c->topology, c->results.suite, e)) {
		error_usage(e);
		return EXIT_NOTHING;
	}
	c->order = calloc(c->plan.cell_count, sizeof(*c->order));
	if (!c->order)
		return EXIT_CHECK;
	if (!c->o.cmd.resume)
		err = new_results(c, argc, argv, e);
	if (!err)
		err = results_write(&c->results, e);
	if (!err)
		err = take_samples(c, e);
	return err ? error_usage(e) : finish(c);
}

int compare_main(int argc, char **argv)
{
	char **words = NULL;
	struct comparison c = {0};
	struct error e;
	int exit_code, err = options_parse(argc - 1, argv + 1, OPTIONS_COMPARE, &c.o, &e);

	if (err > 0)
		return help_print(HELP_COMPARE);
	if (!err && c.o.cmd.resume)
		err = resume_options(&c, &words, &e);
	if (!err)
		err = topology_open(&c.topology, &e);
	if (!err)
		err = compare_plan_make(&c.o.plan, &c.o.compare, &c.topology, &c.plan, &e);
	if (!err && c.o.cmd.resume)
		err = check_resumed(&c, &e);
	exit_code = err ? error_usage(&e) : measure(&c, argc, argv, &e);

	for (char **w = words; w && *w; w++)
		free(*w);
	free(words);
	free(c.order);
	compare_plan_free(&c.plan);
	topology_close(&c.topology);
	results_close(&c.results);
	return exit_code;
}
