// SPDX-License-Identifier: GPL-2.0-or-later
/* Streams that unpack gzip: what they give is what was packed, or a reason why not. */
#include "unit/helpers.h"

#include <errno.h>

#include "base/gunzip.h"
#include "unit/gzip.h"

/* Some of it is longer than the buffers of the stream and of zlib. */
#define SIZE_MAX_TRIED 200000

static char text[SIZE_MAX_TRIED], got[SIZE_MAX_TRIED + 1];

static int make_text(void **state)
{
	uint64_t rng = 1;

	(void)state;
	/* Numbers pack as traces do. */
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = one_in(&rng, 9) ? '\n' : (char)('0' + random_below(&rng, 10));
	return 0;
}

/* Reads all of @data through a stream into got: how much it was, and the errno of its end. */
static size_t unpack(const char *data, size_t size, int *error)
{
	FILE *file = size ? fmemopen((void *)(uintptr_t)data, size, "r") : fopen("/dev/null", "r");
	FILE *stream;
	size_t n;

	assert_non_null(file);
	stream = gunzip_stream(file);
	assert_non_null(stream);
	errno = 0;
	n = fread(got, 1, sizeof(got), stream);
	*error = ferror(stream) ? errno : 0;
	fclose(stream);
	fclose(file);
	return n;
}

static const size_t sizes[] = {0, 1, 2, 3, 100, 4096, 16383, 16384, 16385, 70000, SIZE_MAX_TRIED};

static void test_plain_passes(void **state)
{
	int error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		assert_int_equal(unpack(text, sizes[i], &error), sizes[i]);
		assert_int_equal(error, 0);
		assert_memory_equal(got, text, sizes[i]);
	}
	/* What begins with half of the magic bytes is not gzip. */
	assert_int_equal(unpack("\x1f", 1, &error), 1);
	assert_int_equal(unpack("\x1f\x8c\x08", 3, &error), 3);
	assert_int_equal(error, 0);
}

static void test_packed_is_unpacked(void **state)
{
	int error;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		size_t packed;
		char *data = gzip(text, sizes[i], &packed);

		assert_non_null(data);
		assert_int_equal(unpack(data, packed, &error), sizes[i]);
		assert_int_equal(error, 0);
		assert_memory_equal(got, text, sizes[i]);
		free(data);
	}
}

/* As `cat a.gz b.gz` makes them, an empty one among them. */
static void test_members_follow_each_other(void **state)
{
	const size_t part[] = {50000, 0, 70000};
	size_t from = 0, size = 0;
	char *all = malloc(SIZE_MAX_TRIED);
	int error;

	(void)state;
	assert_non_null(all);
	for (size_t i = 0; i < ARRAY_SIZE(part); i++) {
		size_t packed;
		char *data = gzip(text + from, part[i], &packed);

		assert_non_null(data);
		memcpy(all + size, data, packed);
		size += packed;
		from += part[i];
		free(data);
	}
	assert_int_equal(unpack(all, size, &error), from);
	assert_int_equal(error, 0);
	assert_memory_equal(got, text, from);
	free(all);
}

/* Whatever is missing at the end is missed, and what came before it is right. */
static void test_cut(void **state)
{
	const size_t whole = 20000;
	size_t packed;
	char *data = gzip(text, whole, &packed);

	(void)state;
	assert_non_null(data);
	for (size_t cut = 2; cut < packed; cut += SANITIZED ? 97 : 1) {
		int error;
		size_t n = unpack(data, cut, &error);

		CHECK(error, "cut at %zu of %zu: no error", cut, packed);
		CHECK(strstr(gunzip_strerror(error), "too early"), "cut at %zu: %s", cut,
		      gunzip_strerror(error));
		CHECK(n <= whole && memcmp(got, text, n) == 0, "cut at %zu", cut);
	}
	free(data);
}

static void test_damaged(void **state)
{
	const size_t whole = 20000;
	uint64_t rng = 2;
	size_t packed;
	int damaged = 0;
	char *data = gzip(text, whole, &packed);

	(void)state;
	assert_non_null(data);
	for (int round = 0; round < (SANITIZED ? 200 : 2000); round++) {
		/* Behind the header, of which nothing depends on some bytes. */
		size_t at = 10 + random_below(&rng, packed - 10);
		char was = data[at];
		int error;
		size_t n;

		data[at] ^= (char)(1 << random_below(&rng, 8));
		n = unpack(data, packed, &error);
		/* The same may be packed in other ways. */
		CHECK(error || (n == whole && memcmp(got, text, n) == 0), "byte %zu of %zu", at,
		      packed);
		CHECK(!error || strstr(gunzip_strerror(error), "gzip data"), "byte %zu: %s", at,
		      gunzip_strerror(error));
		damaged += error != 0;
		data[at] = was;
	}
	assert_true(damaged > (SANITIZED ? 190 : 1900));
	free(data);
}

static void test_something_follows(void **state)
{
	size_t packed;
	char *data = gzip(text, 1000, &packed), *more = realloc(data, packed + 5);
	int error;

	(void)state;
	assert_non_null(more);
	memcpy(more + packed, "f 0\n", 5);
	assert_int_equal(unpack(more, packed + 5, &error), 1000);
	assert_non_null(strstr(gunzip_strerror(error), "something else follows"));
	free(more);
}

/* The file's own errors are told as they are: a folder cannot be read. */
static void test_unreadable(void **state)
{
	FILE *file = fopen("/", "re"), *stream = gunzip_stream(file);

	(void)state;
	assert_non_null(stream);
	errno = 0;
	assert_int_equal(fgetc(stream), EOF);
	assert_int_equal(errno, EISDIR);
	assert_true(ferror(stream));
	assert_string_equal(gunzip_strerror(EISDIR), strerror(EISDIR));
	fclose(stream);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain_passes),
		cmocka_unit_test(test_packed_is_unpacked),
		cmocka_unit_test(test_members_follow_each_other),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_something_follows),
		cmocka_unit_test(test_unreadable),
	};

	return cmocka_run_group_tests(tests, make_text, NULL);
}
