// SPDX-License-Identifier: GPL-2.0-or-later
/* The sides of a comparison: whose turn it is, and the folders their programs come from. */
#include "plan/block.h"
#include "unit/helpers.h"

#include <sys/stat.h>
#include <unistd.h>

#include "run/sides.h"

#define CELLS  5
#define GROUPS 200

static bool is_order(const struct block *b)
{
	return b->side[0] == b->side[3] && b->side[1] == b->side[2] && b->side[0] != b->side[1];
}

/* Of 2 x layouts blocks in a row, each layout has one in each order. */
static void test_balance(void **state)
{
	(void)state;
	for (unsigned int layouts = 1; layouts <= SIDE_LAYOUTS_MAX; layouts++) {
		for (unsigned int number = 0; number < GROUPS * 2 * layouts;
		     number += 2 * layouts) {
			unsigned int seen[SIDE_LAYOUTS_MAX][SIDES] = {{0}};

			for (unsigned int i = 0; i < 2 * layouts; i++) {
				struct block b = block_draw(7, 3, number + i, layouts);

				assert_true(is_order(&b));
				assert_in_range(b.layout, 0, layouts - 1);
				seen[b.layout][b.side[0]]++;
			}
			for (unsigned int l = 0; l < layouts; l++)
				assert_true(seen[l][SIDE_BASE] == 1 && seen[l][SIDE_NEW] == 1);
		}
	}
}

/* Whatever is drawn: each layout has five of them, and both sides 29 samples. */
static void test_enough_blocks(void **state)
{
	(void)state;
	for (unsigned int layouts = 1; layouts <= SIDE_LAYOUTS_MAX; layouts++) {
		const unsigned int enough = block_enough(layouts);
		unsigned int seen[SIDE_LAYOUTS_MAX] = {0};

		assert_true(enough * BLOCK_SAMPLES / 2 >= 29);
		for (unsigned int i = 0; i < enough; i++)
			seen[block_draw(7, 3, i, layouts).layout]++;
		for (unsigned int l = 0; l < layouts; l++)
			assert_true(seen[l] >= 5);
	}
	assert_int_equal(block_enough(1), 15);
	assert_int_equal(block_enough(3), 18);
}

/* Nobody is first more often in one cell, or after a certain block, than in another. */
static void test_orders_are_drawn(void **state)
{
	const unsigned int blocks = 3000;
	unsigned int repeats, base_first, same_as_other_cell;

	(void)state;
	for (unsigned int cell = 0; cell < CELLS; cell++) {
		repeats = base_first = same_as_other_cell = 0;
		for (unsigned int i = 0; i < blocks; i++) {
			struct block b = block_draw(1, cell, i, 3),
				     c = block_draw(1, cell, i + 1, 3);
			struct block d = block_draw(1, cell + 1, i, 3);

			base_first += b.side[0] == SIDE_BASE;
			repeats += b.side[0] == c.side[0];
			same_as_other_cell += b.side[0] == d.side[0];
		}
		assert_int_equal(base_first, blocks / 2);
		/* Of six in a row, without putting back: 2 of 5 at most times. */
		assert_in_range(repeats, blocks * 36 / 100, blocks * 49 / 100);
		assert_in_range(same_as_other_cell, blocks * 46 / 100, blocks * 54 / 100);
	}
}

static void test_the_seed_decides(void **state)
{
	unsigned int same = 0;

	(void)state;
	for (unsigned int i = 0; i < 600; i++) {
		struct block a = block_draw(1, 2, i, 3), b = block_draw(1, 2, i, 3);
		struct block c = block_draw(2, 2, i, 3);

		assert_memory_equal(&a, &b, sizeof(a));
		same += memcmp(&a, &c, sizeof(a)) == 0;
	}
	/* One in six by chance. */
	assert_in_range(same, 60, 150);
}

/* Comparisons with other seeds share no lifetimes, nor do two blocks. */
static void test_seeds_of_blocks(void **state)
{
	uint64_t seen[4 * 4 * 32] = {0};
	size_t count = 0;

	(void)state;
	for (unsigned int seed = 1; seed <= 4; seed++) {
		for (unsigned int cell = 0; cell < 4; cell++) {
			for (unsigned int number = 0; number < 32; number++) {
				uint64_t drawn = block_seed(seed, cell, number);

				assert_true(drawn <= INT64_MAX);
				assert_true(drawn == block_seed(seed, cell, number));
				for (size_t i = 0; i < count; i++)
					assert_true(seen[i] != drawn);
				seen[count++] = drawn;
			}
		}
	}
}

