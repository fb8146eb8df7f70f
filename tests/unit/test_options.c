// SPDX-License-Identifier: GPL-2.0-or-later
/* Every option of `run`, good and bad. */
#include "unit/helpers.h"

#include <errno.h>

#include "cmd/options.h"

#define WORDS_MAX 200

/* Words are separated by '|', so that a value may be empty or hold blanks. */
static int parse(const char *line, enum options_use use, struct options *o, struct error *e)
{
	static char words[4000];
	static char *argv[WORDS_MAX];
	int argc = 0;
	char *rest = words;

	snprintf(words, sizeof(words), "%s", line);
	while (*line && argc < WORDS_MAX && (argv[argc] = strsep(&rest, "|")))
		argc++;
	return options_parse(argc, argv, use, o, e);
}

static struct options good(const char *line)
{
	struct options o;
	struct error e;

	CHECK(parse(line, OPTIONS_RUN, &o, &e) == 0, "%s: %s", line, e.text);
	return o;
}

static void test_defaults(void **state)
{
	struct options o = good("");

	(void)state;
	assert_int_equal(o.plan.variant_count, 0);
	assert_int_equal(o.plan.workload_count, 2);
	assert_string_equal(o.plan.workloads[0]->name, "ring");
	assert_string_equal(o.plan.workloads[1]->name, "churn");
	assert_int_equal(o.plan.flush_count, 1);
	assert_string_equal(o.plan.flushes[0].name, "mmio:16,150,600");
	assert_int_equal(flush_model_ns(&o.plan.flushes[0]), 3000);
	assert_int_equal(o.plan.lock_count, 1);
	assert_int_equal(o.plan.locks[0], LOCK_TAS);
	assert_int_equal(o.plan.occupancy.count, 1);
	assert_int_equal(o.plan.occupancy.value[0], 5);
	assert_int_equal(o.plan.think.count, 1);
	assert_int_equal(o.plan.think.value[0], 0);
	assert_int_equal(o.plan.pools.count, 0);
	assert_int_equal(o.plan.cpus.count, 0);
	assert_int_equal(o.plan.entries, 8192);
	assert_int_equal(o.plan.seed, 1);
	assert_true(o.plan.seconds == 0.2);
	assert_int_equal(o.plan.repetitions, 10);
	assert_false(o.plan.extent || o.cmd.dry_run || o.cmd.list_tests);
	assert_int_equal(o.cmd.format, OUTPUT_TABLE);
	assert_null(o.plan.filter);
	assert_null(o.cmd.out);
	assert_null(o.cmd.resume);
	assert_int_equal(o.sample.details_fd, -1);
	assert_int_equal(o.plan.given_count, 0);
}

static void test_quick(void **state)
{
	struct options o = good("--quick");

	(void)state;
	assert_int_equal(o.plan.extent, PLAN_QUICK);
	assert_int_equal(o.plan.workload_count, 1);
	assert_int_equal(o.plan.repetitions, 3);
	assert_true(o.plan.seconds == 0.05);
	/* What is said beside it holds, in any order. */
	o = good("--seconds=1|--quick|--repetitions|5|--workloads=sg");
	assert_true(o.plan.seconds == 1);
	assert_int_equal(o.plan.repetitions, 5);
	assert_string_equal(o.plan.workloads[0]->name, "sg");
}

static void test_lists(void **state)
{
	struct options o =
		good("--allocators|sun4u,pooled/pools:16,stale-1|--pools=1,16|"
		     "--workloads|sg,pair|--cpus|1,2,64|--occupancy=0,100|--lock|mcs,tas|"
		     "--think|0,1000000000");

	(void)state;
	assert_int_equal(o.plan.variant_count, 3);
	assert_string_equal(o.plan.variants[0].allocator->name, "sun4u");
	assert_int_equal(o.plan.variants[0].npools, 0);
	assert_int_equal(o.plan.variants[1].npools, 16);
	assert_string_equal(o.plan.variants[2].allocator->name, "stale-local");
	assert_int_equal(o.plan.pools.count, 2);
	assert_int_equal(o.plan.workload_count, 2);
	assert_string_equal(o.plan.workloads[0]->name, "sg");
	assert_int_equal(o.plan.cpus.count, 3);
	assert_int_equal(o.plan.cpus.value[2], 64);
	assert_int_equal(o.plan.occupancy.value[1], 100);
	assert_int_equal(o.plan.lock_count, 2);
	assert_int_equal(o.plan.locks[0], LOCK_MCS);
	assert_int_equal(o.plan.think.value[1], 1000000000);
	assert_int_equal(o.plan.given_count, 7);
	assert_string_equal(o.plan.given[1].name, "--pools");
	assert_string_equal(o.plan.given[1].value, "1,16");
}

