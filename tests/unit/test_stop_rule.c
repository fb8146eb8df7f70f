// SPDX-License-Identifier: GPL-2.0-or-later
/* What the command that knows statistics may answer, and which cells of a comparison then go on. */
#include "unit/helpers.h"

#include <sys/stat.h>
#include <unistd.h>

#include "run/stop_rule.h"

#define CELLS 3

static char script[] = "/tmp/test_stop_rule.XXXXXX";

static int make_script(void **state)
{
	int fd = mkstemp(script);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_script(void **state)
{
	(void)state;
	return unlink(script);
}

/* Asks a shell script; bit i of the result: cell i goes on. */
static unsigned int ask(const char *text)
{
	static struct cell cell[SIDES][CELLS] = {
		{{.name = "ring/a/pools:1"}, {.name = "ring/a/pools:16"}, {.name = "ring/a"}},
		{{.name = "ring/b/pools:1"}, {.name = "ring/b/pools:16"}, {.name = "ring/b"}},
	};
	struct compare_cell cells[CELLS];
	struct compare_plan p = {.cells = cells, .cell_count = CELLS};
	char command[64];
	struct stop_rule rule = {.command = command};
	FILE *f = fopen(script, "we");
	unsigned int on = 0;

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	snprintf(command, sizeof(command), "sh  %s", script);
	for (unsigned int i = 0; i < CELLS; i++)
		cells[i] = (struct compare_cell){.cell = {&cell[SIDE_BASE][i], &cell[SIDE_NEW][i]},
						 .goes_on = i == 1};
	assert_true(stop_rule_apply(&rule, "results.json", &p));
	/* Not again at once. */
	assert_false(stop_rule_apply(&rule, "results.json", &p));
	for (unsigned int i = 0; i < CELLS; i++)
		on |= (unsigned int)cells[i].goes_on << i;
	assert_int_equal(stop_rule_undecided(&p), __builtin_popcount(on));
	return on;
}

static void test_answers(void **state)
{
	(void)state;
	assert_int_equal(ask("echo ring/a/pools:1"), 1);
	assert_int_equal(ask("echo ring/b; echo ring/a/pools:16"), 6);
	assert_int_equal(ask("printf ring/a"), 4);
	assert_int_equal(ask("echo a warning >&2; echo ring/b/pools:1"), 1);
	/* The results' file is its last word. */
	assert_int_equal(ask("test \"$1\" = results.json && echo ring/a"), 4);
	assert_int_equal(ask("true"), 0);
}

/* A name within a line is none. */
static void test_parts_of_lines(void **state)
{
	(void)state;
	assert_int_equal(ask("echo x ring/a"), 0);
	assert_int_equal(ask("echo ring/a x"), 0);
	assert_int_equal(ask("echo ring/a/pools:"), 0);
}

static void test_no_answer(void **state)
{
	(void)state;
	assert_int_equal(ask("echo ring/a; exit 3"), 7);
	assert_int_equal(ask("kill -9 $$"), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_parts_of_lines),
		cmocka_unit_test(test_no_answer),
	};

	return cmocka_run_group_tests_name("stop_rule", tests, make_script, remove_script);
}
