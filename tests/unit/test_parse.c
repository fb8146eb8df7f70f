// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers and names as users write them: parse.h, variant.h, cell.h. */
#include "unit/helpers.h"

#include <errno.h>

#include "base/parse.h"
#include "plan/cell.h"

static void test_u64(void **state)
{
	static const struct {
		const char *text;
		uint64_t value;
	} good[] = {
		{"0", 0},
		{"7", 7},
		{"007", 7},
		{"0x1f", 31},
		{"0xFf", 255},
		{"18446744073709551615", UINT64_MAX},
		{"0xffffffffffffffff", UINT64_MAX},
	};
	static const char *const bad[] = {
		"",
		" 1",
		"1 ",
		"-1",
		"+1",
		"1.0",
		"1e3",
		"x",
		"0x",
		"0xg",
		"0X1",
		"1,2",
		"12a",
		"18446744073709551616",
		"99999999999999999999",
		"0x10000000000000000",
	};
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK(parse_u64(good[i].text, 0, UINT64_MAX, &v), "%s", good[i].text);
		assert_int_equal(v, good[i].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		v = 42;
		CHECK(!parse_u64(bad[i], 0, UINT64_MAX, &v), "'%s'", bad[i]);
		assert_int_equal(v, 42);
	}
	assert_true(parse_u64("5", 5, 6, &v) && parse_u64("6", 5, 6, &v));
	assert_false(parse_u64("4", 5, 6, &v));
	assert_false(parse_u64("7", 5, 6, &v));
}

static void test_u64_prefix(void **state)
{
	const char *p = "12,x", *start;
	uint64_t v = 0;

	(void)state;
	assert_true(parse_u64_prefix(&p, &v));
	assert_int_equal(v, 12);
	assert_string_equal(p, ",x");
	start = p;
	assert_false(parse_u64_prefix(&p, &v));
	assert_ptr_equal(p, start);
	start = p = "18446744073709551616";
	assert_false(parse_u64_prefix(&p, &v));
	assert_ptr_equal(p, start);
}

static void test_double(void **state)
{
	static const struct {
		const char *text;
		double value;
	} good[] = {{"0.5", 0.5}, {".5", 0.5}, {"1e-3", 1e-3}, {"2", 2}, {"1E+2", 100}};
	static const char *const bad[] = {
		"",      " 1", "1 ", "-1",    "+1", "nan", "inf", "0x1p3",  "1e",
		"1.2.3", "e5", ".",  "1e400", "1s", "1,5", "--",  "1e-400",
	};
	double v;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK(parse_double(good[i].text, 0, 1000, &v), "%s", good[i].text);
		assert_true(v == good[i].value);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(!parse_double(bad[i], 0, 1e300, &v), "'%s'", bad[i]);
	assert_true(parse_double("1", 1, 2, &v) && parse_double("2", 1, 2, &v));
	assert_false(parse_double("0.99", 1, 2, &v));
	assert_false(parse_double("2.01", 1, 2, &v));
}

static void test_word(void **state)
{
	const char *p = "spin:5";

	(void)state;
	assert_false(parse_word(&p, "spin:56"));
	assert_false(parse_word(&p, "mmio:"));
	assert_true(parse_word(&p, "spin:"));
	assert_string_equal(p, "5");
}

static void test_time(void **state)
{
	static const struct {
		const char *text;
		double seconds;
	} good[] = {{"90", 90}, {"90s", 90}, {"1.5m", 90}, {"2m", 120}, {"1h", 3600}, {".5m", 30}};
	static const char *const bad[] = {
		"",    "s",    "m",   "1d",   "1ms",
		"1 m", "-1",   "0",   "0.5s", "3601",
		"61m", "1.1h", "nan", "1m1",  "0000000000000000000000000000000000000000000000001m",
	};
	double v;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK(parse_time(good[i].text, 1, 3600, &v), "%s", good[i].text);
		assert_true(v == good[i].seconds);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(!parse_time(bad[i], 1, 3600, &v), "'%s'", bad[i]);
}