static void test_repeated_lists_add_up(void **state)
{
	struct options o = good("--cpus|1|--cpus|2|--flush|none|--flush=spin:0|--flush|mmio:1,2,3");

	(void)state;
	assert_int_equal(o.plan.cpus.count, 2);
	assert_int_equal(o.plan.flush_count, 3);
	assert_true(o.plan.flushes[0].none);
	assert_int_equal(flush_model_ns(&o.plan.flushes[1]), 0);
	assert_int_equal(flush_model_ns(&o.plan.flushes[2]), 5);
	o = good("--cpus|2|--cpus|all");
	assert_int_equal(o.plan.cpus.count, 0);
	/* A number twice is once. */
	o = good("--cpus|1,2,1|--pools|4,4|--occupancy|5,5|--think|7,7");
	assert_int_equal(o.plan.cpus.count, 2);
	assert_int_equal(o.plan.pools.count, 1);
	assert_int_equal(o.plan.occupancy.count, 1);
	assert_int_equal(o.plan.think.count, 1);
}

static void test_single_values(void **state)
{
	struct options o = good("--entries|2|--seconds|0.001|--repetitions|1|--seed|0|--out|a b");

	(void)state;
	assert_int_equal(o.plan.entries, 2);
	assert_true(o.plan.seconds == 0.001);
	assert_int_equal(o.plan.repetitions, 1);
	assert_int_equal(o.plan.seed, 0);
	assert_string_equal(o.cmd.out, "a b");
	o = good("--entries=268435456|--seconds=3600|--repetitions=100000|--seed="
		 "9223372036854775807");
	assert_int_equal(o.plan.entries, 268435456);
	assert_true(o.plan.seconds == 3600);
	assert_int_equal(o.plan.repetitions, 100000);
	assert_true(o.plan.seed == INT64_MAX);
	/* The last one counts. */
	o = good("--seed|1|--seed|2");
	assert_int_equal(o.plan.seed, 2);
}

static void test_lock_statistics(void **state)
{
	struct options o = good("");

	(void)state;
	assert_false(o.plan.lock_pass || o.cmd.lock_stat);
	assert_int_equal(o.plan.lock_sample, 1);
	o = good("--locks|--lock-sample|1000000");
	assert_true(o.plan.lock_pass && !o.cmd.lock_stat);
	assert_int_equal(o.plan.lock_sample, 1000000);
	o = good("--lock-stat");
	assert_true(o.plan.lock_pass && o.cmd.lock_stat);
}

static void test_benchmark_flags(void **state)
{
	struct options o = good("--benchmark_filter=ring|--benchmark_format=json|--benchmark_out=x|"
				"--benchmark_out_format=json|--benchmark_repetitions=4|"
				"--benchmark_min_time=0.5s|--benchmark_list_tests=true");

	(void)state;
	assert_string_equal(o.plan.filter, "ring");
	assert_int_equal(o.cmd.format, OUTPUT_JSON);
	assert_string_equal(o.cmd.out, "x");
	assert_int_equal(o.plan.repetitions, 4);
	assert_true(o.plan.seconds == 0.5);
	assert_true(o.cmd.list_tests);
	assert_true(good("--benchmark_list_tests").cmd.list_tests);
	assert_false(good("--benchmark_list_tests=false").cmd.list_tests);
	assert_true(good("--benchmark_min_time=2").plan.seconds == 2);
	assert_int_equal(good("--benchmark_format=console").cmd.format, OUTPUT_TABLE);
}

static void test_given_leaves_out_what_is_not_planned(void **state)
{
	struct options o = good("--out|x|--dry-run|--quick|--seed=4|--benchmark_format=json");

	(void)state;
	assert_true(o.cmd.dry_run);
	assert_int_equal(o.plan.given_count, 2);
	assert_string_equal(o.plan.given[0].name, "--quick");
	assert_null(o.plan.given[0].value);
	assert_string_equal(o.plan.given[1].value, "4");
}

