// SPDX-License-Identifier: GPL-2.0-or-later
/* Samples that are written over a file's end, and what is left where there is no room for one. */
#include "unit/helpers.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/results.h"

static char path[] = "/tmp/test_append.XXXXXX";

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

/* A document that is not written yet. */
static void make_document(struct results *r)
{
	memset(r, 0, sizeof(*r));
	r->path = strdup(path);
	r->root = json_pack("{s:{s:{s:{}}}, s:[]}", "context", "iommubench", "comparison",
			    "benchmarks");
	assert_non_null(r->root);
}

static void open_document(struct results *r)
{
	struct error e;

	make_document(r);
	assert_int_equal(results_write(r, &e), 0);
}

static int append(struct results *r, size_t order, struct error *e)
{
	return results_append(r, json_pack("{s:s}", "name", "as long as a sample may well be"),
			      order, e);
}

static off_t size_of_file(void)
{
	struct stat st;

	assert_return_code(stat(path, &st), 0);
	return st.st_size;
}

static void limit_files(rlim_t most)
{
	struct rlimit limit;

	assert_return_code(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = most;
	assert_return_code(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* The file is a document that has @count samples, in order. */
static void check_document(size_t count)
{
	json_t *root = json_load_file(path, 0, NULL), *list;

	assert_non_null(root);
	list = json_object_get(root, "benchmarks");
	assert_int_equal(json_array_size(list), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(
			json_integer_value(json_object_get(json_array_get(list, i), "order")), i);
	json_decref(root);
}

static void test_append(void **state)
{
	struct results r;
	struct error e;

	(void)state;
	open_document(&r);
	check_document(0);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(append(&r, i, &e), 0);
		check_document(i + 1);
	}
	results_close(&r);
}

/* With room for each number of bytes that is too small, from none on. */
static void test_no_room(void **state)
{
	struct results r;
	struct error e;
	off_t before, after;

	(void)state;
	open_document(&r);
	assert_int_equal(append(&r, 0, &e), 0);
	before = size_of_file();
	assert_int_equal(append(&r, 1, &e), 0);
	after = size_of_file();
	for (off_t most = after; most < after + (after - before); most++) {
		limit_files((rlim_t)most);
		CHECK(append(&r, 2, &e) < 0, "%ld", (long)most);
		limit_files(RLIM_INFINITY);
		CHECK(strstr(e.text, path) && strstr(e.text, "--resume"), "%s", e.text);
		assert_int_equal(size_of_file(), after);
		check_document(2);
	}
	assert_int_equal(append(&r, 2, &e), 0);
	check_document(3);
	/* What was not written is forgotten. */
	assert_int_equal(results_write(&r, &e), 0);
	check_document(3);
	results_close(&r);
}

/* Cut anywhere behind the first sample. */
static void test_torn(void **state)
{
	struct results r;
	struct error e;
	off_t first;
	json_t *root;

	(void)state;
	open_document(&r);
	assert_int_equal(append(&r, 0, &e), 0);
	first = size_of_file();
	assert_int_equal(append(&r, 1, &e), 0);
	for (off_t size = size_of_file() - 1; size > first - 3; size--) {
		assert_return_code(truncate(path, size), 0);
		root = results_load_torn(path);
		CHECK(root, "%ld", (long)size);
		assert_int_equal(json_array_size(json_object_get(root, "benchmarks")), 1);
		json_decref(root);
	}
	/* Nothing but the context, and less. */
	for (off_t size = first / 4; size >= 0; size -= 5) {
		assert_return_code(truncate(path, size), 0);
		assert_null(results_load_torn(path));
	}
	results_close(&r);
	assert_null(results_load_torn("/nonexistent/x"));
	assert_null(results_load_torn("/dev/null"));
}

/* Where there is no room for a new document, what is there and what was kept before it stay. */
static void test_first_write(void **state)
{
	struct results r, one;
	struct stat st;
	struct error e;
	char old[80];
	off_t before;

	(void)state;
	snprintf(old, sizeof(old), "%s~", path);
	signal(SIGXFSZ, SIG_IGN);
	open_document(&one);
	before = size_of_file();
	make_document(&r);
	r.keeps_old = true;
	limit_files(10);
	assert_int_equal(results_write(&r, &e), -EINVAL);
	CHECK(strstr(e.text, "choose another place with --out"), "%s", e.text);
	assert_int_equal(size_of_file(), before);
	assert_int_not_equal(access(old, F_OK), 0);
	/* A file that is resumed has its place. */
	r.loaded = true;
	assert_int_equal(results_write(&r, &e), -EINVAL);
	CHECK(!strstr(e.text, "--out") && strstr(e.text, "resume it again"), "%s", e.text);
	limit_files(RLIM_INFINITY);
	assert_int_equal(results_write(&r, &e), 0);
	assert_return_code(stat(old, &st), 0);
	assert_int_equal(st.st_size, before);
	/* That was the first time: what follows is of the same document. */
	unlink(old);
	assert_int_equal(results_write(&r, &e), 0);
	assert_int_not_equal(access(old, F_OK), 0);
	results_close(&r);
	results_close(&one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_torn),
		cmocka_unit_test(test_first_write),
	};

	return cmocka_run_group_tests_name("append", tests, make_file, remove_file);
}
