// SPDX-License-Identifier: GPL-2.0-or-later
/* Quantiles and sums of histograms; recording is inline, in hist.h. */
#include "hist.h"

#include <math.h>

uint64_t hist_bucket(unsigned int index, uint64_t *low)
{
	unsigned int shift;

	if (index < HIST_SUB) {
		*low = index;
		return 1;
	}
	shift = (index >> HIST_SUB_BITS) - 1;
	*low = (uint64_t)((index & (HIST_SUB - 1)) + HIST_SUB) << shift;
	return UINT64_C(1) << shift;
}

uint64_t hist_quantile(const struct hist *h, double q)
{
	double rank = ceil(q * (double)h->count);
	uint64_t seen = 0, low, middle;

	if (!h->count)
		return 0;
	if (rank <= 1)
		return h->min;
	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		seen += h->bucket[i];
		if ((double)seen < rank)
			continue;
		middle = (hist_bucket(i, &low) - 1) / 2 + low;
		if (middle < h->min)
			return h->min;
		return middle > h->max ? h->max : middle;
	}
	return h->max;
}

double hist_mean(const struct hist *h)
{
	return h->count ? (double)h->sum / (double)h->count : 0;
}

void hist_merge(struct hist *to, const struct hist *from)
{
	if (!from->count)
		return;
	if (!to->count || from->min < to->min)
		to->min = from->min;
	if (from->max > to->max)
		to->max = from->max;
	to->count += from->count;
	to->overflow += from->overflow;
	to->sum += from->sum;
	for (unsigned int i = 0; i < HIST_BUCKETS; i++)
		to->bucket[i] += from->bucket[i];
}
