// SPDX-License-Identifier: GPL-2.0-or-later
/* A map lies in memory alike in all builds, so that what one finds holds for the others. */
#include "unit/helpers.h"

#include "lock.h"
#include "unit/layouts/layouts.h"

static const struct {
	const char *name;
	const struct layout_row *rows;
} builds[] = {{"checked", layouts_checked}, {"stat", layouts_stat}, {"sim", layouts_sim}};

static void test_the_same_in_all_builds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(builds); i++) {
		const struct layout_row *a = layouts_plain, *b = builds[i].rows;

		for (; a->type && b->type; a++, b++) {
			assert_string_equal(a->type, b->type);
			assert_string_equal(a->member, b->member);
			CHECK(a->offset == b->offset && a->bytes == b->bytes,
			      "%s: %s.%s is at %zu with %zu bytes, plain at %zu with %zu",
			      builds[i].name, a->type, a->member, b->offset, b->bytes, a->offset,
			      a->bytes);
		}
		assert_true(!a->type && !b->type);
	}
}

static const struct layout_row *find(const char *type, const char *member)
{
	const struct layout_row *r = layouts_plain;

	while (r->type && (strcmp(r->type, type) != 0 || strcmp(r->member, member) != 0))
		r++;
	CHECK(r->type, "no row of %s.%s", type, member);
	return r;
}

/* Nothing of a map named after upstream shares a line with the header, and the table has rows of both. */
static void test_upstream_begins_on_a_line_of_its_own(void **state)
{
	static const char *const maps[][2] = {
		{"struct sun4u", "iommu"}, {"struct pooled", "table"},
		{"struct ppc", "table"},   {"struct gart", "v"},
		{"struct s390", "zdev"},   {"struct stale_map", "pools"}};

	(void)state;
	assert_int_equal(find("struct iommu_map", "")->bytes, IOMMU_CACHE_LINE);
	for (size_t i = 0; i < ARRAY_SIZE(maps); i++) {
		const struct layout_row *r = find(maps[i][0], maps[i][1]);

		assert_true(r->offset >= IOMMU_CACHE_LINE);
		assert_int_equal(r->offset % IOMMU_CACHE_LINE, 0);
	}
}

/* Of Linux's struct qspinlock, on both byte orders. */
static void test_parts_of_a_lock(void **state)
{
	const bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;

	(void)state;
	assert_int_equal(find("struct lock", "")->bytes, 4);
	assert_int_equal(find("struct lock", "locked")->offset, little ? 0 : 3);
	assert_int_equal(find("struct lock", "pending")->offset, little ? 1 : 2);
	assert_int_equal(find("struct lock", "low")->offset, little ? 0 : 2);
	assert_int_equal(find("struct lock", "high")->offset, little ? 2 : 0);
	assert_int_equal(find("struct lock_node", "")->bytes, 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_same_in_all_builds),
		cmocka_unit_test(test_upstream_begins_on_a_line_of_its_own),
		cmocka_unit_test(test_parts_of_a_lock),
	};

	return cmocka_run_group_tests_name("layouts", tests, NULL, NULL);
}
