// SPDX-License-Identifier: GPL-2.0-or-later
/* Files that are replaced: whole or as they were, whatever happens in between. */
#include "unit/helpers.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/replace_file.h"

static char folder[] = "/tmp/test_replace_file.XXXXXX";
static char path[64], temporary[72], old[72];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/f", folder);
	snprintf(temporary, sizeof(temporary), "%s.tmp", path);
	snprintf(old, sizeof(old), "%s~", path);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	unlink(old);
	return rmdir(folder);
}

static bool write_text(FILE *f, const void *text)
{
	return fputs(text, f) >= 0;
}

static bool write_half(FILE *f, const void *text)
{
	fputs(text, f);
	return false;
}

static void check_content(const char *file, const char *text)
{
	char got[32] = "";
	FILE *f = fopen(file, "re");

	assert_non_null(f);
	got[fread(got, 1, sizeof(got) - 1, f)] = '\0';
	fclose(f);
	assert_string_equal(got, text);
}

static void test_replace(void **state)
{
	(void)state;
	assert_int_equal(replace_file(path, write_text, "one"), 0);
	check_content(path, "one");
	assert_int_equal(replace_file(path, write_text, "two"), 0);
	check_content(path, "two");
	assert_int_not_equal(access(temporary, F_OK), 0);
	/* Nothing is lost, nothing left over. */
	assert_true(replace_file(path, write_half, "three") < 0);
	check_content(path, "two");
	assert_int_not_equal(access(temporary, F_OK), 0);
	assert_int_equal(replace_file("/nonexistent/f", write_text, "x"), -ENOENT);
}

static void test_no_regular_file(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(replace_file("/dev/null", write_text, "x"), 0);
	assert_return_code(stat("/dev/null", &st), 0);
	assert_true(S_ISCHR(st.st_mode));
	if (access("/dev/full", W_OK) == 0)
		assert_int_equal(replace_file("/dev/full", write_text, "x"), -ENOSPC);
	assert_int_equal(replace_file(folder, write_text, "x"), -EISDIR);
}

static void test_keep_old(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(replace_file_keep(path, write_text, "one"), 0);
	assert_int_not_equal(access(old, F_OK), 0);
	assert_int_equal(replace_file_keep(path, write_text, "two"), 0);
	check_content(path, "two");
	check_content(old, "one");
	/* What fails loses neither the file nor what is kept of the one before. */
	assert_true(replace_file_keep(path, write_half, "three") < 0);
	check_content(path, "two");
	check_content(old, "one");
	assert_int_not_equal(access(temporary, F_OK), 0);
	assert_int_equal(replace_file_keep(path, write_text, "three"), 0);
	check_content(old, "two");
	assert_int_equal(replace_file_keep("/dev/null", write_text, "x"), 0);
	assert_int_not_equal(access("/dev/null~", F_OK), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_replace),
		cmocka_unit_test(test_no_regular_file),
		cmocka_unit_test(test_keep_old),
	};

	return cmocka_run_group_tests_name("replace_file", tests, make_folder, remove_folder);
}
