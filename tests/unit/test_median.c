// SPDX-License-Identifier: GPL-2.0-or-later
/* The median and its interval of order statistics. */
#include "unit/helpers.h"

#include <math.h>

#include "base/median.h"

/* The values 1 to n, backwards, so that a value is its rank. */
static struct median of_ranks(size_t n)
{
	double values[2000];

	for (size_t i = 0; i < n; i++)
		values[i] = (double)(n - i);
	return median_of(values, n);
}

static void test_known_intervals(void **state)
{
	/* Published tables of the binomial interval at 95 %. */
	static const struct {
		size_t n;
		int low, high;
	} known[] = {
		{6, 1, 6},    {7, 1, 7},    {8, 1, 8},    {9, 2, 8},     {10, 2, 9},
		{11, 2, 10},  {12, 3, 10},  {15, 4, 12},  {20, 6, 15},   {25, 8, 18},
		{30, 10, 21}, {40, 14, 27}, {50, 18, 33}, {100, 40, 61},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		struct median m = of_ranks(known[i].n);

		assert_true(m.is_interval);
		assert_int_equal(m.low, known[i].low);
		assert_int_equal(m.high, known[i].high);
	}
}

static void test_too_few(void **state)
{
	(void)state;
	for (size_t n = 1; n < 6; n++) {
		struct median m = of_ranks(n);

		assert_false(m.is_interval);
		assert_int_equal(m.low, 1);
		assert_int_equal(m.high, n);
	}
}

static void test_median(void **state)
{
	double one[] = {7.5}, two[] = {3, 1}, ties[] = {2, 2, 2, 1, 2, 2, 9};

	(void)state;
	assert_true(median_of(one, 1).median == 7.5);
	assert_true(median_of(two, 2).median == 2);
	assert_true(median_of(ties, 7).median == 2);
	for (size_t n = 1; n <= 1000; n++) {
		struct median m = of_ranks(n);

		assert_true(fabs(m.median - (double)(n + 1) / 2) < 1e-9);
		/* Symmetric in rank, and around the median. */
		assert_true(m.low + m.high == (double)(n + 1));
		assert_true(m.low <= m.median && m.median <= m.high);
	}
}

/* The exact coverage is at least 95 %, and with one rank less on both sides it is not. */
static void test_coverage(void **state)
{
	(void)state;
	for (size_t n = 6; n <= 60; n++) {
		struct median m = of_ranks(n);
		double p = pow(0.5, (double)n), outside = 0, next = 0;

		/* low = r + 1: the median is outside if at most r values are below it, or above. */
		for (size_t k = 0; k <= (size_t)m.low; k++) {
			if (k < (size_t)m.low)
				outside += 2 * p;
			next += 2 * p;
			p *= (double)(n - k) / (double)(k + 1);
		}
		assert_true(outside <= 0.05);
		assert_true(next > 0.05);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known_intervals),
		cmocka_unit_test(test_too_few),
		cmocka_unit_test(test_median),
		cmocka_unit_test(test_coverage),
	};

	return cmocka_run_group_tests_name("median", tests, NULL, NULL);
}
