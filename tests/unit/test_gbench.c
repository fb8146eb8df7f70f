// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Tests of the Google Benchmark C API. The library's state is global and some
 * of its errors end the process, so every scenario runs in a child of its own,
 * with stdout, stderr and the report in temporary files.
 */
#include "gbench.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* ---- scenarios in a child ---- */

/* Not 0: that is what the library exits with on a flag it refuses. */
#define COMPLETED 42

enum stream { REPORT, OUT, ERR, STREAMS };

struct outcome {
	char *text[STREAMS];
	json_t *json; /* the report, NULL if it is empty */
};

/* For the child, where cmocka's assertions have nowhere to return to. */
#define REQUIRE(condition)                                                              \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			_exit(99);                                                      \
		}                                                                       \
	} while (0)

typedef void scenario_fn(int report_fd);

static char *contents(FILE *f)
{
	long size;
	char *text;

	assert_int_equal(fseek(f, 0, SEEK_END), 0);
	size = ftell(f);
	assert_true(size >= 0);
	rewind(f);
	text = calloc(1, (size_t)size + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, (size_t)size, f), (size_t)size);
	return text;
}

static void child(scenario_fn *scenario, FILE *const files[])
{
	if (dup2(fileno(files[OUT]), STDOUT_FILENO) < 0 ||
	    dup2(fileno(files[ERR]), STDERR_FILENO) < 0)
		_exit(98);
	scenario(fileno(files[REPORT]));
	REQUIRE(gbench_shutdown() == 0);
	exit(COMPLETED);
}

/* Run @scenario to its end. */
static struct outcome play(scenario_fn *scenario)
{
	struct outcome result = {.json = NULL};
	FILE *files[STREAMS];
	json_error_t error;
	int status;
	pid_t pid;

	for (int i = 0; i < STREAMS; i++) {
		files[i] = tmpfile();
		assert_non_null(files[i]);
	}
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		child(scenario, files);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	for (int i = 0; i < STREAMS; i++) {
		result.text[i] = contents(files[i]);
		fclose(files[i]);
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != COMPLETED)
		fail_msg("status %#x: %s", (unsigned int)status, result.text[ERR]);
	if (result.text[REPORT][0] == '{') {
		result.json = json_loads(result.text[REPORT], JSON_REJECT_DUPLICATES, &error);
		if (!result.json)
			fail_msg("line %d: %s", error.line, error.text);
	}
	return result;
}

static void discard(struct outcome *o)
{
	for (int i = 0; i < STREAMS; i++)
		free(o->text[i]);
	json_decref(o->json);
}

static void init_with(const char *flag)
{
	static char name[] = "test_gbench";
	static char copy[4096];
	char *argv[] = {name, copy, NULL};
	int argc = 2;

	snprintf(copy, sizeof(copy), "%s", flag);
	REQUIRE(gbench_init(&argc, argv) == 0);
	REQUIRE(argc == 1 && !argv[1]);
}

/* ---- looking into reports ---- */

static size_t rows(const struct outcome *o)
{
	assert_non_null(o->json);
	return json_array_size(json_object_get(o->json, "benchmarks"));
}

static json_t *row(const struct outcome *o, const char *name)
{
	json_t *entry;
	size_t i;

	assert_non_null(o->json);
	json_array_foreach (json_object_get(o->json, "benchmarks"), i, entry)
		if (!strcmp(json_string_value(json_object_get(entry, "name")), name))
			return entry;
	fail_msg("no row %s in %s", name, o->text[REPORT]);
	return NULL;
}

static double number(const struct outcome *o, const char *name, const char *key)
{
	json_t *value = json_object_get(row(o, name), key);

	if (!json_is_number(value))
		fail_msg("no number %s in row %s", key, name);
	return json_number_value(value);
}

static const char *string(const struct outcome *o, const char *name, const char *key)
{
	const char *value = json_string_value(json_object_get(row(o, name), key));

	if (!value)
		fail_msg("no string %s in row %s", key, name);
	return value;
}

static void expect_number(const struct outcome *o, const char *name, const char *key,
			  double expected)
{
	double value = number(o, name, key);

	if (fabs(value - expected) > 1e-12 * fabs(expected))
		fail_msg("%s of %s is %.17g, not %.17g", key, name, value, expected);
}

/* ---- bodies ---- */

static void idle(struct gbench_state *s, void *arg)
{
	(void)arg;
	while (gbench_keep_running(s))
		gbench_clobber();
}

static struct gbench *once(const char *name, gbench_fn *fn, void *arg)
{
	struct gbench *b = gbench_register(name, fn, arg);

	REQUIRE(b);
	REQUIRE(gbench_set_iterations(b, 1) == 0);
	REQUIRE(gbench_set_repetitions(b, 1) == 0);
	return b;
}

/* ---- names, arguments, context ---- */

