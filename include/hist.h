/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A log-linear histogram of 64-bit values in fixed memory: 64 buckets an octave, so that a
 * quantile is within 0.8 % of a value that was recorded. Count, sum, smallest and largest are exact.
 * Not thread-safe: each thread has its own, and hist_merge() adds them up afterwards.
 */
#ifndef IOMMUBENCH_HIST_H
#define IOMMUBENCH_HIST_H

#include <stddef.h>
#include <stdint.h>

#define HIST_SUB_BITS 6
#define HIST_SUB      (1U << HIST_SUB_BITS)
/* Values from 2^HIST_BITS on have no bucket; they are counted as overflow. */
#define HIST_BITS    40
#define HIST_BUCKETS ((HIST_BITS - HIST_SUB_BITS + 1) * HIST_SUB)

/* All zero is an empty histogram. */
struct hist {
	uint64_t count; /* overflow included */
	uint64_t overflow;
	uint64_t sum;      /* wraps only after centuries of nanoseconds */
	uint64_t min, max; /* of no meaning while count is 0 */
	uint64_t bucket[HIST_BUCKETS];
};

/* Bucket of @value, which is below 2^HIST_BITS. */
static inline unsigned int hist_index(uint64_t value)
{
	unsigned int shift;

	if (value < HIST_SUB)
		return (unsigned int)value;
	shift = 63 - (unsigned int)__builtin_clzll(value) - HIST_SUB_BITS;
	return (shift << HIST_SUB_BITS) + (unsigned int)(value >> shift);
}

static inline void hist_record(struct hist *h, uint64_t value)
{
	if (h->count == 0 || value < h->min)
		h->min = value;
	if (value > h->max)
		h->max = value;
	h->count++;
	h->sum += value;
	if (value >> HIST_BITS)
		h->overflow++;
	else
		h->bucket[hist_index(value)]++;
}

/* Values [*low, *low + width) share bucket @index; returns the width. */
uint64_t hist_bucket(unsigned int index, uint64_t *low);

/*
 * The value at rank ceil(@q * count), 0 <= @q <= 1: the middle of its bucket, never outside
 * [min, max]; max for a rank in the overflow. 0 for an empty histogram.
 */
uint64_t hist_quantile(const struct hist *h, double q);

/* 0 for an empty histogram. */
double hist_mean(const struct hist *h);

/* Adds all that @from has to @to. */
void hist_merge(struct hist *to, const struct hist *from);

#endif