static void test_item(void **state)
{
	static const char *const bad[] = {"", ",", "a,", ",a", "a,,b", "abcd", "a,abcd"};
	const char *list = "a,bcd,e";
	char item[4];
	int got;

	(void)state;
	assert_int_equal(parse_item(&list, item, sizeof(item)), 1);
	assert_string_equal(item, "a");
	assert_int_equal(parse_item(&list, item, sizeof(item)), 1);
	assert_string_equal(item, "bcd");
	assert_int_equal(parse_item(&list, item, sizeof(item)), 1);
	assert_string_equal(item, "e");
	assert_int_equal(parse_item(&list, item, sizeof(item)), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		list = bad[i];
		do {
			got = parse_item(&list, item, sizeof(item));
		} while (got > 0);
		CHECK(got == -EINVAL && list, "'%s'", bad[i]);
	}
}

static void test_variant(void **state)
{
	static const struct {
		const char *text, *name;
		unsigned int npools;
	} good[] = {
		{"sun4u", "sun4u", 0},
		{"pooled", "pooled", 0},
		{"pooled/pools:16", "pooled", 16},
		{"ppc/pools:4", "ppc", 4},
		{"pooled-1", "pooled", 1},
		{"stale-1", "stale-local", 1},
		{"stale-hop/pools:2", "stale-hop", 2},
		{"sun4u/pools:1", "sun4u", 1},
	};
	static const char *const bad[] = {
		"",
		"/",
		"/pools:1",
		"nonesuch",
		"Pooled",
		"pooled/",
		"pooled/pools:",
		"pooled/pools:0",
		"pooled/pools:3",
		"pooled/pools:32",
		"pooled/pools:1x",
		"pooled/16",
		"pooled/npools:1",
		"ppc/pools:2",
		"sun4u/pools:2",
		"pooled ",
		"pooled-1/pools:1",
		"pooled/pools:-1",
		("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		 "a"
		 "aa"),
	};
	struct variant v;
	struct error e;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CHECK(variant_parse(good[i].text, &v, &e) == 0, "%s", good[i].text);
		assert_string_equal(v.allocator->name, good[i].name);
		assert_int_equal(v.npools, good[i].npools);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		e.text[0] = '\0';
		CHECK(variant_parse(bad[i], &v, &e) == -EINVAL, "'%s'", bad[i]);
		CHECK(e.text[0] && !strchr(e.text, '\n'), "'%s': '%s'", bad[i], e.text);
	}
	/* No allocator has a parameter yet: that is what is wrong, not how it is written. */
	assert_int_equal(variant_parse("pooled/pad:64/pools:16", &v, &e), -EINVAL);
	CHECK(strstr(e.text, "pooled has no parameter 'pad'"), "%s", e.text);
	assert_int_equal(variant_parse("pooled/pad:", &v, &e), -EINVAL);
	CHECK(strstr(e.text, "NAME/key:value"), "%s", e.text);
	/* The message says what there is. */
	variant_parse("nonesuch", &v, &e);
	assert_true(strstr(e.text, "nonesuch") && strstr(e.text, "sun4u") &&
		    strstr(e.text, "stale-hop"));
}

static void test_map_create(void **state)
{
	const struct iommu_allocator *a = iommu_allocator_find("pooled");
	struct iommu_geometry g = plain_geometry(16, 16);
	struct error e = {""};

	(void)state;
	assert_null(map_create(a, &g, NULL, NULL, &e));
	assert_true(strstr(e.text, "pooled") && strstr(e.text, "16"));
}

/* Descriptors are complete, sorted, distinct, and say which pools they take. */
static void test_registry(void **state)
{
	const struct iommu_allocator *const *all;
	size_t count;

	(void)state;
	all = iommu_allocators(&count);
	for (size_t i = 0; i < count; i++) {
		const struct iommu_allocator *a = all[i];

		assert_true(a->name && a->summary && a->check && a->size && a->init && a->alloc &&
			    a->free && a->own_pool && a->live);
		assert_true(i == 0 || all[i - 1]->rank < a->rank);
		assert_ptr_equal(iommu_allocator_find(a->name), a);
		for (const unsigned int *p = a->default_pools; *p; p++)
			assert_true(variant_takes(a, *p));
		assert_false(variant_takes(a, 0));
		assert_false(variant_takes(a, 3));
	}
	assert_null(iommu_allocator_find("nonesuch"));
}