static void report_args(struct gbench_state *s, void *arg)
{
	const char *tag = arg;

	idle(s, NULL);
	REQUIRE(!strcmp(tag, "tag"));
	REQUIRE(gbench_set_counter(s, "a", (double)gbench_range(s, 0), GBENCH_PLAIN) == 0);
	REQUIRE(gbench_set_counter(s, "b", (double)gbench_range(s, 1), GBENCH_PLAIN) == 0);
}

static void report_arg(struct gbench_state *s, void *arg)
{
	(void)arg;
	idle(s, NULL);
	REQUIRE(gbench_set_counter(s, "a", (double)gbench_range(s, 0), GBENCH_PLAIN) == 0);
}

static void names_scenario(int fd)
{
	static char tag[] = "tag";
	static const char *const names[] = {"pools", "cpus"};
	static const int64_t first[] = {4, -16}, second[] = {8, 64};
	struct gbench *b;

	b = once("ring/x:y", report_args, tag);
	REQUIRE(gbench_add_args(b, first, 2) == 0);
	REQUIRE(gbench_add_args(b, second, 2) == 0);
	REQUIRE(gbench_set_arg_names(b, names, 2) == 0);
	b = once("single", report_arg, NULL);
	REQUIRE(gbench_add_arg(b, 7) == 0);
	REQUIRE(gbench_set_range_multiplier(b, 4) == 0);
	REQUIRE(gbench_add_range(b, 10, 100) == 0);
	REQUIRE(gbench_set_unit(b, GBENCH_US) == 0);
	REQUIRE(gbench_add_context("compiler", "cc \"x\"\x01") == 0);
	REQUIRE(gbench_add_context("compiler", "again") == -EEXIST);
	REQUIRE(gbench_add_context("date", "today") == -EEXIST);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 7);
}

static void test_names(void **state)
{
	struct outcome o = play(names_scenario);
	json_t *context;

	(void)state;
	assert_int_equal(rows(&o), 7);
	expect_number(&o, "ring/x:y/pools:4/cpus:-16/iterations:1/repeats:1", "b", -16);
	expect_number(&o, "ring/x:y/pools:8/cpus:64/iterations:1/repeats:1", "a", 8);
	expect_number(&o, "single/7/iterations:1/repeats:1", "a", 7);
	expect_number(&o, "single/10/iterations:1/repeats:1", "a", 10);
	expect_number(&o, "single/16/iterations:1/repeats:1", "a", 16);
	expect_number(&o, "single/64/iterations:1/repeats:1", "a", 64);
	expect_number(&o, "single/100/iterations:1/repeats:1", "a", 100);
	assert_string_equal(string(&o, "single/64/iterations:1/repeats:1", "time_unit"), "us");
	context = json_object_get(o.json, "context");
	assert_string_equal(json_string_value(json_object_get(context, "compiler")), "cc \"x\" ");
	assert_string_equal(o.text[OUT], "");
	discard(&o);
}

/* ---- manual time, batches, iterations ---- */

struct sample {
	int64_t ops;
	double seconds;
};

/* The suite's sample process: measure first, report in one turn. */
static void report_sample(struct gbench_state *s, void *arg)
{
	const struct sample *sample = arg;

	REQUIRE(gbench_iterations(s) == 0);
	while (gbench_keep_running_batch(s, sample->ops))
		REQUIRE(gbench_set_iteration_time(s, sample->seconds) == 0);
	REQUIRE(gbench_iterations(s) == sample->ops);
	REQUIRE(!gbench_keep_running_batch(s, sample->ops));
	REQUIRE(!gbench_keep_running(s));
	REQUIRE(gbench_set_items_processed(s, sample->ops) == 0);
	REQUIRE(gbench_set_bytes_processed(s, 4096) == 0);
	REQUIRE(gbench_set_label(s, "%s-%d\n\"", "label", 7) == 0);
}

static void sample_scenario(int fd)
{
	static struct sample sample = {1234567, 0.25};
	struct gbench *b = once("cell", report_sample, &sample);

	REQUIRE(gbench_use_manual_time(b) == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 1);
}

static void test_sample(void **state)
{
	static const char name[] = "cell/iterations:1/repeats:1/manual_time";
	struct outcome o = play(sample_scenario);

	(void)state;
	assert_int_equal(rows(&o), 1);
	expect_number(&o, name, "iterations", 1234567);
	expect_number(&o, name, "real_time", 0.25e9 / 1234567);
	expect_number(&o, name, "items_per_second", 1234567 / 0.25);
	expect_number(&o, name, "bytes_per_second", 4096 / 0.25);
	assert_string_equal(string(&o, name, "label"), "label-7 \"");
	assert_string_equal(string(&o, name, "time_unit"), "ns");
	assert_string_equal(o.text[OUT], "");
	discard(&o);
}

static void count_turns(struct gbench_state *s, void *arg)
{
	int64_t *turns = arg;

	while (gbench_keep_running(s))
		++*turns;
	REQUIRE(gbench_iterations(s) == 1000);
}

static void sum_batches(struct gbench_state *s, void *arg)
{
	int64_t *turns = arg;

	while (gbench_keep_running_batch(s, 300))
		++*turns;
	REQUIRE(gbench_iterations(s) == 1200);
}

