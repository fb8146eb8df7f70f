// SPDX-License-Identifier: GPL-2.0-or-later
/* Every option of `run`, good and bad. */
#include "unit/helpers.h"

#include <errno.h>

#include "cmd/options.h"

#define WORDS_MAX 200

/* Words are separated by '|', so that a value may be empty or hold blanks. */
static int parse(const char *line, bool for_sample, struct request *o, struct error *e)
{
	static char words[4000];
	static char *argv[WORDS_MAX];
	int argc = 0;
	char *rest = words;

	snprintf(words, sizeof(words), "%s", line);
	while (*line && argc < WORDS_MAX && (argv[argc] = strsep(&rest, "|")))
		argc++;
	return options_parse(argc, argv, for_sample, o, e);
}

static struct request good(const char *line)
{
	struct request o;
	struct error e;

	CHECK(parse(line, false, &o, &e) == 0, "%s: %s", line, e.text);
	return o;
}

static void test_defaults(void **state)
{
	struct request o = good("");

	(void)state;
	assert_int_equal(o.variant_count, 0);
	assert_int_equal(o.workload_count, 2);
	assert_string_equal(o.workloads[0]->name, "ring");
	assert_string_equal(o.workloads[1]->name, "churn");
	assert_int_equal(o.flush_count, 1);
	assert_string_equal(o.flushes[0].name, "mmio:16,150,600");
	assert_int_equal(flush_model_ns(&o.flushes[0]), 3000);
	assert_int_equal(o.lock_count, 1);
	assert_int_equal(o.locks[0], LOCK_TAS);
	assert_int_equal(o.occupancy.count, 1);
	assert_int_equal(o.occupancy.value[0], 5);
	assert_int_equal(o.think.count, 1);
	assert_int_equal(o.think.value[0], 0);
	assert_int_equal(o.pools.count, 0);
	assert_int_equal(o.cpus.count, 0);
	assert_int_equal(o.entries, 8192);
	assert_int_equal(o.seed, 1);
	assert_true(o.seconds == 0.2);
	assert_int_equal(o.repetitions, 10);
	assert_false(o.quick || o.dry_run || o.list_tests);
	assert_int_equal(o.format, OUTPUT_TABLE);
	assert_null(o.filter);
	assert_null(o.out);
	assert_null(o.resume);
	assert_int_equal(o.details_fd, -1);
	assert_int_equal(o.given_count, 0);
}

static void test_quick(void **state)
{
	struct request o = good("--quick");

	(void)state;
	assert_true(o.quick);
	assert_int_equal(o.workload_count, 1);
	assert_int_equal(o.repetitions, 3);
	assert_true(o.seconds == 0.05);
	/* What is said beside it holds, in any order. */
	o = good("--seconds=1|--quick|--repetitions|5|--workloads=sg");
	assert_true(o.seconds == 1);
	assert_int_equal(o.repetitions, 5);
	assert_string_equal(o.workloads[0]->name, "sg");
}

static void test_lists(void **state)
{
	struct request o =
		good("--allocators|sun4u,pooled/pools:16,stale-1|--pools=1,16|"
		     "--workloads|sg,pair|--cpus|1,2,64|--occupancy=0,100|--lock|mcs,tas|"
		     "--think|0,1000000000");

	(void)state;
	assert_int_equal(o.variant_count, 3);
	assert_string_equal(o.variants[0].allocator->name, "sun4u");
	assert_int_equal(o.variants[0].npools, 0);
	assert_int_equal(o.variants[1].npools, 16);
	assert_string_equal(o.variants[2].allocator->name, "stale-local");
	assert_int_equal(o.pools.count, 2);
	assert_int_equal(o.workload_count, 2);
	assert_string_equal(o.workloads[0]->name, "sg");
	assert_int_equal(o.cpus.count, 3);
	assert_int_equal(o.cpus.value[2], 64);
	assert_int_equal(o.occupancy.value[1], 100);
	assert_int_equal(o.lock_count, 2);
	assert_int_equal(o.locks[0], LOCK_MCS);
	assert_int_equal(o.think.value[1], 1000000000);
	assert_int_equal(o.given_count, 7);
	assert_string_equal(o.given[1].name, "--pools");
	assert_string_equal(o.given[1].value, "1,16");
}

static void test_repeated_lists_add_up(void **state)
{
	struct request o = good("--cpus|1|--cpus|2|--flush|none|--flush=spin:0|--flush|mmio:1,2,3");

	(void)state;
	assert_int_equal(o.cpus.count, 2);
	assert_int_equal(o.flush_count, 3);
	assert_true(o.flushes[0].none);
	assert_int_equal(flush_model_ns(&o.flushes[1]), 0);
	assert_int_equal(flush_model_ns(&o.flushes[2]), 5);
	o = good("--cpus|2|--cpus|all");
	assert_int_equal(o.cpus.count, 0);
	/* A number twice is once. */
	o = good("--cpus|1,2,1|--pools|4,4|--occupancy|5,5|--think|7,7");
	assert_int_equal(o.cpus.count, 2);
	assert_int_equal(o.pools.count, 1);
	assert_int_equal(o.occupancy.count, 1);
	assert_int_equal(o.think.count, 1);
}

