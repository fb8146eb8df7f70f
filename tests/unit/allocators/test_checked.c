// SPDX-License-Identifier: GPL-2.0-or-later
/* In the checked build a wrong free ends the process, with a message that names the range. */
#include "unit/helpers.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENTRIES 2048

#ifdef IOMMU_CHECKED

struct bad {
	const char *what;
	unsigned long entry, n;
	const char *says;
};

/* Frees in a child and returns its status; text gets what it wrote on stderr. */
static int free_in_child(const struct iommu_allocator *a, struct iommu_map *map,
			 const struct bad *b, char *text, size_t size)
{
	int fds[2], status;
	size_t got = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		const struct rlimit no_core = {0, 0};

		setrlimit(RLIMIT_CORE, &no_core);
		signal(SIGABRT, SIG_DFL);
		dup2(fds[1], STDERR_FILENO);
		a->free(map, 0, b->entry, b->n);
		_exit(0);
	}
	close(fds[1]);
	while (got < size - 1 && (n = read(fds[0], text + got, size - 1 - got)) > 0)
		got += (size_t)n;
	text[got] = '\0';
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void expect_abort(const struct iommu_allocator *a, struct iommu_map *map,
			 const struct bad *b)
{
	char text[500], range[100], name[6] = "";
	int status = free_in_child(a, map, b, text, sizeof(text));

	snprintf(range, sizeof(range), "entry %lu, length %lu ", b->entry, b->n);
	strncat(name, a->name, 5);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT, "%s, %s: status %d", a->name,
	      b->what, status);
	CHECK(strstr(text, range) && strstr(text, name), "%s, %s: %s", a->name, b->what, text);
	CHECK(strstr(text, b->says), "%s, %s: %s", a->name, b->what, text);
}

static void expect_good(const struct iommu_allocator *a, struct iommu_map *map, unsigned long entry,
			unsigned long n)
{
	const struct bad good = {"good", entry, n, ""};
	char text[500];
	int status = free_in_child(a, map, &good, text, sizeof(text));

	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "%s: status %d: %s", a->name, status,
	      text);
}

static void bad_frees(const struct iommu_allocator *a, unsigned int npools)
{
	struct iommu_geometry g = plain_geometry(ENTRIES, npools);
	struct iommu_map *map = map_make(a, &g, NULL, NULL);
	unsigned long entry = a->alloc(map, 0, 12, 0, NULL, &iommu_any_device);
	const unsigned long gone = entry + 8;
	const struct bad bad[] = {
		{"never allocated", entry + 20, 4, "is not allocated"},
		{"one too many", entry, 9, "is not allocated"},
		{"the edge", entry + 7, 2, "is not allocated"},
		{"double", gone, 4, "is not allocated"},
		{"half of it double", gone + 2, 2, "is not allocated"},
		{"empty", entry, 0, "is empty"},
		{"first beyond", ENTRIES, 1, "is out of range"},
		{"over the end", ENTRIES - 1, 2, "is out of range"},
		{"far beyond", IOMMU_FAIL, 1, "is out of range"},
		{"wraps", IOMMU_FAIL, 2, "is out of range"},
		{"longer than the map", 0, ENTRIES + 1, "is out of range"},
		{"endless", entry, IOMMU_FAIL, "is out of range"},
	};

	expect_good(a, map, entry, 12);
	/* Some of it is the caller's own business. */
	expect_good(a, map, entry + 2, 3);
	a->free(map, 0, gone, 4);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		expect_abort(a, map, &bad[i]);
	map_destroy(map);
}

static void test_bad_frees(void **state)
{
	(void)state;
	for_each_variant(bad_frees);
}

/* What lies in two pools was never one allocation. */
static void across_pools(const struct iommu_allocator *a, unsigned int npools)
{
	struct iommu_geometry g = plain_geometry(ENTRIES, npools);
	struct iommu_map *map = map_make(a, &g, NULL, NULL);
	unsigned long edge = a->own_pool(map, 0, 1).end;
	const struct bad b = {"across pools", edge - 2, 6, "is across pools"};

	if (edge < ENTRIES - 4) {
		while (a->alloc(map, 0, 1, 0, NULL, &iommu_any_device) != IOMMU_FAIL)
			;
		expect_abort(a, map, &b);
	}
	map_destroy(map);
}

static void test_across_pools(void **state)
{
	(void)state;
	for_each_variant(across_pools);
}

static void count_flush(void *flushes)
{
	++*(unsigned long *)flushes;
}

/* Stale is freed, before and after its reclaim. */
static void stale_frees(const struct iommu_allocator *a, unsigned int npools)
{
	struct iommu_geometry g = plain_geometry(ENTRIES, npools);
	unsigned long flushes = 0, first;
	struct iommu_map *map;
	struct bad b = {"stale", 0, 1, "is not allocated"};

	if (strncmp(a->name, "stale", 5) != 0 && strcmp(a->name, "s390") != 0)
		return;
	map = map_make(a, &g, count_flush, &flushes);
	first = a->alloc(map, 0, 1, 0, NULL, &iommu_any_device);
	a->alloc(map, 0, 1, 0, NULL, &iommu_any_device);
	a->free(map, 0, first, 1);
	a->free(map, 0, first + 1, 1);
	b.entry = first;
	expect_abort(a, map, &b);
	/* The one that makes it flush takes one of the two, the other is free now. */
	while (!flushes)
		assert_true(a->alloc(map, 0, 1, 0, NULL, &iommu_any_device) != IOMMU_FAIL);
	expect_good(a, map, first, 1);
	b.entry = first + 1;
	expect_abort(a, map, &b);
	map_destroy(map);
}

static void test_stale_frees(void **state)
{
	(void)state;
	for_each_variant(stale_frees);
}

#else

static void skipped(void **state)
{
	(void)state;
	print_message("skipped: the plain build trusts its callers\n");
	skip();
}

#define test_bad_frees    skipped
#define test_across_pools skipped
#define test_stale_frees  skipped

#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_frees),
		cmocka_unit_test(test_across_pools),
		cmocka_unit_test(test_stale_frees),
	};

	return cmocka_run_group_tests_name("checked", tests, NULL, NULL);
}