static void iterations_scenario(int fd)
{
	static int64_t single, batches;
	struct gbench *b;

	b = gbench_register("single", count_turns, &single);
	REQUIRE(gbench_set_iterations(b, 1000) == 0);
	REQUIRE(gbench_set_repetitions(b, 3) == 0);
	b = gbench_register("batch", sum_batches, &batches);
	REQUIRE(gbench_set_iterations(b, 1000) == 0);
	REQUIRE(gbench_set_repetitions(b, 1) == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 2);
	REQUIRE(single == 3000);
	REQUIRE(batches == 4);
}

static void test_iterations(void **state)
{
	struct outcome o = play(iterations_scenario);

	(void)state;
	/* Three repetitions and their mean, median, stddev and cv. */
	assert_int_equal(rows(&o), 3 + 4 + 1);
	expect_number(&o, "single/iterations:1000/repeats:3", "iterations", 1000);
	expect_number(&o, "single/iterations:1000/repeats:3_mean", "repetitions", 3);
	expect_number(&o, "batch/iterations:1000/repeats:1", "iterations", 1200);
	discard(&o);
}

static void aggregates_scenario(int fd)
{
	struct gbench *b = once("aggregates", idle, NULL);

	REQUIRE(gbench_set_repetitions(b, 2) == 0);
	REQUIRE(gbench_set_report_aggregates_only(b, true) == 0);
	b = once("display", idle, NULL);
	REQUIRE(gbench_set_repetitions(b, 2) == 0);
	REQUIRE(gbench_set_display_aggregates_only(b, true) == 0);
	b = once("all", idle, NULL);
	REQUIRE(gbench_set_repetitions(b, 2) == 0);
	REQUIRE(gbench_set_report_aggregates_only(b, false) == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 3);
}

static void test_aggregates(void **state)
{
	struct outcome o = play(aggregates_scenario);

	(void)state;
	assert_int_equal(rows(&o), 4 + 4 + 6);
	assert_string_equal(string(&o, "aggregates/iterations:1/repeats:2_mean", "run_type"),
			    "aggregate");
	discard(&o);
}

/* A minimum time makes the library call the body until it is reached. */
static void slow_turns(struct gbench_state *s, void *arg)
{
	int64_t *calls = arg;

	++*calls;
	while (gbench_keep_running(s))
		REQUIRE(gbench_set_iteration_time(s, 1e-3) == 0);
}

static void min_time_scenario(int fd)
{
	static int64_t calls;
	struct gbench *b = gbench_register("slow", slow_turns, &calls);

	REQUIRE(gbench_set_min_time(b, 0.5) == 0);
	REQUIRE(gbench_set_repetitions(b, 1) == 0);
	REQUIRE(gbench_use_manual_time(b) == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 1);
	REQUIRE(calls > 1);
}

static void test_min_time(void **state)
{
	static const char name[] = "slow/min_time:0.500/repeats:1/manual_time";
	struct outcome o = play(min_time_scenario);

	(void)state;
	assert_true(number(&o, name, "iterations") >= 500);
	assert_true(fabs(number(&o, name, "real_time") - 1e6) < 1e-3);
	discard(&o);
}

/* ---- counters ---- */

static void set_counters(struct gbench_state *s, void *arg)
{
	static const struct {
		const char *name;
		unsigned int flags;
	} counters[] = {
		{"plain", GBENCH_PLAIN},
		{"rate", GBENCH_RATE},
		{"threads_avg", GBENCH_AVG_THREADS},
		{"invariant", GBENCH_INVARIANT},
		{"iterations_avg", GBENCH_AVG_ITERATIONS},
		{"inverse", GBENCH_INVERT},
		{"inverse_rate", GBENCH_RATE | GBENCH_INVERT},
		{"all", GBENCH_RATE | GBENCH_AVG_THREADS | GBENCH_AVG_ITERATIONS | GBENCH_1024},
	};

	(void)arg;
	while (gbench_keep_running_batch(s, 100))
		REQUIRE(gbench_set_iteration_time(s, 0.5) == 0);
	REQUIRE(gbench_set_counter(s, "plain", 1, GBENCH_PLAIN) == 0);
	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		REQUIRE(gbench_set_counter(s, counters[i].name, 40, counters[i].flags) == 0);
	REQUIRE(gbench_set_counter(s, "x", NAN, 0) == -EINVAL);
	REQUIRE(gbench_set_counter(s, "x", INFINITY, 0) == -EINVAL);
	REQUIRE(gbench_set_counter(s, "x", 1, 1 << 6) == -EINVAL);
	REQUIRE(gbench_set_counter(s, "", 1, 0) == -EINVAL);
	REQUIRE(gbench_set_counter(s, "a\nb", 1, 0) == -EINVAL);
	REQUIRE(gbench_set_counter(s, "\xc3", 1, 0) == -EINVAL);
	REQUIRE(gbench_set_counter(s, "real_time", 1, 0) == -EEXIST);
	REQUIRE(gbench_set_items_processed(s, -1) == -EINVAL);
	REQUIRE(gbench_set_bytes_processed(s, -1) == -EINVAL);
}

