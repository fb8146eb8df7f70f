// SPDX-License-Identifier: GPL-2.0-or-later
/* Allocators with a fault: whatever it is, and however it is audited, the verdict does not call one safe. */
#include "unit/helpers.h"

#include "audit/apart.h"
#include "audit/together.h"
#include "output/audit_table.h"
#include "base/wrapped.h"
#include "unit/allocators/broken_stale.h"

#define SEEDS 2

static struct cell cell_of(const struct iommu_allocator *allocator)
{
	return (struct cell){
		.workload = &audit_orders[FREE_RANDOM],
		.allocator = allocator,
		.entries = 1024,
		.npools = 1,
		.cpus = 16,
		.occupancy = 50,
		.audit_threads = 1,
	};
}

static struct audit_config config_of(const struct cell *cell, uint64_t operations)
{
	return (struct audit_config){
		.cell = cell,
		.geometry = cell_geometry(cell),
		.operations = operations,
		.seed = 1,
		.draws = DRAWS_INDEPENDENT,
		.iotlb = {.tags = 16, .ways = 16, .replacement = IOTLB_LRU},
	};
}

/* Audits it as the command does, and returns the verdict. */
static const char *verdict(const struct iommu_allocator *allocator, uint64_t operations,
			   bool together)
{
	static struct audit_result results[SEEDS], of_two;
	const struct cell cell = cell_of(allocator);
	struct audit_config config = config_of(&cell, operations);
	struct audited_cell a = {.cell = &cell, .seeds = SEEDS, .result = results};
	static char *text;
	static size_t size;
	struct error e;
	FILE *out;
	char *at;

	for (unsigned int i = 0; i < SEEDS; i++, config.seed++)
		a.failed += audit_run_apart(&config, &results[i - a.failed], &e) != 0;
	if (together && audit_together(&config, &of_two, &e) == 0)
		a.together = &of_two;
	free(text);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	audit_table_print(&a, 1, out);
	fclose(out);
	at = strstr(text, allocator->name);
	assert_non_null(at);
	at = strstr(at + 1, allocator->name);
	assert_non_null(at);
	return at;
}

static const struct iommu_allocator *const planted[] = {
	&broken_stale,
	&broken_demap_never,
	&broken_demap_late,
	&broken_twice,
};

static void test_never_called_safe(void **state)
{
	static const uint64_t operations[] = {1, 1000, 20000};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(planted); i++) {
		for (size_t j = 0; j < ARRAY_SIZE(operations); j++) {
			const char *text = verdict(planted[i], operations[j], false);

			CHECK(!strstr(text, " safe"), "%s after %llu operations: %s",
			      planted[i]->name, (unsigned long long)operations[j], text);
		}
	}
}

/* Two threads find what one does not. */
static void test_found_together(void **state)
{
	const char *text = verdict(&broken_stale, 20000, false);

	(void)state;
	CHECK(strstr(text, " not seen in ") && strstr(text, "by one thread"), "%s", text);
	for (size_t i = 0; i < ARRAY_SIZE(planted); i++) {
		text = verdict(planted[i], 20000, true);
		/* How much of two threads a host gives, nobody knows, but too little is told. */
		CHECK(strstr(text, "NOT SAFE, AND SHOULD BE: ") ||
			      strstr(text, "every sample failed") ||
			      strstr(text, "too little of two CPUs at once"),
		      "%s", text);
	}
	/* One that is right is not blamed. */
	text = verdict(iommu_allocator_find("stale-local"), 20000, true);
	CHECK(!strstr(text, "NOT SAFE"), "%s", text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_never_called_safe),
		cmocka_unit_test(test_found_together),
	};

	return cmocka_run_group_tests_name("planted", tests, NULL, NULL);
}
