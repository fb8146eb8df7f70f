// SPDX-License-Identifier: GPL-2.0-or-later
/* What the table of an audit says of an allocator, and for which results it must not. */
#include "unit/helpers.h"

#include "output/audit_table.h"
#include "base/wrapped.h"
#include "audit/audit.h"

#define CELLS 3
#define SEEDS 2

static struct cell cells[CELLS];
static struct audit_result results[CELLS][SEEDS], together;
static struct audited_cell audited[CELLS];

/*
 * So many cells of one allocator, of two seeds each, in which each of 1000 entries was handed out four times more and
 * nothing was wrong, with one thread and with two.
 */
static void audit_well(const char *allocator)
{
	together = (struct audit_result){.allocations = 9000, .reuses = 8000, .overlapped = 300};
	for (unsigned int i = 0; i < CELLS; i++) {
		cells[i] = (struct cell){
			.workload = &audit_orders[FREE_RANDOM],
			.allocator = iommu_allocator_find(allocator),
			.entries = 1000,
			.npools = 1,
			.cpus = 16,
			.occupancy = 10 * (i + 1),
			.audit_threads = 1,
		};
		audited[i] = (struct audited_cell){
			.cell = &cells[i],
			.seeds = SEEDS,
			.result = results[i],
			.together = i ? NULL : &together,
		};
		for (unsigned int k = 0; k < SEEDS; k++)
			results[i][k] = (struct audit_result){.pairs = 5000,
							      .allocations = 5000,
							      .reuses = 4000,
							      .reused_entries = 4000,
							      .flushes = 10};
	}
}

static char *text;

/* All of it; every line fits a page. */
static const char *table(void)
{
	static size_t size;
	FILE *out;

	free(text);
	out = open_memstream(&text, &size);
	audit_table_print(audited, CELLS, out);
	fclose(out);
	for (const char *at = text; *at; at += strcspn(at, "\n") + 1)
		CHECK(strcspn(at, "\n") <= PAGE_WIDTH, "%s", at);
	return text;
}

/* The verdict, in one line. */
static const char *verdict(void)
{
	char *at, *to;

	table();
	at = strstr(text, "\n\n  ");
	assert_non_null(at);
	for (char *more = at; more; more = strstr(more + 1, "\n\n  "))
		at = more;
	at += strlen("\n\n");
	while ((to = strstr(at, "\n    ")))
		memmove(to, to + 4, strlen(to + 4) + 1);
	return at;
}

static void assert_says(const char *says)
{
	const char *said = verdict();

	CHECK(strcmp(said, says) == 0, "'%s'", said);
}

static void test_safe(void **state)
{
	(void)state;
	audit_well("stale-local");
	assert_says(
		"  stale-local/pools:1    safe: none of 24000 reuses was stale (95 % confidence: "
		"under 1 in 2666, in each cell), and 300 frees began during another thread's "
		"flush\n");
}

/* What keeps one from being called safe, though nothing stale was seen. */
static void test_not_seen(void **state)
{
	(void)state;
	/* One sample that hardly went round is enough. */
	audit_well("stale-local");
	results[1][1].reused_entries = 2999;
	assert_says(
		"  stale-local/pools:1    not seen in 24000 reuses; too few to tell: the table was "
		"gone round 3.0 times where least, and 3 are needed: raise --operations\n");
	results[1][0].reuses = results[1][1].reuses = 0;
	assert_says(
		"  stale-local/pools:1    no answer: in one cell no entry was handed out a second "
		"time: raise --operations\n");
	audit_well("stale-local");
	audited[0].together = NULL;
	assert_says(
		"  stale-local/pools:1    not seen in 24000 reuses; by one thread, which cannot "
		"show what two CPUs do to each other: --threads 2\n");
	for (unsigned int i = 0; i < CELLS; i++)
		cells[i].audit_threads = 2;
	assert_says("  stale-local/pools:1    not seen in 24000 reuses; too little of two CPUs at "
		    "once: 0 frees began during another thread's flush, and 100 are needed\n");
	results[2][1].overlapped = 1;
	assert_says("  stale-local/pools:1    not seen in 24000 reuses; too little of two CPUs at "
		    "once: 1 free began during another thread's flush, and 100 are needed\n");
	results[2][1].overlapped = 100;
	assert_true(strstr(verdict(), " safe: "));
	/* Flushes that each reclaim next to nothing. */
	for (unsigned int k = 0; k < SEEDS; k++)
		results[2][k].flushes = 1250;
	assert_says("  stale-local/pools:1    not seen in 24000 reuses; too little of two CPUs at "
		    "once: 100 frees began during another thread's flush, and 2500 are needed\n");
	results[2][1].overlapped = 2500;
	assert_true(strstr(verdict(), " safe: "));
	/* The code that it is named after has it. */
	audit_well("ppc");
	assert_says(
		"  ppc/pools:1            not seen in 24000 reuses; but the code is known to do "
		"it: see docs/safety.md\n");
}