static void counters_scenario(int fd)
{
	struct gbench *b = once("one", set_counters, NULL);

	REQUIRE(gbench_use_manual_time(b) == 0);
	b = once("two", set_counters, NULL);
	REQUIRE(gbench_use_manual_time(b) == 0);
	REQUIRE(gbench_add_threads(b, 2) == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 2);
}

static void test_counters(void **state)
{
	static const char one[] = "one/iterations:1/repeats:1/manual_time";
	static const char two[] = "two/iterations:1/repeats:1/manual_time/threads:2";
	struct outcome o = play(counters_scenario);

	(void)state;
	expect_number(&o, one, "plain", 40);
	expect_number(&o, one, "rate", 80);
	expect_number(&o, one, "threads_avg", 40);
	expect_number(&o, one, "invariant", 4000);
	expect_number(&o, one, "iterations_avg", 0.4);
	expect_number(&o, one, "inverse", 0.025);
	expect_number(&o, one, "inverse_rate", 0.0125);
	expect_number(&o, one, "all", 0.8);
	assert_null(json_object_get(row(&o, one), "x"));
	expect_number(&o, two, "plain", 80);
	expect_number(&o, two, "threads_avg", 40);
	expect_number(&o, two, "iterations_avg", 0.4);
	discard(&o);
}

/* Rates over no time, and the cv of a zero mean. */
static void no_time(struct gbench_state *s, void *arg)
{
	(void)arg;
	while (gbench_keep_running(s))
		REQUIRE(gbench_set_iteration_time(s, 0) == 0);
	REQUIRE(gbench_set_counter(s, "nan", 0, GBENCH_RATE) == 0);
	REQUIRE(gbench_set_counter(s, "infinity", 1, GBENCH_RATE) == 0);
	REQUIRE(gbench_set_counter(s, "good", 3, GBENCH_PLAIN) == 0);
	REQUIRE(gbench_set_label(s, "mine") == 0);
}

static void no_time_scenario(int fd)
{
	struct gbench *b = once("zero", no_time, NULL);

	REQUIRE(gbench_use_manual_time(b) == 0);
	b = once("repeated", no_time, NULL);
	REQUIRE(gbench_use_manual_time(b) == 0);
	REQUIRE(gbench_set_repetitions(b, 2) == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 2);
}

static void test_no_time(void **state)
{
	static const char name[] = "zero/iterations:1/repeats:1/manual_time";
	struct outcome o = play(no_time_scenario);

	(void)state;
	expect_number(&o, name, "good", 3);
	assert_null(json_object_get(row(&o, name), "nan"));
	assert_null(json_object_get(row(&o, name), "infinity"));
	assert_string_equal(string(&o, name, "label"), "mine; omitted, not finite: infinity, nan");
	expect_number(&o, "repeated/iterations:1/repeats:2/manual_time_mean", "good", 3);
	discard(&o);
}

/* ---- threads and clocks ---- */

static void note_thread(struct gbench_state *s, void *arg)
{
	(void)arg;
	idle(s, NULL);
	REQUIRE(gbench_set_counter(s, "of", gbench_threads(s), GBENCH_AVG_THREADS) == 0);
	REQUIRE(gbench_set_counter(s, "index_sum", gbench_thread_index(s), GBENCH_PLAIN) == 0);
}

static void threads_scenario(int fd)
{
	struct gbench *b = once("threads", note_thread, NULL);

	REQUIRE(gbench_add_threads(b, 1) == 0);
	REQUIRE(gbench_add_threads(b, 4) == 0);
	REQUIRE(gbench_use_real_time(b) == 0);
	REQUIRE(gbench_measure_process_cpu_time(b) == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 2);
}

static void test_threads(void **state)
{
	static const char four[] =
		"threads/iterations:1/repeats:1/process_time/real_time/threads:4";
	struct outcome o = play(threads_scenario);

	(void)state;
	assert_int_equal(rows(&o), 2);
	expect_number(&o, four, "threads", 4);
	expect_number(&o, four, "of", 4);
	expect_number(&o, four, "index_sum", 0 + 1 + 2 + 3);
	discard(&o);
}

static void pause_turns(struct gbench_state *s, void *arg)
{
	const bool *resume = arg;

	REQUIRE(gbench_pause_timing(s) == -EINVAL);
	while (gbench_keep_running(s)) {
		REQUIRE(gbench_resume_timing(s) == -EINVAL);
		REQUIRE(gbench_pause_timing(s) == 0);
		REQUIRE(gbench_pause_timing(s) == -EINVAL);
		usleep(20000);
		if (*resume)
			REQUIRE(gbench_resume_timing(s) == 0);
	}
	REQUIRE(gbench_pause_timing(s) == -EINVAL);
	REQUIRE(gbench_resume_timing(s) == -EINVAL);
	REQUIRE(gbench_set_iteration_time(s, 1) == -EINVAL);
}

