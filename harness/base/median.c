// SPDX-License-Identifier: GPL-2.0-or-later
/* The median of samples, and its confidence interval from the ranks of the binomial distribution. */
#include "base/median.h"

#include <math.h>
#include <stdlib.h>

#define CONFIDENCE 0.95

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* P(exactly k of n fall below the median) = C(n, k) / 2^n, in logarithms as n may be large. */
static double binomial_half(size_t n, size_t k)
{
	double ln = lgamma((double)n + 1) - lgamma((double)k + 1) - lgamma((double)(n - k) + 1);

	return exp(ln - (double)n * log(2));
}

/*
 * The largest r for which [x(r + 1), x(n - r)], counted from 1, covers the median with the wanted
 * confidence: both tails, of at most r values on the wrong side, have less than the rest.
 */
static size_t tail(size_t n)
{
	double below = binomial_half(n, 0);
	size_t r = 0;

	while (r + 1 < n / 2 && 2 * (below + binomial_half(n, r + 1)) <= 1 - CONFIDENCE)
		below += binomial_half(n, ++r);
	return r;
}

struct median median_of(double *values, size_t n)
{
	struct median m = {.is_interval = 2 * binomial_half(n, 0) <= 1 - CONFIDENCE};
	size_t r = m.is_interval ? tail(n) : 0;

	qsort(values, n, sizeof(*values), by_value);
	m.median = n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
	m.low = values[r];
	m.high = values[n - 1 - r];
	return m;
}
