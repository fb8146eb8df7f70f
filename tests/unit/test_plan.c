// SPDX-License-Identifier: GPL-2.0-or-later
/* Which cells a run has and in which order they are measured. */
#include "cmd/options.h"
#include "unit/helpers.h"

#include <errno.h>

#include "plan/plan.h"

#define WORDS_MAX 20

/* Points into the words of the line before it. */
static struct options o;

static void plan_of(const char *line, unsigned int host_cpus, struct plan *p)
{
	static char words[500];
	char *argv[WORDS_MAX], *rest;
	struct error e;
	int argc = 0;

	snprintf(words, sizeof(words), "%s", line);
	for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
		argv[argc++] = w;
	CHECK(options_parse(argc, argv, OPTIONS_RUN, &o, &e) == 0, "%s: %s", line, e.text);
	CHECK(plan_make(&o.plan, host_cpus, p, &e) == 0, "%s: %s", line, e.text);
}

static int plan_fails(const char *line, unsigned int host_cpus, const char *says)
{
	static char words[500];
	char *argv[WORDS_MAX], *rest;
	struct plan p;
	struct error e = {""};
	int argc = 0, err;

	snprintf(words, sizeof(words), "%s", line);
	for (char *w = strtok_r(words, " ", &rest); w; w = strtok_r(NULL, " ", &rest))
		argv[argc++] = w;
	CHECK(options_parse(argc, argv, OPTIONS_RUN, &o, &e) == 0, "%s: %s", line, e.text);
	err = plan_make(&o.plan, host_cpus, &p, &e);
	plan_free(&p);
	return err == -EINVAL && strstr(e.text, says);
}

static bool has_cell(const struct plan *p, const char *name)
{
	for (unsigned int i = 0; i < p->cell_count; i++) {
		if (strcmp(name, p->cells[i].name) == 0)
			return true;
	}
	return false;
}

/* What the default plan has of each platform: what ran there, and, in the end, what did not. */
static const struct {
	const char *variant, *sun4u, *sun4v;
} defaults[] = {
	{"sun4u", "/pools:1", "/pools:1"},
	{"pooled", "/pools:1", "/pools:1"},
	{"pooled", NULL, "/pools:16"},
	{"pooled", "/pools:16", NULL},
	{"stale-local", "/pools:1", "/pools:1"},
	{"stale-hop", "/pools:16", "/pools:16"},
	{"stale-local", "/pools:16", "/pools:16"},
	{"pooled-padded", "/pools:16", "/pools:16"},
	{"dma4u-4.0", "/pools:1", NULL},
	{"dma4u-4.1", "/pools:1", NULL},
};

/* Does the plan have it, with all these CPUs? Counts what it has to have. */
static void has_default(const struct plan *p, const char *pattern, const char *variant,
			const char *pools, const unsigned int *cpus, unsigned int *expected)
{
	static const char *const workloads[] = {"ring", "churn"};

	for (; pools && *cpus; cpus++) {
		for (int w = 0; w < 2; w++, ++*expected) {
			char name[CELL_NAME_MAX];

			snprintf(name, sizeof(name), pattern, workloads[w], variant, pools, *cpus);
			CHECK(has_cell(p, name), "%s", name);
		}
	}
}

static void test_default_plan(void **state)
{
	static const unsigned int ladders[][8] = {
		{1, 1},       {2, 1, 2},       {3, 1, 2, 3},
		{4, 1, 2, 4}, {6, 1, 2, 4, 6}, {16, 1, 2, 4, 8, 16},
	};
	struct plan p;

	(void)state;
	for (size_t l = 0; l < ARRAY_SIZE(ladders); l++) {
		unsigned int expected = 0;

		plan_of("", ladders[l][0], &p);
		for (size_t i = 0; i < ARRAY_SIZE(defaults); i++) {
			has_default(&p,
				    "%s/%s%s/cpus:%u/flush:mmio:16,150,600/occupancy:5/lock:tas/"
				    "think:0",
				    defaults[i].variant, defaults[i].sun4u, ladders[l] + 1,
				    &expected);
			has_default(&p,
				    "%s/%s/entries:262144%s/cpus:%u/flush:none/occupancy:5/"
				    "lock:tas/think:0",
				    defaults[i].variant, defaults[i].sun4v, ladders[l] + 1,
				    &expected);
		}
		/* What a hypercall costs there is for those that make some. */
		for (int i = 0; i < 2; i++)
			has_default(&p,
				    "%s/%s/entries:262144%s/cpus:%u/flush:hcall:500/occupancy:5/"
				    "lock:tas/think:0",
				    i ? "dma4v-4.1" : "dma4v-4.0", i ? "/pools:16" : "/pools:1",
				    ladders[l] + 1, &expected);
		assert_int_equal(p.cell_count, expected);
		assert_int_equal(p.omission_count, 0);
		plan_free(&p);
	}
}

