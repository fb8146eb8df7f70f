// SPDX-License-Identifier: GPL-2.0-or-later
/* What becomes of --budget: how many samples, and how long they are. */
#include "unit/helpers.h"

#include "cmd/options.h"
#include "plan/budget.h"

#define WORDS_MAX 20

/* A plan on @host_cpus CPUs and what its budget makes of it; points into the words of the line before. */
static struct options budget_of(const char *line, unsigned int host_cpus, struct plan *p)
{
	static char words[500];
	char *argv[WORDS_MAX], *rest;
	struct options o;
	struct error e;
	int argc = 0;

	snprintf(words, sizeof(words), "%s", line);
	for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
		argv[argc++] = w;
	CHECK(options_parse(argc, argv, OPTIONS_RUN, &o, &e) == 0, "%s: %s", line, e.text);
	CHECK(plan_make(&o.plan, host_cpus, p, &e) == 0, "%s: %s", line, e.text);
	plan_budget(&o.plan, p);
	return o;
}

static void test_no_budget(void **state)
{
	struct plan p;
	struct options o = budget_of("", 2, &p);

	(void)state;
	assert_true(o.plan.seconds == 0.2);
	assert_int_equal(o.plan.repetitions, 10);
	plan_free(&p);
}

/* Time enough: no more than 10 samples of 200 ms. */
static void test_small_plan(void **state)
{
	struct plan p;
	struct options o = budget_of("--budget 2m --cpus 1 --workloads ring", 2, &p);

	(void)state;
	assert_true(o.plan.seconds == 0.2);
	assert_int_equal(o.plan.repetitions, 10);
	assert_true(plan_seconds(&p, &o.plan) < 120);
	plan_free(&p);
}

/* In between samples are as long as fits, which leaves next to nothing. */
static void test_what_fits(void **state)
{
	struct plan p;
	struct options o = budget_of("--budget 130s --locks", 2, &p);
	double takes = plan_seconds(&p, &o.plan);

	(void)state;
	assert_int_equal(o.plan.repetitions, 10);
	assert_true(o.plan.seconds > 0.05 && o.plan.seconds < 0.2);
	/* A millisecond more each, with its part of warm-up, would be too much. */
	CHECK(takes <= 130 && takes + (double)plan_samples(&p, &o.plan) * 0.0011 > 130, "%g s",
	      takes);
	/* The passes share it: without one the samples of the others are longer. */
	plan_free(&p);
	assert_true(budget_of("--budget 130s", 2, &p).plan.seconds > o.plan.seconds);
	plan_free(&p);
}

/* Then fewer of the shortest, and at last as long as it takes. */
static void test_large_plan(void **state)
{
	struct options o;
	struct plan p;
	unsigned int before = 10, repetitions[11] = {0};

	(void)state;
	for (int s = 80; s > 10; s--) {
		char line[40];

		snprintf(line, sizeof(line), "--budget %ds", s);
		o = budget_of(line, 2, &p);
		repetitions[o.plan.repetitions]++;
		assert_in_range(o.plan.repetitions, 7, before);
		before = o.plan.repetitions;
		if (plan_over_budget(&p, &o.plan)) {
			assert_int_equal(o.plan.repetitions, 7);
			assert_true(o.plan.seconds == 0.05);
		}
		plan_free(&p);
	}
	assert_true(repetitions[10] && repetitions[9] && repetitions[8] && repetitions[7]);
}

/* Of other passes there are fewer only where even the fewest timing samples are too many. */
static void test_other_passes(void **state)
{
	unsigned int before = 4, others[5] = {0};
	struct options o;
	struct plan p;

	(void)state;
	for (int s = 140; s > 20; s -= 2) {
		char line[40];

		snprintf(line, sizeof(line), "--locks --budget %ds", s);
		o = budget_of(line, 2, &p);
		assert_in_range(o.plan.others_max, 2, before);
		before = o.plan.others_max;
		others[before]++;
		assert_int_equal(plan_repetitions(&o.plan, PASS_LOCKS), before);
		assert_int_equal(plan_repetitions(&o.plan, PASS_TIMING), o.plan.repetitions);
		if (before < 4)
			assert_int_equal(o.plan.repetitions, 7);
		if (plan_over_budget(&p, &o.plan))
			assert_int_equal(before, 2);
		plan_free(&p);
	}
	assert_true(others[4] && others[3] && others[2]);
}