static void test_help(void **state)
{
	struct options o;
	struct error e;

	(void)state;
	assert_int_equal(parse("--help", OPTIONS_RUN, &o, &e), 1);
	assert_int_equal(parse("--seed|1|--help", OPTIONS_RUN, &o, &e), 1);
}

static void test_resume(void **state)
{
	struct options o;
	struct error e;

	(void)state;
	assert_string_equal(good("--resume|x").cmd.resume, "x");
	assert_string_equal(good("--resume=x").cmd.resume, "x");
	assert_int_equal(parse("--resume=x|--seed=1", OPTIONS_RUN, &o, &e), -EINVAL);
	assert_int_equal(parse("--seed=1|--resume=x", OPTIONS_RUN, &o, &e), -EINVAL);
	assert_int_equal(parse("--resume|x|--quick", OPTIONS_RUN, &o, &e), -EINVAL);
}

static void test_sample_options(void **state)
{
	struct options o;
	struct error e;

	(void)state;
	assert_int_equal(
		parse("--ticks-per-ns=2.5|--flush-bias-ns|3|--think-bias-ns=0|--details-fd|5",
		      OPTIONS_SAMPLE, &o, &e),
		0);
	assert_true(o.sample.ticks_per_ns == 2.5 && o.sample.flush_bias_ns == 3 &&
		    o.sample.think_bias_ns == 0);
	assert_int_equal(o.sample.details_fd, 5);
	/* Only the runner gives them. */
	assert_int_equal(parse("--ticks-per-ns=2.5", OPTIONS_RUN, &o, &e), -EINVAL);
	assert_int_equal(parse("--details-fd=5", OPTIONS_RUN, &o, &e), -EINVAL);
	assert_int_equal(parse("--ticks-per-ns=0", OPTIONS_SAMPLE, &o, &e), -EINVAL);
	assert_int_equal(parse("--flush-bias-ns=x", OPTIONS_SAMPLE, &o, &e), -EINVAL);
	assert_int_equal(parse("--details-fd=-1", OPTIONS_SAMPLE, &o, &e), -EINVAL);
}

/* Refused, in one line that names the option. */
static const char *const bad[] = {
	"--nonesuch",
	"--nonesuch=1",
	"run",
	"-",
	"--",
	"-x",
	"--seedy|1",
	"--see|1",
	"--Seed|1",
	"--seed",
	"--seed|",
	"--seed|-1",
	"--seed|x",
	"--seed|1x",
	"--seed|9223372036854775808",
	"--seed=",
	"--entries|1",
	"--entries|0",
	"--entries|268435457",
	"--entries|1e3",
	"--entries",
	"--seconds|0",
	"--seconds|0.0001",
	"--seconds|3601",
	"--seconds|nan",
	"--seconds|-1",
	"--seconds|1s",
	"--seconds|",
	"--seconds|0.00000000000000000000000000000000000000000000000001",
	"--repetitions|0",
	"--repetitions|100001",
	"--repetitions|1.5",
	"--repetitions|",
	"--allocators|",
	"--allocators|sun4u,",
	"--allocators|,sun4u",
	"--allocators|sun4u,,ppc",
	"--allocators|nonesuch",
	"--allocators|ppc/pools:2",
	"--allocators|sun4u ppc",
	"--allocators",
	"--pools|0",
	"--pools|3",
	"--pools|32",
	"--pools|1,,2",
	"--pools|",
	"--pools|x",
	"--pools|-1",
	"--workloads|nonesuch",
	"--workloads|",
	"--workloads|ring,",
	"--workloads|Ring",
	"--cpus|0",
	"--cpus|65537",
	"--cpus|",
	"--cpus|1-2",
	"--cpus|1,all",
	"--cpus|x",
	"--cpus",
	"--occupancy|101",
	"--occupancy|-1",
	"--occupancy|5%",
	"--occupancy|",
	"--locks=1",
	"--lock-stat=1",
	"--lock-sample|0",
	"--lock-sample|1000001",
	"--lock-sample|x",
	"--lock-sample",
	"--lock|spin",
	"--lock|",
	"--lock|tas,",
	"--think|-1",
	"--think|1000000001",
	"--think|x",
	"--flush|",
	"--flush|nonesuch",
	"--flush|none,spin:0",
	"--flush|spin:",
	"--flush|spin:10000001",
	"--flush|mmio:1,2",
	"--flush|mmio:1,2,3,4",
	"--flush",
	"--quick=1",
	"--dry-run=yes",
	"--out|",
	"--out=",
	"--out",
	"--resume|",
	"--resume",
	"--benchmark_filter|(",
	"--benchmark_filter",
	"--benchmark_filter|-[",
	"--benchmark_format|csv",
	"--benchmark_format|",
	"--benchmark_out_format|csv",
	"--benchmark_out|",
	"--benchmark_list_tests=maybe",
	"--benchmark_min_time|1x",
	"--benchmark_min_time|s",
	"--benchmark_min_time|",
	"--benchmark_repetitions|0",
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct error e = {""};
		struct options o;
		char name[80];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(bad[i], "|="), bad[i]);
		CHECK(parse(bad[i], OPTIONS_RUN, &o, &e) == -EINVAL, "%s was taken", bad[i]);
		CHECK(e.text[0] && !strchr(e.text, '\n'), "%s: '%s'", bad[i], e.text);
		/* Allocators and flush models have messages of their own, with the value. */
		if (strncmp(bad[i], "--allocators", 12) != 0 && strncmp(bad[i], "--flush", 7) != 0)
			CHECK(strstr(e.text, name), "%s: '%s'", bad[i], e.text);
	}
}