/* No table is so large that a sample of 20 ms sees but a part of what a workload does, unless one asks for it. */
static void test_smoke(void **state)
{
	struct plan p;

	(void)state;
	for (int platform = 0; platform < 2; platform++) {
		plan_of(platform ? "--smoke --platform sun4v" : "--smoke", 2, &p);
		assert_true(p.cell_count > 50);
		for (unsigned int i = 0; i < p.cell_count; i++)
			assert_int_equal(p.cells[i].entries, 8192);
		plan_free(&p);
	}
	plan_of("--smoke --entries 16384", 2, &p);
	assert_int_equal(p.cells[0].entries, 16384);
	plan_free(&p);
}

static void test_counts(void **state)
{
	static const struct {
		const char *line;
		unsigned int cells, omissions;
	} plans[] = {
		{"--cpus 1 --workloads ring", 18, 0},
		{"--cpus 1 --quick", 18, 0},
		/* sun4u and gart appear once, whatever --pools says; ppc takes 1 and 4. */
		{"--cpus 1 --workloads ring --pools 1", 12, 0},
		{"--cpus 1 --workloads ring --pools 4", 12, 0},
		{"--cpus 1 --workloads ring --pools 16", 11, 0},
		{"--cpus 1 --workloads ring --pools 1,4,16", 2 + 3 + 2 + 3 + 3 + 1 + 3 + 4, 0},
		{"--cpus 1 --workloads ring --allocators sun4u", 1, 0},
		{"--cpus 1 --workloads ring --allocators sun4u --pools 16", 1, 0},
		{"--cpus 1 --workloads ring --allocators pooled", 2, 0},
		{"--cpus 1 --workloads ring --allocators pooled --pools 2,8", 2, 0},
		{"--cpus 1 --workloads ring --allocators pooled/pools:8 --pools 2", 1, 0},
		{"--cpus 1 --workloads ring --allocators stale-1,pooled-1", 2, 0},
		/* Twice the same is once. */
		{"--cpus 1,1 --workloads ring,ring --allocators sun4u,sun4u --lock tas,tas", 1, 0},
		{"--cpus 1 --workloads ring --allocators pooled-1,pooled/pools:1", 1, 0},
		{"--cpus 1 --workloads ring --allocators sun4u --flush none --flush none", 1, 0},
		/* Lists multiply. */
		{"--cpus 1,2 --workloads ring,churn,pair --allocators sun4u,gart --lock tas,mcs "
		 "--occupancy 0,50,100 --think 0,9 --flush none --flush spin:0",
		 2 * 3 * 2 * 2 * 3 * 2 * 2, 0},
		{"--cpus all --workloads ring --allocators sun4u", 2, 0},
		/* All allocators there are, each as on its machine. */
		{"--cpus 1 --workloads ring --entries 1024", 14, 0},
		{"--cpus 1 --workloads ring --flush none", 14, 0},
		{"--cpus 1 --workloads ring --platform ppc", 1, 0},
		{"--cpus 1 --workloads ring --platform gart", 1 + 4, 0},
		{"--cpus 1 --workloads ring --platform sun4u,gart --allocators sun4u", 2, 0},
		{"--cpus 1 --workloads ring --platform sun4u,sun4v --pools 1", 7 + 7, 0},
		/* What cannot be is left out and listed. */
		{"--cpus 1,2 --workloads remote --allocators sun4u", 1, 1},
		{"--cpus 1,2 --workloads ring --allocators pooled/pools:16 --entries 500", 1, 1},
		{"--cpus 1,2 --workloads ring --allocators stale-hop/pools:16 --entries 512", 0, 2},
		/* Filters say nothing of what they drop. */
		{"--cpus 1,2 --benchmark_filter ^ring/sun4u/", 4, 0},
		{"--cpus 1,2 --benchmark_filter sun4u.*cpus:2", 4, 0},
		{"--cpus 1,2 --benchmark_filter -ring", 36, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(plans); i++) {
		struct plan p;

		plan_of(plans[i].line, 2, &p);
		CHECK(p.cell_count == plans[i].cells, "%s: %u cells, not %u", plans[i].line,
		      p.cell_count, plans[i].cells);
		CHECK(p.omission_count == plans[i].omissions, "%s: %u omissions", plans[i].line,
		      p.omission_count);
		for (unsigned int j = 0; j < p.omission_count; j++)
			assert_true(p.omissions[j].reason && p.omissions[j].cell[0]);
		plan_free(&p);
	}
}

static void test_refused(void **state)
{
	(void)state;
	assert_true(plan_fails("--cpus 3", 2, "2"));
	assert_true(plan_fails("--cpus 1,64", 2, "64"));
	assert_true(plan_fails("--allocators ppc --pools 16", 2, "ppc"));
	assert_true(plan_fails("--allocators pooled,ppc --pools 16", 2, "ppc"));
	assert_true(
		plan_fails("--workloads remote --benchmark_filter nosuch", 2, "matches 'nosuch'"));
	assert_true(
		plan_fails("--benchmark_filter nosuch", 2, "such as ring/sun4u/pools:1/cpus:1/"));
}

static void test_omission_says_why(void **state)
{
	struct plan p;

	(void)state;
	plan_of("--cpus 1 --workloads remote --allocators sun4u", 2, &p);
	assert_true(p.omissions[0].wrong);
	plan_free(&p);
	/* More CPUs would not help the second one. */
	plan_of("--workloads remote --allocators sun4u,pooled/pools:16 --entries 8", 1, &p);
	assert_int_equal(p.omission_count, 2);
	assert_false(p.omissions[0].wrong);
	assert_true(p.omissions[1].wrong);
	plan_free(&p);
	plan_of("--workloads remote --allocators sun4u", 1, &p);
	assert_int_equal(p.cell_count, 0);
	assert_int_equal(p.omission_count, 1);
	assert_true(strncmp(p.omissions[0].cell, "remote/sun4u/pools:1/cpus:1/", 28) == 0);
	assert_non_null(strstr(p.omissions[0].reason, "CPUs"));
	plan_free(&p);
}

/* Each repetition is a block that has every cell once for each pass that is still measured. */
static void check_order(const struct plan *p, const struct plan_sample *order, size_t count)
{
	size_t at = 0;

	for (unsigned int r = 0; r < o.plan.repetitions; r++) {
		bool seen[PASS_COUNT][200] = {{false}};
		size_t block = 0;

		assert_true(p->cell_count <= ARRAY_SIZE(seen[0]));
		for (enum pass pass = 0; pass < PASS_COUNT; pass++)
			block += r < plan_repetitions(&o.plan, pass) ? p->cell_count : 0;
		for (; block; block--, at++) {
			struct plan_sample s = order[at];

			assert_true(at < count);
			assert_int_equal(s.repetition, r);
			assert_true(s.pass < PASS_COUNT && r < plan_repetitions(&o.plan, s.pass));
			assert_true(s.cell < p->cell_count && !seen[s.pass][s.cell]);
			seen[s.pass][s.cell] = true;
		}
	}
	assert_int_equal(at, count);
}

static struct plan_sample *order_of(const struct plan *p, uint64_t seed, size_t *count)
{
	struct plan_sample *order;

	o.plan.seed = seed;
	order = plan_order(p, &o.plan, count);
	assert_non_null(order);
	return order;
}

static void test_order(void **state)
{
	struct plan_sample *a, *b, *c;
	struct plan p;
	size_t n, block;

	(void)state;
	plan_of("--repetitions 7", 4, &p);
	block = p.cell_count * sizeof(*a);
	a = order_of(&p, 1, &n);
	b = order_of(&p, 1, &n);
	c = order_of(&p, 2, &n);
	assert_int_equal(n, 7 * p.cell_count);
	check_order(&p, a, n);
	check_order(&p, c, n);
	/* The seed's, and only the seed's. */
	assert_memory_equal(a, b, n * sizeof(*a));
	assert_memory_not_equal(a, c, block);
	/* An order of its own for each block: the cells' numbers differ, not just the repetition. */
	for (unsigned int r = 1; r < 7; r++) {
		unsigned int same = 0;

		for (unsigned int i = 0; i < p.cell_count; i++)
			same += a[i].cell == a[r * p.cell_count + i].cell;
		assert_true(same < p.cell_count / 2);
	}
	free(a);
	free(b);
	free(c);
	plan_free(&p);
}

/* Passes are mixed within a block, so that what drifts hits them alike. */
static void test_order_of_passes(void **state)
{
	const unsigned int most = pass_facts[PASS_LOCKS].repetitions_max;
	struct plan_sample *order;
	unsigned int changes = 0;
	struct plan p;
	size_t n;

	(void)state;
	plan_of("--repetitions 9 --locks --workloads ring", 4, &p);
	assert_int_equal(plan_repetitions(&o.plan, PASS_TIMING), 9);
	assert_int_equal(plan_repetitions(&o.plan, PASS_LOCKS), most);
	order = order_of(&p, 1, &n);
	assert_int_equal(plan_repetitions(&o.plan, PASS_CONTENTION), most);
	assert_int_equal(n, (9 + 2 * most) * p.cell_count);
	check_order(&p, order, n);
	for (size_t i = 1; i < 2 * p.cell_count; i++)
		changes += order[i].pass != order[i - 1].pass;
	assert_true(changes > p.cell_count / 2);
	free(order);
	plan_free(&p);

	plan_of("--repetitions 2 --locks", 4, &p);
	assert_int_equal(plan_repetitions(&o.plan, PASS_LOCKS), 2);
	plan_free(&p);
	plan_of("--repetitions 2", 4, &p);
	assert_int_equal(plan_repetitions(&o.plan, PASS_CONTENTION), 0);
	assert_int_equal(plan_repetitions(&o.plan, PASS_LOCKS), 0);
	plan_free(&p);
}

/* Every cell is as likely in every place. */
static void test_order_is_uniform(void **state)
{
	enum { CELLS = 4, ROUNDS = 4000 };
	unsigned int at[CELLS][CELLS] = {{0}};
	struct plan_sample *order;
	struct plan p;
	size_t n;

	(void)state;
	plan_of("--cpus 1 --workloads ring,churn,pair,sg --allocators sun4u --repetitions 4000", 1,
		&p);
	assert_int_equal(p.cell_count, CELLS);
	order = order_of(&p, 3, &n);
	assert_int_equal(n, CELLS * ROUNDS);
	for (unsigned int i = 0; i < n; i++)
		at[order[i].cell][i % CELLS]++;
	/* Five standard deviations. */
	for (int cell = 0; cell < CELLS; cell++) {
		for (int place = 0; place < CELLS; place++)
			assert_in_range(at[cell][place], ROUNDS / CELLS - 137,
					ROUNDS / CELLS + 137);
	}
	free(order);
	plan_free(&p);
}

static void test_empty_order(void **state)
{
	struct plan p;
	size_t n;

	(void)state;
	plan_of("--workloads remote", 1, &p);
	assert_int_equal(p.cell_count, 0);
	free(order_of(&p, 1, &n));
	assert_int_equal(n, 0);
	plan_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_plan),
		cmocka_unit_test(test_smoke),
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_omission_says_why),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_order_of_passes),
		cmocka_unit_test(test_order_is_uniform),
		cmocka_unit_test(test_empty_order),
	};

	return cmocka_run_group_tests_name("plan", tests, NULL, NULL);
}
