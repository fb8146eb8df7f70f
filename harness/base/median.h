/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The median of a sample, and between which of its values the true one lies. */
#ifndef IOMMUBENCH_MEDIAN_H
#define IOMMUBENCH_MEDIAN_H

#include <stdbool.h>
#include <stddef.h>

struct median {
	double median, low, high;
	/* low and high bound the true median with at least 95 % confidence; with fewer than 6
	 * values no two of them do, and they are just the smallest and the largest. */
	bool is_interval;
};

/* Sorts @values, of which there are @n >= 1. The interval is that of the order statistics:
 * no distribution is assumed. */
struct median median_of(double *values, size_t n);

#endif
