// SPDX-License-Identifier: GPL-2.0-or-later
/* What the table of an audit says of an allocator, and for which results it must not. */
#include "unit/helpers.h"

#include "output/audit_table.h"
#include "output/wrapped.h"
#include "audit/audit.h"

#define CELLS 3

static struct cell cells[CELLS];
static struct audited_cell audited[CELLS];

/* So many cells of one allocator, each with a thousand allocations and nothing wrong. */
static void audit_well(const char *allocator)
{
	for (unsigned int i = 0; i < CELLS; i++) {
		cells[i] = (struct cell){
			.workload = &audit_orders[FREE_RANDOM],
			.allocator = iommu_allocator_find(allocator),
			.npools = 1,
			.cpus = 16,
			.occupancy = 10 * (i + 1),
		};
		audited[i] = (struct audited_cell){
			.cell = &cells[i],
			.result = {.pairs = 1000, .allocations = 1000, .flushes = 10},
		};
	}
}

/* The verdict, in one line; every line fits a page. */
static const char *verdict(void)
{
	static char *text;
	static size_t size;
	char *at, *to;
	FILE *out;

	free(text);
	out = open_memstream(&text, &size);
	audit_table_print(audited, CELLS, out);
	fclose(out);
	for (at = text; *at; at += strcspn(at, "\n") + 1)
		CHECK(strcspn(at, "\n") <= PAGE_WIDTH, "%s", at);
	at = strstr(text, "covers it\n\n");
	assert_non_null(at);
	at += strlen("covers it\n\n");
	while ((to = strstr(at, "\n    ")))
		memmove(to, to + 4, strlen(to + 4) + 1);
	return at;
}

static void assert_says(const char *says)
{
	const char *text = verdict();

	CHECK(strcmp(text, says) == 0, "'%s'", text);
}

static void test_safe(void **state)
{
	(void)state;
	audit_well("stale-local");
	assert_says("  stale-local/pools:1  safe: no stale reuse in 3000 allocations\n");
}

/* What a failed cell would have shown nobody knows. */
static void test_failed_cells(void **state)
{
	(void)state;
	audit_well("stale-local");
	audited[1].failed = true;
	assert_says("  stale-local/pools:1  no answer: 1 of 3 cells failed; no stale reuse in 2000 "
		    "allocations of the others\n");
	audited[0].failed = audited[2].failed = true;
	assert_says("  stale-local/pools:1  no answer: every cell failed\n");
	/* One that is found counts whatever others did. */
	audit_well("sun4u");
	audited[0].failed = true;
	audited[1].result.stale_reuse = 1;
	assert_says("  sun4u/pools:1        NOT SAFE: up to 0.1 % of its allocations may still be "
		    "cached (1 of 2000 in all; 0 DMAs hit a stale tag)\n");
}

static void test_nothing_allocated(void **state)
{
	(void)state;
	audit_well("stale-local");
	for (unsigned int i = 0; i < CELLS; i++)
		audited[i].result.allocations = 0;
	assert_says("  stale-local/pools:1  no answer: nothing could be allocated\n");
}

static void test_long_line(void **state)
{
	(void)state;
	audit_well("stale-local");
	for (unsigned int i = 0; i < CELLS; i++) {
		audited[i].result.allocations = 4000000000000000000;
		audited[i].result.stale_reuse = 3000000000000000000;
		audited[i].result.stale_hits = 2000000000000000000;
	}
	assert_says(
		"  stale-local/pools:1  NOT SAFE, AND SHOULD BE: up to 75.0 % of its allocations "
		"may still be cached (9000000000000000000 of 12000000000000000000 in all; "
		"6000000000000000000 DMAs hit a stale tag)\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_safe),
		cmocka_unit_test(test_failed_cells),
		cmocka_unit_test(test_nothing_allocated),
		cmocka_unit_test(test_long_line),
	};

	return cmocka_run_group_tests_name("audit_table", tests, NULL, NULL);
}
