// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a command that takes samples, from its plan to its exit code. */
#include "run/session.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plural.h"
#include "base/shell_word.h"
#include "output/table.h"
#include "run/spawn.h"

/* Puts the options of an unfinished file in place of --resume FILE. */
static int resume(struct session *s, struct error *e)
{
	const char *path = s->cmd->resume;
	int count, err = results_load(&s->results, path, e);
	struct error why;

	if (err)
		return err;
	if (s->results.torn)
		progress_note("%s: its last sample is not whole: left out", path);
	s->words = results_arguments(&s->results, &count);
	if (!s->words)
		return error_set(e, "no memory for the options in %s", path);
	err = s->steps->parse(s, count, s->words, &why);
	s->cmd->resume = path;
	if (!err)
		return 0;
	return error_set(e, "%.200s: its arguments are not those of iommubench %s%s%.200s", path,
			 s->steps->command, err < 0 ? ": " : "", err < 0 ? why.text : "");
}

static size_t count_failed(const json_t *benchmarks)
{
	size_t failed = 0, i;
	json_t *sample;

	json_array_foreach (benchmarks, i, sample)
		failed += json_is_true(json_object_get(sample, "error_occurred"));
	return failed;
}

static int check_resumed(struct session *s, struct error *e)
{
	json_t *host = json_object_get(s->results.suite, "host");
	json_t *order = json_object_get(host, "cpu_order");
	bool same = json_array_size(order) == s->topology.ncpus;

	for (unsigned int i = 0; same && i < s->topology.ncpus; i++)
		same = json_integer_value(json_array_get(order, i)) == s->topology.os_cpu[i];
	if (!same)
		return error_set(
			e,
			"%s: was begun on other CPUs than this process may use now (taskset, "
			"cgroup): resume it on those",
			s->results.path);
	s->failed = count_failed(s->results.benchmarks);
	return s->steps->check_resumed(s, e);
}

static int new_results(struct session *s, int argc, char *const *argv, struct error *e)
{
	char path[RESULTS_PATH_MAX];
	const struct context context = {
		.request = s->request,
		.plan = s->plan,
		.samples = s->planned,
		.topology = &s->topology,
		.clock = &s->costs.clock,
		.argc = argc,
		.argv = argv,
	};
	int err = s->cmd->out ? 0 : results_default_path(path, e);

	if (!err)
		err = results_new(&s->results, s->cmd->out ? s->cmd->out : path, &context, e);
	if (err)
		return err;
	if (s->steps->native)
		run_costs_record(&s->costs, s->request, s->results.suite);
	s->steps->describe(s);
	return 0;
}

int session_add(struct session *s, json_t *sample, const struct sample_place *place,
		struct error *e)
{
	results_place(sample, place);
	s->failed += json_is_true(json_object_get(sample, "error_occurred"));
	return results_add(&s->results, sample, e);
}

int session_keep(struct session *s, json_t *sample, const struct sample_place *place,
		 struct error *e)
{
	int err = session_add(s, sample, place, e);

	return err ? err : results_write(&s->results, e);
}

static int take(struct session *s, struct error *e)
{
	json_t *suite = s->results.suite;
	int err;

	progress_begin(&s->progress, (unsigned int)s->planned);
	err = s->steps->take(s, e);
	/* The sample that was interrupted is not kept. */
	s->progress.done -= s->interrupted;
	progress_end(&s->progress);
	if (err)
		return err;
	json_object_set_new(suite, "planned_samples", json_integer((json_int_t)s->planned));
	json_object_set_new(suite, "interrupted", json_boolean(s->interrupted));
	json_object_set_new(suite, "complete", json_boolean(!s->interrupted));
	return results_write(&s->results, e);
}

void session_print_table(const void *session)
{
	const struct session *s = session;

	table_print(s->results.root, s->cmd->wide, stdout);
	if (s->cmd->lock_stat)
		table_print_lock_stat(s->results.root, stdout);
}

static int say_interrupted(const struct session *s)
{
	char *word = shell_word(s->results.path);

	fprintf(stderr,
		"iommubench: interrupted: what was measured is in %s; "
		"go on with: iommubench %s --resume %s\n",
		s->results.path, s->steps->command, word ? word : s->results.path);
	free(word);
	fflush(stdout);
	/* As the shell reports a program that Ctrl-C has killed, so that scripts stop too. */
	return 128 + SIGINT;
}

static int finish(struct session *s, struct error *e)
{
	int check = 0;

	if (s->cmd->format == OUTPUT_JSON) {
		results_print(&s->results, stdout);
	} else {
		s->steps->print(s);
		printf("results: %s\n", s->results.path);
	}
	if (s->interrupted)
		return say_interrupted(s);
	if (s->steps->conclude)
		check = s->steps->conclude(s, e);
	if (check < 0)
		return error_usage(e);
	if (s->failed)
		fprintf(stderr, "iommubench: %zu of %zu sample%s failed\n", s->failed, s->planned,
			plural(s->planned));
	return s->failed || check ? EXIT_CHECK : EXIT_DONE;
}

static int measure(struct session *s, int argc, char *const *argv, struct error *e)
{
	int err = 0;

	if (s->steps->native) {
		spawn_prepare();
		/*
		 * A host on which no thread can be pinned cannot be measured: not the user's
		 * mistake.
		 */
		if (run_costs_calibrate(&s->costs, s->request, s->plan, &s->topology,
					s->results.suite, e)) {
			error_usage(e);
			return EXIT_NOTHING;
		}
	}
	if (!s->cmd->resume)
		err = new_results(s, argc, argv, e);
	if (!err)
		err = results_write(&s->results, e);
	if (!err)
		err = take(s, e);
	return err ? error_usage(e) : finish(s, e);
}

int session_conduct(struct session *s, int argc, char *const *argv)
{
	struct error e;
	int exit_code, err = s->cmd->resume ? resume(s, &e) : 0;

	if (!err)
		err = topology_open(&s->topology, &e);
	if (!err)
		err = s->steps->plan(s, &e);
	if (!err && s->cmd->resume)
		err = check_resumed(s, &e);
	exit_code = err ? error_usage(&e) : s->steps->preview(s);
	if (exit_code == SESSION_GOES_ON)
		exit_code = measure(s, argc, argv, &e);
	for (char **w = s->words; w && *w; w++)
		free(*w);
	free(s->words);
	topology_close(&s->topology);
	results_close(&s->results);
	return exit_code;
}