static void pause_scenario(int fd)
{
	static bool yes = true, no;

	once("resumed", pause_turns, &yes);
	once("left", pause_turns, &no);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 2);
}

static void test_pause(void **state)
{
	struct outcome o = play(pause_scenario);

	(void)state;
	/* Half of the pause: far above a resume, far below a lost pause. */
	assert_true(number(&o, "resumed/iterations:1/repeats:1", "real_time") < 10e6);
	assert_true(number(&o, "left/iterations:1/repeats:1", "real_time") < 10e6);
	discard(&o);
}

/* ---- failing and skipping ---- */

static void fail_before(struct gbench_state *s, void *arg)
{
	(void)arg;
	REQUIRE(gbench_fail(s, "no %s, \xff%d", "device", 3) == 0);
}

static void fail_within(struct gbench_state *s, void *arg)
{
	int turns = 0;

	(void)arg;
	while (gbench_keep_running(s)) {
		turns++;
		REQUIRE(gbench_pause_timing(s) == 0);
		REQUIRE(gbench_fail(s, "first") == 0);
		REQUIRE(gbench_fail(s, "second") == 0);
		REQUIRE(gbench_resume_timing(s) == -EINVAL);
	}
	REQUIRE(turns == 1);
}

static void skip_before(struct gbench_state *s, void *arg)
{
	(void)arg;
	REQUIRE(gbench_skip(s, "needs %d CPUs", 64) == 0);
	REQUIRE(!gbench_keep_running(s));
}

static void leave_early(struct gbench_state *s, void *arg)
{
	(void)arg;
	REQUIRE(gbench_keep_running_batch(s, 1));
}

static void never_loop(struct gbench_state *s, void *arg)
{
	(void)s;
	(void)arg;
}

static void empty_batch(struct gbench_state *s, void *arg)
{
	(void)arg;
	REQUIRE(!gbench_keep_running_batch(s, 0));
}

static void wrong_arg(struct gbench_state *s, void *arg)
{
	(void)arg;
	REQUIRE(gbench_range(s, 1) == 0);
	idle(s, NULL);
}

static void fail_one_thread(struct gbench_state *s, void *arg)
{
	(void)arg;
	if (gbench_thread_index(s) == 1) {
		gbench_fail(s, "thread 1");
		return;
	}
	idle(s, NULL);
}

static void failures_scenario(int fd)
{
	struct gbench *b;

	once("before", fail_before, NULL);
	b = gbench_register("within", fail_within, NULL);
	REQUIRE(gbench_set_iterations(b, 10) == 0);
	once("skip", skip_before, NULL);
	once("early", leave_early, NULL);
	once("never", never_loop, NULL);
	once("empty", empty_batch, NULL);
	b = once("arg", wrong_arg, NULL);
	REQUIRE(gbench_add_arg(b, 5) == 0);
	b = once("untimed", idle, NULL);
	REQUIRE(gbench_use_manual_time(b) == 0);
	b = once("parallel", fail_one_thread, NULL);
	REQUIRE(gbench_add_threads(b, 3) == 0);
	once("after", idle, NULL);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 10);
}

static void expect_failure(const struct outcome *o, const char *name, const char *message)
{
	assert_true(json_is_true(json_object_get(row(o, name), "error_occurred")));
	assert_string_equal(string(o, name, "error_message"), message);
}

static void expect_skip(const struct outcome *o, const char *name, const char *message)
{
	char expected[GBENCH_TEXT_MAX + 16];

	if (json_object_get(row(o, name), "skipped")) {
		assert_null(json_object_get(row(o, name), "error_occurred"));
		assert_string_equal(string(o, name, "skip_message"), message);
		return;
	}
	snprintf(expected, sizeof(expected), "skipped: %s", message);
	expect_failure(o, name, expected);
}

static void test_failures(void **state)
{
	struct outcome o = play(failures_scenario);

	(void)state;
	expect_failure(&o, "before/iterations:1/repeats:1", "no device, ?3");
	expect_failure(&o, "within/iterations:10", "first");
	expect_skip(&o, "skip/iterations:1/repeats:1", "needs 64 CPUs");
	expect_failure(&o, "early/iterations:1/repeats:1",
		       "the body returned before its loop had ended");
	expect_failure(&o, "never/iterations:1/repeats:1",
		       "the body returned before its loop had ended");
	expect_failure(&o, "empty/iterations:1/repeats:1", "a batch of 0 iterations");
	expect_failure(&o, "arg/5/iterations:1/repeats:1", "argument 1 asked for, 1 given");
	expect_failure(&o, "untimed/iterations:1/repeats:1/manual_time",
		       "manual time was never set");
	expect_failure(&o, "parallel/iterations:1/repeats:1/threads:3", "thread 1");
	assert_null(json_object_get(row(&o, "after/iterations:1/repeats:1"), "error_occurred"));
	discard(&o);
}

/* ---- flags ---- */