static void test_unknown_benchmark_flags(void **state)
{
	static const char *const flags[] = {
		"--benchmark_color=false",
		"--benchmark_display_aggregates_only",
		"--benchmark_context=a=b",
		"--benchmark_counters_tabular=true",
		"--benchmark_",
		"--benchmark_min_warmup_time=1",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		struct options o;
		struct error e;

		assert_int_equal(parse(flags[i], OPTIONS_RUN, &o, &e), -EINVAL);
		assert_non_null(strstr(e.text, "Google Benchmark"));
		assert_non_null(strstr(e.text, flags[i]));
	}
}

/* As many as a list holds, and one more. */
static void test_full_lists(void **state)
{
	static const struct {
		const char *name, *item;
		bool numbers;
	} lists[] = {
		{"--allocators", "sun4u", false}, {"--workloads", "ring", false},
		{"--lock", "tas", false},         {"--cpus", NULL, true},
		{"--occupancy", NULL, true},      {"--think", NULL, true},
	};
	char line[2000];
	struct options o;
	struct error e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		for (int n = OPTIONS_LIST_MAX; n <= OPTIONS_LIST_MAX + 1; n++) {
			int at = snprintf(line, sizeof(line), "%s|", lists[i].name);

			for (int j = 1; j <= n; j++) {
				char number[12];

				snprintf(number, sizeof(number), "%d", j);
				at += snprintf(line + at, sizeof(line) - (size_t)at, "%s%s",
					       j > 1 ? "," : "",
					       lists[i].numbers ? number : lists[i].item);
			}
			CHECK(parse(line, OPTIONS_RUN, &o, &e) ==
				      (n > OPTIONS_LIST_MAX ? -EINVAL : 0),
			      "%s with %d", lists[i].name, n);
		}
	}
	for (int n = OPTIONS_LIST_MAX; n <= OPTIONS_LIST_MAX + 1; n++) {
		int at = 0;

		for (int j = 0; j < n; j++)
			at += snprintf(line + at, sizeof(line) - (size_t)at, "%s--flush=none",
				       j ? "|" : "");
		assert_int_equal(parse(line, OPTIONS_RUN, &o, &e),
				 n > OPTIONS_LIST_MAX ? -EINVAL : 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_quick),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_repeated_lists_add_up),
		cmocka_unit_test(test_single_values),
		cmocka_unit_test(test_lock_statistics),
		cmocka_unit_test(test_benchmark_flags),
		cmocka_unit_test(test_given_leaves_out_what_is_not_planned),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_sample_options),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_unknown_benchmark_flags),
		cmocka_unit_test(test_full_lists),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