static void test_single_values(void **state)
{
	struct request o = good("--entries|2|--seconds|0.001|--repetitions|1|--seed|0|--out|a b");

	(void)state;
	assert_int_equal(o.entries, 2);
	assert_true(o.seconds == 0.001);
	assert_int_equal(o.repetitions, 1);
	assert_int_equal(o.seed, 0);
	assert_string_equal(o.out, "a b");
	o = good("--entries=268435456|--seconds=3600|--repetitions=100000|--seed="
		 "9223372036854775807");
	assert_int_equal(o.entries, 268435456);
	assert_true(o.seconds == 3600);
	assert_int_equal(o.repetitions, 100000);
	assert_true(o.seed == INT64_MAX);
	/* The last one counts. */
	o = good("--seed|1|--seed|2");
	assert_int_equal(o.seed, 2);
}

static void test_lock_statistics(void **state)
{
	struct request o = good("");

	(void)state;
	assert_false(o.lock_pass || o.lock_stat);
	assert_int_equal(o.lock_sample, 1);
	o = good("--locks|--lock-sample|1000000");
	assert_true(o.lock_pass && !o.lock_stat);
	assert_int_equal(o.lock_sample, 1000000);
	o = good("--lock-stat");
	assert_true(o.lock_pass && o.lock_stat);
}

static void test_benchmark_flags(void **state)
{
	struct request o = good("--benchmark_filter=ring|--benchmark_format=json|--benchmark_out=x|"
				"--benchmark_out_format=json|--benchmark_repetitions=4|"
				"--benchmark_min_time=0.5s|--benchmark_list_tests=true");

	(void)state;
	assert_string_equal(o.filter, "ring");
	assert_int_equal(o.format, OUTPUT_JSON);
	assert_string_equal(o.out, "x");
	assert_int_equal(o.repetitions, 4);
	assert_true(o.seconds == 0.5);
	assert_true(o.list_tests);
	assert_true(good("--benchmark_list_tests").list_tests);
	assert_false(good("--benchmark_list_tests=false").list_tests);
	assert_true(good("--benchmark_min_time=2").seconds == 2);
	assert_int_equal(good("--benchmark_format=console").format, OUTPUT_TABLE);
}

static void test_given_leaves_out_what_is_not_planned(void **state)
{
	struct request o = good("--out|x|--dry-run|--quick|--seed=4|--benchmark_format=json");

	(void)state;
	assert_true(o.dry_run);
	assert_int_equal(o.given_count, 2);
	assert_string_equal(o.given[0].name, "--quick");
	assert_null(o.given[0].value);
	assert_string_equal(o.given[1].value, "4");
}

static void test_help(void **state)
{
	struct request o;
	struct error e;

	(void)state;
	assert_int_equal(parse("--help", false, &o, &e), 1);
	assert_int_equal(parse("--seed|1|--help", false, &o, &e), 1);
}

static void test_resume(void **state)
{
	struct request o;
	struct error e;

	(void)state;
	assert_string_equal(good("--resume|x").resume, "x");
	assert_string_equal(good("--resume=x").resume, "x");
	assert_int_equal(parse("--resume=x|--seed=1", false, &o, &e), -EINVAL);
	assert_int_equal(parse("--seed=1|--resume=x", false, &o, &e), -EINVAL);
	assert_int_equal(parse("--resume|x|--quick", false, &o, &e), -EINVAL);
}

static void test_sample_options(void **state)
{
	struct request o;
	struct error e;

	(void)state;
	assert_int_equal(
		parse("--ticks-per-ns=2.5|--flush-bias-ns|3|--think-bias-ns=0|--details-fd|5", true,
		      &o, &e),
		0);
	assert_true(o.ticks_per_ns == 2.5 && o.flush_bias_ns == 3 && o.think_bias_ns == 0);
	assert_int_equal(o.details_fd, 5);
	/* Only the runner gives them. */
	assert_int_equal(parse("--ticks-per-ns=2.5", false, &o, &e), -EINVAL);
	assert_int_equal(parse("--details-fd=5", false, &o, &e), -EINVAL);
	assert_int_equal(parse("--ticks-per-ns=0", true, &o, &e), -EINVAL);
	assert_int_equal(parse("--flush-bias-ns=x", true, &o, &e), -EINVAL);
	assert_int_equal(parse("--details-fd=-1", true, &o, &e), -EINVAL);
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
		struct request o;
		char name[80];

		snprintf(name, sizeof(name), "%.*s", (int)strcspn(bad[i], "|="), bad[i]);
		CHECK(parse(bad[i], false, &o, &e) == -EINVAL, "%s was taken", bad[i]);
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
		struct request o;
		struct error e;

		assert_int_equal(parse(flags[i], false, &o, &e), -EINVAL);
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
	struct request o;
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
			CHECK(parse(line, false, &o, &e) == (n > OPTIONS_LIST_MAX ? -EINVAL : 0),
			      "%s with %d", lists[i].name, n);
		}
	}
	for (int n = OPTIONS_LIST_MAX; n <= OPTIONS_LIST_MAX + 1; n++) {
		int at = 0;

		for (int j = 0; j < n; j++)
			at += snprintf(line + at, sizeof(line) - (size_t)at, "%s--flush=none",
				       j ? "|" : "");
		assert_int_equal(parse(line, false, &o, &e), n > OPTIONS_LIST_MAX ? -EINVAL : 0);
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