static void filter_scenario(int fd)
{
	init_with("--benchmark_filter=^b.*/");
	once("apple", idle, NULL);
	once("banana", idle, NULL);
	once("blueberry", idle, NULL);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 2);
}

static void test_filter(void **state)
{
	struct outcome o = play(filter_scenario);

	(void)state;
	assert_int_equal(rows(&o), 2);
	row(&o, "banana/iterations:1/repeats:1");
	row(&o, "blueberry/iterations:1/repeats:1");
	discard(&o);
}

static void filters_scenario(int fd)
{
	init_with("--benchmark_filter=nothing");
	once("apple", idle, NULL);
	once("banana", idle, NULL);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 0);
	REQUIRE(gbench_set_filter("(") == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == -EINVAL);
	REQUIRE(gbench_set_filter(NULL) == -EINVAL);
	REQUIRE(gbench_set_filter("-^a") == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 1);
}

static void test_filters(void **state)
{
	struct outcome o = play(filters_scenario);

	(void)state;
	assert_int_equal(rows(&o), 1);
	row(&o, "banana/iterations:1/repeats:1");
	discard(&o);
}

static void list_scenario(int fd)
{
	init_with("--benchmark_list_tests=true");
	once("apple", never_loop, NULL);
	once("banana", never_loop, NULL);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 2);
	REQUIRE(gbench_set_filter("banana") == 0);
	REQUIRE(gbench_run() == 1);
}

static void test_list(void **state)
{
	struct outcome o = play(list_scenario);

	(void)state;
	assert_string_equal(o.text[REPORT], "apple/iterations:1/repeats:1\n"
					    "banana/iterations:1/repeats:1\n");
	assert_string_equal(o.text[OUT], "banana/iterations:1/repeats:1\n");
	discard(&o);
}

static void unrecognized_scenario(int fd)
{
	char words[][40] = {"prog",      "--benchmark_filter=a",
			    "--bogus=1", "--benchmark_repetitions=3",
			    "more",      "--benchmark_repetitions=x"};
	char *argv[ARRAY_SIZE(words) + 1] = {NULL};
	int argc = ARRAY_SIZE(words);

	(void)fd;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		argv[i] = words[i];
	REQUIRE(gbench_init(&argc, argv) == 0);
	REQUIRE(argc == 4 && !argv[4]);
	REQUIRE(argv[1] == words[2] && argv[2] == words[4] && argv[3] == words[5]);
	REQUIRE(gbench_report_unrecognized(argc, argv) == 3);
	REQUIRE(gbench_report_unrecognized(1, argv) == 0);
	REQUIRE(gbench_report_unrecognized(0, NULL) == 0);
}

static void test_unrecognized(void **state)
{
	struct outcome o = play(unrecognized_scenario);

	(void)state;
	assert_non_null(strstr(o.text[ERR], "unrecognized command-line flag: --bogus=1"));
	assert_non_null(strstr(o.text[ERR], "flag: more"));
	assert_null(strstr(o.text[ERR], "--benchmark_filter"));
	discard(&o);
}

/* The library would exit with status 0 on both. */
static void usage_scenario(int fd)
{
	static char name[] = "prog", format[] = "--benchmark_format=xml",
		    good[] = "--benchmark_format=json", help[] = "--help";
	char *bad[] = {name, format, NULL};
	char *ask[] = {name, help, NULL};
	char *mend[] = {name, good, NULL};
	int argc = 2;

	(void)fd;
	REQUIRE(gbench_init(&argc, bad) == -EINVAL);
	argc = 2;
	REQUIRE(gbench_init(&argc, mend) == 0);
	argc = 2;
	REQUIRE(gbench_init(&argc, ask) == GBENCH_HELP);
}

static void test_usage(void **state)
{
	struct outcome o = play(usage_scenario);

	(void)state;
	assert_non_null(strstr(o.text[OUT], "--benchmark_list_tests"));
	discard(&o);
}

/* ---- where reports go ---- */

static void stdout_scenario(int fd)
{
	struct gbench *b;

	(void)fd;
	init_with("--benchmark_format=json");
	b = once("zero", no_time, NULL);
	REQUIRE(gbench_use_manual_time(b) == 0);
	REQUIRE(gbench_run() == 1);
	REQUIRE(gbench_run() == 1);
}

static void test_stdout(void **state)
{
	struct outcome o = play(stdout_scenario);

	const char *text = o.text[OUT];

	(void)state;
	for (int run = 0; run < 2; run++) {
		json_error_t error;

		json_decref(o.json);
		o.json = json_loads(text, JSON_DISABLE_EOF_CHECK, &error);
		assert_non_null(o.json);
		expect_number(&o, "zero/iterations:1/repeats:1/manual_time", "good", 3);
		text += error.position;
	}
	discard(&o);
}

static void console_scenario(int fd)
{
	once("apple", idle, NULL);
	REQUIRE(gbench_run() == 1);
	REQUIRE(gbench_run() == 1);
	REQUIRE(gbench_run_fd(fd, GBENCH_CONSOLE) == 1);
	REQUIRE(gbench_run_fd(fd, GBENCH_CSV) == 1);
}