/* What a failed sample would have shown nobody knows. */
static void test_failed_samples(void **state)
{
	(void)state;
	audit_well("stale-local");
	audited[1].failed = 1;
	assert_says("  stale-local/pools:1    no answer: 1 of 6 samples failed; not seen in 20000 "
		    "reuses of the others\n");
	assert_non_null(strstr(table(), "(1 of 2 seeds failed)"));
	for (unsigned int i = 0; i < CELLS; i++)
		audited[i].failed = SEEDS;
	assert_says("  stale-local/pools:1    no answer: every sample failed\n");
	/* One that is found counts whatever others did. */
	audit_well("sun4u");
	audited[0].failed = 1;
	results[1][0].stale_reuse = 5;
	results[1][0].stale_hits = 1;
	assert_says(
		"  sun4u/pools:1          NOT SAFE: up to 0.1 % of its allocations may still be "
		"cached (5 of 25000 in all; 1 DMA hit a stale tag)\n");
}

static void test_nothing_allocated(void **state)
{
	(void)state;
	audit_well("stale-local");
	memset(results, 0, sizeof(results));
	assert_says("  stale-local/pools:1    no answer: nothing could be allocated\n");
}

static void test_found_by_two_threads(void **state)
{
	(void)state;
	audit_well("stale-local");
	together.stale_reuse = 7;
	assert_says(
		"  stale-local/pools:1    NOT SAFE, AND SHOULD BE: with two threads inside at once "
		"7 of 9000 allocations may still be cached; with one none was seen\n");
}

static void test_long_line(void **state)
{
	(void)state;
	audit_well("stale-local");
	for (unsigned int i = 0; i < CELLS; i++) {
		results[i][0].allocations = 4000000000000000000;
		results[i][0].stale_reuse = 3000000000000000000;
		results[i][0].stale_hits = 2000000000000000000;
		results[i][0].pairs = results[i][1].pairs = 4000000000000000000;
		results[i][0].flushes = results[i][1].flushes = 2000000000000000000;
		results[i][1].allocations = 0;
	}
	assert_says(
		"  stale-local/pools:1    NOT SAFE, AND SHOULD BE: up to 75.0 % of its allocations "
		"may still be cached (9000000000000000000 of 12000000000000000000 in all; "
		"6000000000000000000 DMAs hit a stale tag)\n");
}

/* Medians, and beneath them what is not the same for all seeds. */
static void test_ranges(void **state)
{
	(void)state;
	audit_well("sun4u");
	results[0][0].stale_reuse = 500;
	results[0][1].stale_reuse = 1000;
	results[0][1].flushes = 20;
	results[1][1].flushes = 0;
	CHECK(strstr(table(), "  sun4u/pools:1                   375.0         15.00 "), "%s",
	      text);
	CHECK(strstr(text, "                          250.0..500.0  10.00..20.00\n"), "%s", text);
	/* Of one that flushed and one that never did there is no middle. */
	CHECK(strstr(text, "  sun4u/pools:1                   never          0.00 "), "%s", text);
	CHECK(strstr(text, "                          never..500.0\n"), "%s", text);
	CHECK(strstr(text, "medians of 2 seeds, below them least..most"), "%s", text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_not_seen),
		cmocka_unit_test(test_failed_samples),
		cmocka_unit_test(test_nothing_allocated),
		cmocka_unit_test(test_found_by_two_threads),
		cmocka_unit_test(test_long_line),
		cmocka_unit_test(test_ranges),
	};

	return cmocka_run_group_tests_name("audit_table", tests, NULL, NULL);
}
