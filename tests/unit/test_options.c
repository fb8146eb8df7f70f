// SPDX-License-Identifier: GPL-2.0-or-later
/* The options of every command, good and bad, and that their table is in order. */
#include "unit/helpers.h"

#include <errno.h>

#include "cmd/options_table.h"

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

static struct options good_of(const char *line, enum options_use use)
{
	struct options o;
	struct error e = {""};

	CHECK(parse(line, use, &o, &e) == 0, "%s: %s", line, e.text);
	return o;
}

static struct options good(const char *line)
{
	return good_of(line, OPTIONS_RUN);
}

static void refused_of(const char *line, enum options_use use, const char *says)
{
	struct options o;
	struct error e = {""};

	CHECK(parse(line, use, &o, &e) == -EINVAL, "%s was taken", line);
	CHECK(strstr(e.text, says), "%s: '%s'", line, e.text);
}

static void test_defaults(void **state)
{
	struct options o = good("");

	(void)state;
	assert_int_equal(o.plan.variant_count, 0);
	assert_int_equal(o.plan.workload_count, 2);
	assert_string_equal(o.plan.workloads[0]->name, "ring");
	assert_string_equal(o.plan.workloads[1]->name, "churn");
	assert_int_equal(o.plan.flush_count, 0);
	assert_int_equal(o.plan.lock_count, 1);
	assert_int_equal(o.plan.locks[0], LOCK_TAS);
	assert_int_equal(o.plan.occupancy.count, 1);
	assert_int_equal(o.plan.occupancy.value[0], 5);
	assert_int_equal(o.plan.think.count, 1);
	assert_int_equal(o.plan.think.value[0], 0);
	assert_int_equal(o.plan.pools.count, 0);
	assert_int_equal(o.plan.cpus.count, 0);
	/* The two machines of the mail say how many entries there are, and what a flush costs. */
	assert_int_equal(o.plan.entries, 0);
	assert_int_equal(o.plan.platform_count, 2);
	assert_string_equal(o.plan.platforms[0]->name, "sun4u");
	assert_string_equal(o.plan.platforms[1]->name, "sun4v");
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

/* Who says something of what a platform sets has no platforms by default. */
static void test_platforms(void **state)
{
	static const char *const none[] = {"--entries|1024", "--flush=none", "--pools=1",
					   "--allocators=sun4u", "--smoke"};
	struct options o = good("--platform|gart,sun4u,gart|--entries|1024");

	(void)state;
	assert_int_equal(o.plan.platform_count, 2);
	assert_string_equal(o.plan.platforms[0]->name, "gart");
	assert_string_equal(o.plan.platforms[1]->name, "sun4u");
	assert_int_equal(o.plan.entries, 1024);
	assert_int_equal(good("--platform=all").plan.platform_count, 5);
	assert_int_equal(good("--platform=sun4v|--platform=all").plan.platform_count, 5);
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		CHECK(good(none[i]).plan.platform_count == 0, "%s", none[i]);
	assert_int_equal(good("--cpus=1|--quick|--occupancy=9").plan.platform_count, 2);
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
	assert_int_equal(o.plan.locks[0], LOCK_QUEUED);
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
	o = good("--locks");
	assert_true(o.plan.lock_pass && !o.cmd.lock_stat);
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

static void test_aliases(void **state)
{
	struct options o = good("--occupancy=7|--benchmark_out=x|--benchmark_repetitions|4");

	(void)state;
	assert_int_equal(o.plan.occupancy.value[0], 7);
	assert_string_equal(o.cmd.out, "x");
	assert_int_equal(o.plan.repetitions, 4);
	/* They are kept by their names of today. */
	assert_string_equal(o.plan.given[0].name, "--utilization");
	assert_string_equal(o.plan.given[1].name, "--repetitions");
	o = good("--occupancy=7|--utilization=8");
	assert_int_equal(o.plan.occupancy.count, 2);
	/* A message names what was written. */
	refused_of("--occupancy=101", OPTIONS_RUN, "--occupancy");
	refused_of("--utilization=101", OPTIONS_RUN, "--utilization");
}

static void test_all_workloads(void **state)
{
	struct options o = good("--workloads=all");
	size_t count;

	(void)state;
	workload_all(&count);
	assert_int_equal(o.plan.workload_count, count);
	assert_int_equal(good("--smoke").plan.workload_count, count);
	refused_of("--workloads=ring,all", OPTIONS_RUN, "--workloads");
}

static void test_budget(void **state)
{
	struct options o = good("--budget=2m");

	(void)state;
	assert_true(o.plan.budget_s == 120);
	assert_false(o.plan.seconds_given || o.plan.repetitions_given);
	assert_true(good("--budget=1h").plan.budget_s == 3600);
	assert_true(good("--budget=90").plan.budget_s == 90);
	assert_true(good("").plan.budget_s == 0);
	o = good("--budget=2m|--seconds=1");
	assert_true(o.plan.seconds_given && !o.plan.repetitions_given);
	o = good("--repetitions=1|--budget=2m");
	assert_true(!o.plan.seconds_given && o.plan.repetitions_given);
	/* As do those that say how long by another name. */
	o = good("--quick|--budget=2m");
	assert_true(o.plan.seconds_given && o.plan.repetitions_given);
	o = good("--benchmark_min_time=1s|--benchmark_repetitions=2|--budget=2m");
	assert_true(o.plan.seconds_given && o.plan.repetitions_given);
	refused_of("--budget=0.5s", OPTIONS_RUN, "--budget");
	refused_of("--budget=2d", OPTIONS_RUN, "--budget");
	refused_of("--budget=8d", OPTIONS_RUN, "--budget");
	refused_of("--budget=169h", OPTIONS_RUN, "--budget");
	refused_of("--budget=2m", OPTIONS_SIM, "unknown");
}

static void test_audit_options(void **state)
{
	struct options o = good_of("", OPTIONS_AUDIT);

	(void)state;
	assert_int_equal(o.plan.workload_count, 3);
	assert_string_equal(o.plan.workloads[1]->name, "fifo");
	assert_string_equal(o.plan.workloads[2]->name, "coherent");
	assert_int_equal(o.plan.occupancy.count, 3);
	assert_int_equal(o.plan.entries, 0);
	assert_int_equal(o.plan.platform_count, 0);
	assert_int_equal(o.plan.cpus.value[0], 16);
	assert_int_equal(o.plan.seed, 15);
	assert_int_equal(o.plan.audit_threads, 1);
	assert_int_equal(o.plan.repetitions, 8);
	assert_int_equal(o.plan.think.count, 1);
	assert_int_equal(o.plan.flush_count, 1);
	assert_int_equal(o.audit.operations, 100000);
	assert_int_equal(o.audit.draws, DRAWS_INDEPENDENT);
	assert_string_equal(o.audit.profile, "psycho");
	assert_int_equal(o.audit.iotlb.tags, 16);
	o = good_of("--iotlb=4,2,fifo", OPTIONS_AUDIT);
	assert_null(o.audit.profile);
	assert_int_equal(o.audit.iotlb.ways, 2);
	o = good_of("--profile=psycho|--draws=owned|--repetitions=3", OPTIONS_AUDIT);
	assert_string_equal(o.audit.profile, "psycho");
	assert_int_equal(o.audit.draws, DRAWS_OWNED);
	assert_int_equal(o.plan.repetitions, 3);
	/* As the known figures were made, unless it is said otherwise. */
	o = good_of("--draws=recorded", OPTIONS_AUDIT);
	assert_int_equal(o.audit.operations, 500000);
	assert_int_equal(o.plan.repetitions, 1);
	o = good_of("--draws=recorded|--operations=7|--repetitions=2", OPTIONS_AUDIT);
	assert_int_equal(o.audit.operations, 7);
	assert_int_equal(o.plan.repetitions, 2);
	refused_of("--shrink", OPTIONS_AUDIT, "--trace-out");
	refused_of("--trace-out=x|--threads=2", OPTIONS_AUDIT, "--threads 1");
	refused_of("--profile=vt-d", OPTIONS_AUDIT, "--iotlb");
	refused_of("--profile=nosuch", OPTIONS_AUDIT, "nosuch");
	refused_of("--cpus=all", OPTIONS_AUDIT, "--cpus");
	refused_of("--think=1", OPTIONS_AUDIT, "unknown");
}

/* What says the same twice, in two ways, and what would be passed over in silence. */
static void test_contradictions(void **state)
{
	static const char *const ignored[] = {
		"--out=x",     "--benchmark_out=x", "--wide",  "--benchmark_format=json",
		"--lock-stat", "--repetitions=2",   "--locks", "--benchmark_out_format=json",
	};
	char line[80];

	(void)state;
	refused_of("--profile=psycho|--iotlb=4", OPTIONS_AUDIT, "--iotlb cannot be given with");
	refused_of("--iotlb=4|--profile=psycho", OPTIONS_AUDIT, "--profile cannot be given with");
	refused_of("--seconds=1|--benchmark_min_time=2", OPTIONS_RUN, "leave one of them out");
	/* One option twice: the last one counts, and neither of two extents contradicts. */
	assert_int_equal(good_of("--iotlb=4|--iotlb=8", OPTIONS_AUDIT).audit.iotlb.tags, 8);
	assert_int_equal(good("--smoke|--quick").plan.extent, PLAN_SMOKE);
	for (size_t i = 0; i < ARRAY_SIZE(ignored); i++) {
		snprintf(line, sizeof(line), "--explore=3|%s", ignored[i]);
		refused_of(line, OPTIONS_SIM, "has no effect with --explore");
		good_of(ignored[i], OPTIONS_SIM);
	}
	good_of("--explore=3|--seed=2|--seconds=0.001|--jobs=1|--polling|--audit", OPTIONS_SIM);
	refused_of("--seconds=1|--rounds=2", OPTIONS_SIM, "--rounds has no effect with --seconds");
	good_of("--smoke|--seconds=1", OPTIONS_SIM);
	refused_of("--wide|--benchmark_format=json", OPTIONS_RUN, "--wide has no effect with");
	refused_of("--wide|--benchmark_format=json", OPTIONS_SIM, "--wide has no effect with");
	good("--wide|--benchmark_format=console");
	refused_of("--locks|--lock-sample=4", OPTIONS_RUN, "--lock-sample is gone: ");
	refused_of("--lock-sample|4", OPTIONS_RUN, "--lock-sample is gone: ");
	refused_of("--lock-samples=4", OPTIONS_RUN, "unknown option");
	/* The runner says which pass a sample is of. */
	good_of("--count-locks", OPTIONS_SAMPLE);
	good_of("--time-locks", OPTIONS_SAMPLE);
}

static void test_messages(void **state)
{
	(void)state;
	refused_of("--budget=0.5s", OPTIONS_RUN, "from 1s to 168h");
	refused_of("--budget=0.5s", OPTIONS_COMPARE, "from 1s to 168h");
	refused_of("--undecided=", OPTIONS_COMPARE, "--undecided: needs a value");
	refused_of("--undecided=  ", OPTIONS_COMPARE, "--undecided: needs a value");
	refused_of("--profile=", OPTIONS_SIM, "--profile: needs a profile's name or a file's");
}

static void test_sim_options(void **state)
{
	struct options o = good_of("", OPTIONS_SIM);

	(void)state;
	assert_string_equal(o.plan.machine, "sun4v-t5-2");
	assert_int_equal(o.sim.rounds, 4);
	assert_int_equal(o.plan.repetitions, 8);
	assert_true(o.plan.lock_pass && o.plan.seconds == 0);
	assert_int_equal(o.sim.jobs, 0);
	o = good_of("--quick", OPTIONS_SIM);
	assert_int_equal(o.plan.repetitions, 8);
	assert_int_equal(good_of("--smoke", OPTIONS_SIM).plan.repetitions, 1);
	assert_int_equal(o.plan.workload_count, 1);
	assert_int_equal(good_of("--smoke", OPTIONS_SIM).sim.rounds, 1);
	o = good_of("--explore=3|--cpus=2", OPTIONS_SIM);
	assert_true(o.sim.audit);
	assert_int_equal(o.plan.entries, 1024);
	assert_int_equal(o.plan.occupancy.value[0], 50);
	assert_int_equal(o.plan.cpus.value[0], 2);
	assert_string_equal(o.plan.workloads[0]->name, "churn");
	assert_string_equal(o.plan.flushes[0].name, "spin:500");
	/* It counts nothing. */
	refused_of("--counters=auto", OPTIONS_SIM, "unknown");
	refused_of("--resume=x", OPTIONS_SIM, "unknown");
}

static void test_compare_options(void **state)
{
	struct options o = good_of("--old=sun4u|--new=pooled/pools:16", OPTIONS_COMPARE);
	size_t count;

	(void)state;
	workload_all(&count);
	assert_int_equal(o.plan.variant_count, 2);
	assert_int_equal(o.plan.workload_count, count);
	assert_true(o.plan.seconds == 0.005 && o.compare.budget_s == 300);
	assert_int_equal(o.plan.repetitions, 1);
	assert_false(o.compare.for_sim);
	o = good_of("--side=base=x|--side|new=y|--for-sim=base", OPTIONS_COMPARE);
	assert_string_equal(o.compare.side_folder[SIDE_BASE], "x");
	assert_int_equal(o.plan.workload_count, 2);
	assert_true(o.compare.for_sim);
	assert_int_equal(o.compare.for_sim_side, SIDE_BASE);
	refused_of("", OPTIONS_COMPARE, "nothing to compare");
	refused_of("--old=sun4u", OPTIONS_COMPARE, "--new");
	refused_of("--old=sun4u|--new=pooled", OPTIONS_COMPARE, "how many pools");
	refused_of("--side=base=x", OPTIONS_COMPARE, "--side new");
	refused_of("--side=left=x", OPTIONS_COMPARE, "base=FOLDER");
	refused_of("--side=base=", OPTIONS_COMPARE, "--side");
	assert_string_equal(good_of("--resume=x", OPTIONS_COMPARE).cmd.resume, "x");
}

static void test_small_commands(void **state)
{
	struct options o = good_of("t|--allocator=ppc", OPTIONS_REPLAY);

	(void)state;
	assert_string_equal(o.local.trace, "t");
	assert_string_equal(o.replay.allocator, "ppc");
	assert_null(o.replay.reserved);
	assert_false(o.replay.concurrent);
	o = good_of("-|--reserved=0-3|--concurrent", OPTIONS_REPLAY);
	assert_string_equal(o.local.trace, "-");
	assert_string_equal(o.replay.reserved, "0-3");
	assert_true(o.replay.concurrent);
	refused_of("a|b", OPTIONS_REPLAY, "one trace");
	refused_of("-x", OPTIONS_REPLAY, "unknown");
	assert_int_equal(good_of("--profiles", OPTIONS_LIST).local.list, LIST_PROFILES);
	assert_int_equal(good_of("--events", OPTIONS_LIST).local.list, LIST_EVENTS);
	refused_of("--events|--profiles", OPTIONS_LIST, "alone");
	refused_of("x", OPTIONS_LIST, "iommubench list --help");
	refused_of("--cpus=1", OPTIONS_DOCTOR, "unknown");
}

/* Of every row: defaults that can be read, bounds that make sense, a text for every option people give. */
static void test_table(void **state)
{
	const struct option_row *row;
	unsigned int rows = 0;

	(void)state;
	for (; (row = option_row(rows)); rows++) {
		struct options to = {.local = {.out_format = 0}};
		const struct option_value v = {row, row->name, row->preset, &to};
		struct error e = {""};

		assert_true(row->kind < OPTION_KINDS && row->commands && row->help);
		CHECK(row->field < sizeof(struct options), "%s", row->name);
		CHECK(row->whole.min <= row->whole.max || row->kind == OPTION_SET, "%s", row->name);
		CHECK(row->number.min <= row->number.max, "%s", row->name);
		CHECK(row->help[0] || row->commands == OPTIONS_BIT(OPTIONS_SAMPLE), "%s",
		      row->name);
		if (row->preset)
			CHECK(option_read(&v, &e) == 0, "%s %s: %s", row->name, row->preset,
			      e.text);
		/* No command has a name twice. */
		for (int use = 0; use < OPTIONS_USES; use++) {
			const char *names[] = {row->name, row->alias};

			for (int i = 0; i < 2; i++) {
				if (!(row->commands & OPTIONS_BIT(use)) || !names[i] ||
				    (row->flags & OPTION_OPERAND))
					continue;
				CHECK(option_find(names[i], strlen(names[i]),
						  (enum options_use)use) == row,
				      "%s of %s", names[i], options_commands[use]);
			}
		}
	}
	assert_in_range(rows, 60, OPTION_ROWS_MAX);
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
	"--platform|sun4",
	"--platform|sun4u,",
	"--platform|sun4u,all",
	"--platform|",
	"--platform",
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
	"--lock-sample",
	"--time-locks",
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
	"--utilization|101",
	"--budget|2m,",
	"--resume|x|--resume|y",
	"--counters|papi",
	"--counters|",
	"--likwid-group|l2",
	"--events|",
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
		cmocka_unit_test(test_platforms),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_repeated_lists_add_up),
		cmocka_unit_test(test_single_values),
		cmocka_unit_test(test_lock_statistics),
		cmocka_unit_test(test_benchmark_flags),
		cmocka_unit_test(test_given_leaves_out_what_is_not_planned),
		cmocka_unit_test(test_help),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_sample_options),
		cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_all_workloads),
		cmocka_unit_test(test_budget),
		cmocka_unit_test(test_audit_options),
		cmocka_unit_test(test_contradictions),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_sim_options),
		cmocka_unit_test(test_compare_options),
		cmocka_unit_test(test_small_commands),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_unknown_benchmark_flags),
		cmocka_unit_test(test_full_lists),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