static char folder[] = "/tmp/test_sides.XXXXXX";

static void write_file(const char *name, const char *text, mode_t mode)
{
	char path[100];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	assert_return_code(chmod(path, mode), 0);
}

static void remove_file(const char *name)
{
	char path[100];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	unlink(path);
}

static int make_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	static const char *const names[] = {"iommubench-1", "iommubench-2", "iommubench-4",
					    "about"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		remove_file(names[i]);
	return rmdir(folder);
}

static void refused(const char *what)
{
	struct side_programs s;
	struct error e;

	CHECK(side_open(folder, &s, &e) < 0, "%s", what);
	CHECK(strstr(e.text, what), "'%s' lacks '%s'", e.text, what);
	side_close(&s);
}

static void test_folder(void **state)
{
	struct side_programs s;
	char text[8];
	struct error e;

	(void)state;
	refused("iommubench-1");
	write_file("iommubench-1", "one", 0755);
	write_file("iommubench-2", "two", 0755);
	write_file("iommubench-4", "not in a row", 0755);
	assert_int_equal(side_open(folder, &s, &e), 0);
	assert_int_equal(s.layouts, 2);
	assert_true(s.hash[0] != s.hash[1]);
	assert_null(s.facts);
	assert_false(s.tree);
	side_close(&s);
	/* A new file of that name is another; who opened the old one keeps it. */
	assert_int_equal(side_open(folder, &s, &e), 0);
	remove_file("iommubench-1");
	write_file("iommubench-1", "a", 0755);
	assert_int_equal(pread(s.program[0].fd, text, sizeof(text), 0), 3);
	assert_memory_equal(text, "one", 3);
	side_close(&s);
	/* FNV-1a's own: of "a". */
	write_file("iommubench-1", "a", 0755);
	assert_int_equal(side_open(folder, &s, &e), 0);
	assert_true(s.hash[0] == UINT64_C(0xaf63dc4c8601ec8c));
	side_close(&s);
	if (getuid() != 0) {
		write_file("iommubench-2", "two", 0644);
		refused("no program");
		write_file("iommubench-2", "two", 0755);
	}
}

static void test_about(void **state)
{
	static const struct {
		const char *text, *error;
	} bad[] = {
		{"", "what"},
		{"\n", "line 1"},
		{"revision\n", "KEY VALUE"},
		{"what trees\n", "none of sources, tree and kernel"},
		{"what sources\nnosuch x\n", "line 2"},
		{"what sources\ndirty maybe\n", "maybe"},
		{"what kernel\npatches 0\n", "patches"},
		{"what kernel\npatches -1\n", "patches"},
		{"what kernel\npatches 2x\n", "patches"},
		{"revision a\ncommit b\nsubject c\n", "what"},
	};
	struct side_programs s;
	struct error e;

	(void)state;
	write_file("about",
		   "revision HEAD~1\nsubject a \"quoted\" one\ndirty yes\nwhat tree\nunchanged "
		   "k-a, k-b\n",
		   0644);
	CHECK(side_open(folder, &s, &e) == 0, "%s", e.text);
	assert_true(s.tree);
	assert_string_equal(json_string_value(json_object_get(s.facts, "subject")),
			    "a \"quoted\" one");
	assert_true(json_is_true(json_object_get(s.facts, "dirty")));
	assert_string_equal(json_string_value(json_object_get(s.facts, "unchanged")), "k-a, k-b");
	side_close(&s);
	write_file("about", "subject \xff\xfe\nwhat sources", 0644);
	CHECK(side_open(folder, &s, &e) == 0, "%s", e.text);
	assert_string_equal(json_string_value(json_object_get(s.facts, "subject")), "is not UTF-8");
	side_close(&s);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		write_file("about", bad[i].text, 0644);
		refused(bad[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_balance),
		cmocka_unit_test(test_enough_blocks),
		cmocka_unit_test(test_orders_are_drawn),
		cmocka_unit_test(test_the_seed_decides),
		cmocka_unit_test(test_seeds_of_blocks),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_about),
	};

	return cmocka_run_group_tests_name("sides", tests, make_folder, remove_folder);
}