static void test_console(void **state)
{
	struct outcome o = play(console_scenario);
	const char *first;

	(void)state;
	first = strstr(o.text[OUT], "apple/iterations:1/repeats:1 ");
	assert_non_null(first);
	assert_non_null(strstr(first + 1, "apple/iterations:1/repeats:1 "));
	assert_non_null(strstr(o.text[REPORT], "apple/iterations:1/repeats:1 "));
	assert_non_null(strstr(o.text[REPORT], "name,iterations,real_time"));
	assert_non_null(strstr(o.text[REPORT], "\"apple/iterations:1/repeats:1\",1,"));
	discard(&o);
}

/* The program's own sleeping is not shortened, and says what is wrong with it. */
static void clock_scenario(int fd)
{
	const struct timespec moment = {.tv_nsec = 20000000};
	const struct timespec wrong = {.tv_nsec = -1};
	struct timespec before, after;

	REQUIRE(gbench_skip_clock_estimate() == 0);
	clock_gettime(CLOCK_MONOTONIC, &before);
	REQUIRE(nanosleep(&moment, NULL) == 0);
	clock_gettime(CLOCK_MONOTONIC, &after);
	REQUIRE((after.tv_sec - before.tv_sec) * 1000000000L + after.tv_nsec - before.tv_nsec >=
		moment.tv_nsec - 1000000);
	REQUIRE(nanosleep(&wrong, NULL) == -1 && errno == EINVAL);
	once("apple", idle, NULL);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 1);
}

static void test_clock_estimate(void **state)
{
	struct outcome o = play(clock_scenario);

	(void)state;
	assert_true(
		json_is_number(json_object_get(json_object_get(o.json, "context"), "mhz_per_cpu")));
	discard(&o);
}

static char out_path[] = "/tmp/test_gbench_XXXXXX";

static void file_scenario(int fd)
{
	char flag[sizeof(out_path) + 20];
	struct gbench *b;

	snprintf(flag, sizeof(flag), "--benchmark_out=%s", out_path);
	init_with(flag);
	b = once("zero", no_time, NULL);
	REQUIRE(gbench_use_manual_time(b) == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_CONSOLE) == 1);
	init_with("--benchmark_out=/nonexistent/file");
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == -ENOENT);
}

static void test_file(void **state)
{
	struct outcome o;
	int fd;

	(void)state;
	fd = mkstemp(out_path);
	assert_true(fd >= 0);
	o = play(file_scenario);
	o.json = json_load_file(out_path, JSON_REJECT_DUPLICATES, NULL);
	close(fd);
	unlink(out_path);
	expect_number(&o, "zero/iterations:1/repeats:1/manual_time", "good", 3);
	discard(&o);
}

/* ---- error returns ---- */

static void expect_kept(int fd)
{
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == -EINVAL);
	REQUIRE(gbench_clear() == 0);
	REQUIRE(once("good", idle, NULL));
	REQUIRE(gbench_set_filter("nothing") == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 0);
}

static void settings_scenario(int fd)
{
	static const char *const names[] = {"a", "b"};
	static const char *const unclean[] = {"a\n"};
	static const int64_t args[] = {1, 2};
	struct gbench *b = gbench_register("b", idle, NULL);

	REQUIRE(gbench_add_arg(b, 1) == 0);
	REQUIRE(gbench_add_args(b, args, 2) == -EINVAL);
	REQUIRE(gbench_add_args(b, args, 0) == -EINVAL);
	REQUIRE(gbench_add_args(b, NULL, 1) == -EINVAL);
	REQUIRE(gbench_set_arg_names(b, names, 2) == -EINVAL);
	REQUIRE(gbench_set_arg_names(b, unclean, 1) == -EINVAL);
	REQUIRE(gbench_add_range(b, 2, 1) == -EINVAL);
	REQUIRE(gbench_set_range_multiplier(b, 1) == -EINVAL);
	REQUIRE(gbench_set_repetitions(b, 0) == -EINVAL);
	REQUIRE(gbench_set_iterations(b, 0) == -EINVAL);
	REQUIRE(gbench_set_min_time(b, 0) == -EINVAL);
	REQUIRE(gbench_set_min_time(b, NAN) == -EINVAL);
	REQUIRE(gbench_set_min_time(b, 1) == 0);
	REQUIRE(gbench_set_iterations(b, 1) == -EINVAL);
	REQUIRE(gbench_use_real_time(b) == 0);
	REQUIRE(gbench_use_manual_time(b) == -EINVAL);
	REQUIRE(gbench_set_unit(b, 9) == -EINVAL);
	REQUIRE(gbench_add_threads(b, 0) == -EINVAL);
	REQUIRE(gbench_add_threads(b, GBENCH_MAX_THREADS + 1) == -EINVAL);
	REQUIRE(gbench_set_unit(NULL, GBENCH_NS) == -EINVAL);
	expect_kept(fd);
}