static void test_lock_names(void **state)
{
	enum lock_kind kind;

	(void)state;
	assert_true(lock_kind_parse("tas", &kind) && kind == LOCK_TAS);
	assert_true(lock_kind_parse("ticket", &kind) && kind == LOCK_TICKET);
	assert_true(lock_kind_parse("mcs", &kind) && kind == LOCK_QUEUED);
	assert_string_equal(lock_kind_name(LOCK_QUEUED), "queued");
	assert_false(lock_kind_parse("", &kind));
	assert_false(lock_kind_parse("TAS", &kind));
	assert_false(lock_kind_parse("mcs ", &kind));
}

static struct cell a_cell(const char *workload, const char *allocator, unsigned int npools,
			  unsigned int cpus)
{
	struct cell c = {
		.workload = workload_find(workload),
		.allocator = iommu_allocator_find(allocator),
		.entries = 8192,
		.npools = npools,
		.cpus = cpus,
		.occupancy = 5,
		.lock = LOCK_TICKET,
		.think_ns = 100,
	};
	struct error e;

	assert_int_equal(flush_model_parse("mmio:16,150,600", &c.flush, &e), 0);
	return c;
}

static void test_cell_name(void **state)
{
	struct cell c = a_cell("ring", "stale-local", 16, 2);

	(void)state;
	cell_set_name(&c);
	assert_string_equal(c.name, "ring/stale-local/pools:16/cpus:2/flush:mmio:16,150,600/"
				    "occupancy:5/lock:ticket/think:100");
	/* Entries are told where they are not the usual ones: an audit's are others. */
	c.entries = 262144;
	cell_set_name(&c);
	assert_string_equal(c.name, "ring/stale-local/entries:262144/pools:16/cpus:2/"
				    "flush:mmio:16,150,600/occupancy:5/lock:ticket/think:100");
	c.entries = 16384;
	cell_set_name(&c);
	assert_non_null(strstr(c.name, "/stale-local/entries:16384/pools:16/"));
	c.audit_threads = 1;
	cell_set_name(&c);
	assert_null(strstr(c.name, "entries"));
	c.entries = 8192;
	cell_set_name(&c);
	assert_non_null(strstr(c.name, "audit/ring/stale-local/entries:8192/pools:16/"));
}

static void test_cells_of_other_entries(void **state)
{
	struct cell a = a_cell("ring", "pooled", 16, 2), b = a;

	(void)state;
	assert_true(cell_same(&a, &b));
	b.entries *= 2;
	assert_false(cell_same(&a, &b));
	assert_int_equal(cell_geometry(&b).entries, b.entries);
}

static const char *obstacle(struct cell *c, unsigned long entries)
{
	c->entries = entries;
	return cell_obstacle(c);
}

static void test_cell_obstacle(void **state)
{
	struct cell c = a_cell("ring", "pooled", 16, 2);

	(void)state;
	assert_null(obstacle(&c, 8192));
	/* 500 / 16 = 31 entries a pool: two pools in one word. One thread may, two may not. */
	assert_non_null(strstr(obstacle(&c, 500), "word"));
	c.cpus = 1;
	assert_null(obstacle(&c, 500));
	assert_non_null(obstacle(&c, 16));
	/* 32 entries a pool: whole words on a 32-bit host, but plans do not depend on the host. */
	c.cpus = 2;
	assert_non_null(obstacle(&c, 512));
	c = a_cell("ring", "pooled", 1, 2);
	assert_null(obstacle(&c, 1001));
	c = a_cell("ring", "ppc", 4, 2);
	assert_null(obstacle(&c, 8192));
	assert_non_null(obstacle(&c, 8192 + 8));
	c = a_cell("remote", "sun4u", 1, 1);
	assert_non_null(strstr(obstacle(&c, 8192), "CPUs"));
	c.cpus = 2;
	assert_null(obstacle(&c, 8192));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_u64),
		cmocka_unit_test(test_u64_prefix),
		cmocka_unit_test(test_double),
		cmocka_unit_test(test_word),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_item),
		cmocka_unit_test(test_variant),
		cmocka_unit_test(test_map_create),
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_lock_names),
		cmocka_unit_test(test_cell_name),
		cmocka_unit_test(test_cell_obstacle),
		cmocka_unit_test(test_cells_of_other_entries),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
