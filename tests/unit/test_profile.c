// SPDX-License-Identifier: GPL-2.0-or-later
/* Machine profiles: those built in, and every fault of one told by its line. */
#include "unit/helpers.h"

#include <errno.h>

#include "flush.h"
#include "device/profile.h"

static void test_built_in(void **state)
{
	const char *const *names;
	size_t count;

	(void)state;
	names = profile_names(&count);
	assert_true(count >= 3);
	for (size_t i = 0; i < count; i++) {
		const struct profile_figure *figures[3];
		struct profile p;
		struct error e;

		CHECK(profile_load(names[i], &p, &e) == 0, "%s: %s", names[i], e.text);
		assert_string_equal(p.name, names[i]);
		CHECK(p.summary[0], "%s has no summary", names[i]);
		assert_true(i == 0 || strcmp(names[i - 1], names[i]) < 0);
		if (!p.has_flush)
			continue;
		figures[0] = &p.flush_writes;
		figures[1] = &p.flush_write_ns;
		figures[2] = &p.flush_read_ns;
		for (int f = 0; f < 3; f++)
			CHECK(strlen(figures[f]->source) > 10, "%s: no source", names[i]);
	}
}

static void test_known_figures(void **state)
{
	struct flush_model m;
	struct profile p;
	struct error e;

	(void)state;
	assert_int_equal(profile_load("psycho", &p, &e), 0);
	assert_int_equal(p.flush_writes.value, 16);
	assert_int_equal(p.flush_write_ns.value, 150);
	assert_int_equal(p.flush_read_ns.value, 600);
	assert_non_null(strstr(p.flush_write_ns.source, "assumed"));
	assert_int_equal(flush_model_parse("psycho", &m, &e), 0);
	assert_string_equal(m.name, "psycho");
	assert_int_equal(flush_model_ns(&m), 3000);
	assert_int_equal(flush_model_parse("vt-d", &m, &e), 0);
	assert_int_equal(flush_model_ns(&m), 800);
	assert_int_equal(profile_load("nonesuch", &p, &e), -ENOENT);
}

#define THREE "flush_writes = 1 | a\nflush_write_ns = 2 | b\nflush_read_ns = 3 | c\n"

static void test_good(void **state)
{
	struct profile p;
	struct error e;

	(void)state;
	assert_int_equal(profile_parse("t", "# why\n\nsummary = a = b\n" THREE, &p, &e), 0);
	assert_string_equal(p.summary, "a = b");
	assert_true(p.has_flush);
	assert_int_equal(p.flush_read_ns.value, 3);
	assert_string_equal(p.flush_read_ns.source, "c");
	/* Blanks, no newline at the end, a source with everything in it. */
	assert_int_equal(profile_parse("t",
				       "  flush_writes=1|x\nflush_write_ns=0x2|y=z | w\n"
				       "flush_read_ns   =   3   |   c d   ",
				       &p, &e),
			 0);
	assert_string_equal(p.flush_write_ns.source, "y=z | w");
	assert_string_equal(p.flush_read_ns.source, "c d");
	assert_int_equal(profile_parse("t", "", &p, &e), 0);
	assert_false(p.has_flush);
}

static const struct {
	const char *text, *where, *says;
} faults[] = {
	{"nonsense\n", "t:1", "key = value"},
	{"# a\n\nnonsense\n", "t:3", "key = value"},
	{"colour = red | me\n", "t:1", "colour"},
	{"Summary = x\n", "t:1", "Summary"},
	{" = x\n", "t:1", "key = value"},
	{"flush_writes = 1\n", "t:1", "source"},
	{"flush_writes = 1 |\n", "t:1", "source"},
	{"flush_writes = 1 |   \n", "t:1", "source"},
	{"flush_writes | me = 1\n", "t:1", "key = value"},
	{"flush_writes = | me\n", "t:1", "key = value"},
	{"flush_writes = x | me\n", "t:1", "number"},
	{"flush_writes = -1 | me\n", "t:1", "number"},
	{"flush_writes = 1.5 | me\n", "t:1", "number"},
	{"flush_writes = 10000001 | me\n", "t:1", "number"},
	{"flush_writes = 1 | me\nflush_writes = 1 | me\n", "t:2", "twice"},
	{"flush_writes = 1 | me\n", "profile t", "all of"},
	{"flush_writes = 1 | a\nflush_read_ns = 2 | b\n", "profile t", "all of"},
	{"flush_writes = 5000 | a\nflush_write_ns = 5000 | b\nflush_read_ns = 0 | c\n", "profile t",
	 "longer"},
	{"flush_writes = 1 | a\nflush_write_ns = 10000000 | b\nflush_read_ns = 1 | c\n",
	 "profile t", "longer"},
	{"a_key_that_is_much_longer_than_any_key_is = 1 | me\n", "t:1", "key = value"},
};

static void test_faults(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(faults); i++) {
		struct profile p;
		struct error e = {""};

		CHECK(profile_parse("t", faults[i].text, &p, &e) == -EINVAL, "fault %zu: %s", i,
		      faults[i].text);
		CHECK(strstr(e.text, faults[i].where) && strstr(e.text, faults[i].says),
		      "fault %zu: %s: %s", i, faults[i].text, e.text);
	}
}

/* Fields are as long as they are and no longer. */
static void test_lengths(void **state)
{
	struct profile p;
	struct error e;
	char text[1000], x[400];

	(void)state;
	memset(x, 'x', sizeof(x));
	for (int n = 0; n < 330; n++) {
		snprintf(text, sizeof(text), "summary = %.*s", n, x);
		assert_int_equal(profile_parse("t", text, &p, &e),
				 n && n < (int)sizeof(p.summary) ? 0 : -EINVAL);
		snprintf(text, sizeof(text),
			 "flush_write_ns=1|%.*s\nflush_writes=1|a\n"
			 "flush_read_ns=1|b",
			 n, x);
		assert_int_equal(profile_parse("t", text, &p, &e),
				 n && n < (int)sizeof(p.flush_writes.source) ? 0 : -EINVAL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in), cmocka_unit_test(test_known_figures),
		cmocka_unit_test(test_good),     cmocka_unit_test(test_faults),
		cmocka_unit_test(test_lengths),
	};

	return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