static void registration_scenario(int fd)
{
	static const char *const names[] = {"a"};
	static char writable[] = "x";

	errno = 0;
	REQUIRE(!gbench_register(NULL, idle, NULL) && errno == EINVAL);
	expect_kept(fd);
	REQUIRE(!gbench_register("", idle, NULL));
	REQUIRE(!gbench_register("a\tb", idle, NULL));
	REQUIRE(!gbench_register("x", NULL, writable));
	expect_kept(fd);
	/* The library would run nothing at all, silently. */
	REQUIRE(gbench_set_arg_names(once("n", idle, NULL), names, 1) == 0);
	expect_kept(fd);
}

static void busy_body(struct gbench_state *s, void *arg)
{
	(void)arg;
	idle(s, NULL);
	REQUIRE(gbench_run() == -EBUSY);
	REQUIRE(gbench_clear() == -EBUSY);
	REQUIRE(gbench_shutdown() == -EBUSY);
	REQUIRE(gbench_skip_clock_estimate() == -EBUSY);
	REQUIRE(gbench_init(NULL, NULL) == -EBUSY);
	REQUIRE(gbench_add_context("a", "b") == -EBUSY);
	REQUIRE(!gbench_register("x", idle, NULL) && errno == EBUSY);
}

static void states_scenario(int fd)
{
	struct gbench *b = once("busy", busy_body, NULL);
	int null_fd = open("/dev/null", O_RDONLY);
	int full_fd = open("/dev/full", O_WRONLY);

	REQUIRE(gbench_run_fd(-1, GBENCH_JSON) == -EBADF);
	REQUIRE(gbench_run_fd(null_fd, GBENCH_JSON) == -EBADF);
	REQUIRE(gbench_run_fd(full_fd, GBENCH_JSON) == -ENOSPC);
	REQUIRE(gbench_run_fd(fd, 9) == -EINVAL);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 1);
	/* Having run without arguments, it cannot take any. */
	REQUIRE(gbench_add_arg(b, 1) == -EINVAL);
	REQUIRE(gbench_add_context("key", "value") == 0);
	REQUIRE(gbench_add_context("a\n", "b") == -EINVAL);
	REQUIRE(gbench_add_context("a", NULL) == -EINVAL);
	REQUIRE(gbench_clear() == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 0);
	REQUIRE(gbench_shutdown() == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == -ESHUTDOWN);
	REQUIRE(gbench_skip_clock_estimate() == -ESHUTDOWN);
	REQUIRE(gbench_add_context("a", "b") == -ESHUTDOWN);
	REQUIRE(gbench_init(NULL, NULL) == -ESHUTDOWN);
	REQUIRE(!gbench_register("x", idle, NULL) && errno == ESHUTDOWN);
	close(null_fd);
	close(full_fd);
}

static void odd_times(struct gbench_state *s, void *arg)
{
	(void)arg;
	while (gbench_keep_running(s)) {
		REQUIRE(gbench_set_iteration_time(s, -1) == -EINVAL);
		REQUIRE(gbench_set_iteration_time(s, NAN) == -EINVAL);
		REQUIRE(gbench_set_iteration_time(s, 1e10) == -EINVAL);
		REQUIRE(gbench_set_iteration_time(s, 1) == 0);
	}
}

static void times_scenario(int fd)
{
	struct gbench *b = once("odd", odd_times, NULL);

	REQUIRE(gbench_use_manual_time(b) == 0);
	REQUIRE(gbench_use_real_time(b) == -EINVAL);
	REQUIRE(gbench_clear() == 0);
	b = once("odd", odd_times, NULL);
	REQUIRE(gbench_use_manual_time(b) == 0);
	REQUIRE(gbench_add_range(b, INT64_MIN, INT64_MAX) == 0);
	REQUIRE(gbench_set_filter("odd/0/") == 0);
	REQUIRE(gbench_run_fd(fd, GBENCH_JSON) == 1);
}

static void test_errors(void **state)
{
	scenario_fn *const scenarios[] = {
		settings_scenario,
		registration_scenario,
		states_scenario,
		times_scenario,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scenarios); i++) {
		struct outcome o = play(scenarios[i]);

		if (scenarios[i] == times_scenario)
			expect_number(&o, "odd/0/iterations:1/repeats:1/manual_time", "real_time",
				      1e9);
		discard(&o);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),      cmocka_unit_test(test_sample),
		cmocka_unit_test(test_iterations), cmocka_unit_test(test_aggregates),
		cmocka_unit_test(test_min_time),   cmocka_unit_test(test_counters),
		cmocka_unit_test(test_no_time),    cmocka_unit_test(test_threads),
		cmocka_unit_test(test_pause),      cmocka_unit_test(test_failures),
		cmocka_unit_test(test_filter),     cmocka_unit_test(test_filters),
		cmocka_unit_test(test_list),       cmocka_unit_test(test_unrecognized),
		cmocka_unit_test(test_usage),      cmocka_unit_test(test_stdout),
		cmocka_unit_test(test_console),    cmocka_unit_test(test_clock_estimate),
		cmocka_unit_test(test_file),       cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