/* What make bench does on a host of two CPUs. */
static void test_bench_fits(void **state)
{
	struct plan p;
	struct options o = budget_of("--budget 2m --locks --counters software", 2, &p);

	(void)state;
	o.plan.counter_groups = 1;
	plan_budget(&o.plan, &p);
	CHECK(!plan_over_budget(&p, &o.plan), "%g s", plan_seconds(&p, &o.plan));
	plan_free(&p);
}

static void test_what_is_given_holds(void **state)
{
	struct plan p;
	struct options o = budget_of("--budget 1s --repetitions 12", 2, &p);

	(void)state;
	assert_int_equal(o.plan.repetitions, 12);
	assert_true(o.plan.seconds == 0.05);
	plan_free(&p);
	o = budget_of("--budget 1s --seconds 3", 2, &p);
	assert_int_equal(o.plan.repetitions, 7);
	assert_true(o.plan.seconds == 3);
	plan_free(&p);
	o = budget_of("--budget 1h --seconds 0.01", 2, &p);
	assert_int_equal(o.plan.repetitions, 10);
	assert_true(o.plan.seconds == 0.01);
	plan_free(&p);
	o = budget_of("--budget 1h --quick", 2, &p);
	assert_int_equal(o.plan.repetitions, 3);
	assert_true(o.plan.seconds == 0.05);
	plan_free(&p);
}

/* Of counters each group takes samples, exact counts only one each. */
static void test_counters(void **state)
{
	struct plan p;
	struct options o = budget_of("--budget 2m --counters perf", 2, &p);
	const size_t timing = plan_samples(&p, &o.plan);

	(void)state;
	assert_int_equal(timing, 10 * p.cell_count);
	o.plan.counter_groups = 3;
	assert_int_equal(plan_repetitions(&o.plan, PASS_COUNTERS), 12);
	assert_int_equal(plan_samples(&p, &o.plan), timing + 12 * p.cell_count);
	o.plan.counters_one_cpu = true;
	assert_int_equal(plan_samples(&p, &o.plan), timing + 12 * p.cell_count / 2);
	o.plan.counters.choice = COUNTERS_COUNT;
	assert_int_equal(plan_repetitions(&o.plan, PASS_COUNTERS), 3);
	plan_free(&p);
}

static void test_no_cells(void **state)
{
	struct plan p;
	struct options o = budget_of("--budget 1m --workloads remote --cpus 1", 2, &p);

	(void)state;
	assert_int_equal(p.cell_count, 0);
	assert_true(plan_seconds(&p, &o.plan) == 0);
	plan_free(&p);
}

/* A larger table takes longer to fill and to drain, so its samples are shorter. */
static void test_larger_tables(void **state)
{
	struct plan small, large;
	struct options few = budget_of("--budget 10s --platform sun4u --flush none", 2, &small);
	struct options many = budget_of(
		"--budget 10s --platform sun4u --flush none --entries 1048576", 2, &large);

	(void)state;
	assert_int_equal(small.cell_count, large.cell_count);
	assert_true(plan_seconds(&large, &few.plan) > plan_seconds(&small, &few.plan) + 10);
	assert_true(many.plan.seconds <= few.plan.seconds);
	plan_free(&small);
	plan_free(&large);
}

static void test_line(void **state)
{
	char text[200] = "";
	FILE *to = fmemopen(text, sizeof(text), "w");
	struct plan p;
	struct options o = budget_of("--budget 1s --cpus 1 --workloads ring --pools 1", 2, &p);

	(void)state;
	assert_non_null(to);
	plan_budget_print(&o.plan, &p, to);
	fclose(to);
	assert_string_equal(text, "over the budget of 1 s: 7 repetitions of 0.05 s take about 8 s "
				  "in all\n");
	plan_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_budget),
		cmocka_unit_test(test_small_plan),
		cmocka_unit_test(test_what_fits),
		cmocka_unit_test(test_large_plan),
		cmocka_unit_test(test_what_is_given_holds),
		cmocka_unit_test(test_other_passes),
		cmocka_unit_test(test_bench_fits),
		cmocka_unit_test(test_counters),
		cmocka_unit_test(test_no_cells),
		cmocka_unit_test(test_larger_tables),
		cmocka_unit_test(test_line),
	};

	return cmocka_run_group_tests_name("budget", tests, NULL, NULL);
}
