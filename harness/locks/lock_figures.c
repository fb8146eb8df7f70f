// SPDX-License-Identifier: GPL-2.0-or-later
/* Turns what was recorded of locks into the figures and histograms of a sample. */
#include "locks/lock_figures.h"

#include <stdio.h>
#include <stdlib.h>

struct putter {
	const struct lock_time_scale *scale;
	void (*put)(void *arg, const char *name, double value);
	void *arg;
};

static void put(const struct putter *p, const char *what, const char *figure, double value)
{
	char name[40];

	snprintf(name, sizeof(name), "%s%s", what, figure);
	p->put(p->arg, name, value);
}

static double in_ns(const struct lock_time_scale *s, double ticks)
{
	return ticks / s->ticks_per_ns;
}

/* What would have been counted, had all of the interval been recorded. */
static json_int_t scaled(uint64_t count, const struct lock_time_scale *s)
{
	return (json_int_t)((double)count * s->sample + 0.5);
}

static void put_times(const struct putter *p, const char *what, const struct hist *h)
{
	static const struct {
		const char *name;
		double q;
	} quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};
	double mean = in_ns(p->scale, hist_mean(h));

	if (!h->count)
		return;
	put(p, what, "min", in_ns(p->scale, (double)h->min));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		put(p, what, quantiles[i].name,
		    in_ns(p->scale, (double)hist_quantile(h, quantiles[i].q)));
	put(p, what, "max", in_ns(p->scale, (double)h->max));
	/* Absent, not 0, where it drowns in what reading the clock costs. */
	if (mean > p->scale->read_ns)
		put(p, what, "mean", mean - p->scale->read_ns);
	put(p, what, "mean_raw", mean);
	put(p, what, "total", in_ns(p->scale, (double)h->sum) * p->scale->sample);
}

/* All locks together; in the heap, as histograms are large. NULL if memory is short. */
static struct lockstat *sum_up(const struct lockstat *locks)
{
	struct lockstat *all = calloc(1, sizeof(*all));

	for (unsigned int i = 0; all && i < LOCKSTAT_CLASSES; i++)
		lockstat_merge(all, &locks[i]);
	return all;
}

void lock_figures_put(const struct lockstat *locks, const struct lock_time_scale *scale,
		      void (*put_figure)(void *arg, const char *name, double value), void *arg)
{
	const struct putter p = {.scale = scale, .put = put_figure, .arg = arg};
	struct lockstat *all = sum_up(locks);

	if (!all)
		return;
	put(&p, "acquisitions", "", (double)scaled(all->acquisitions, scale));
	put(&p, "contentions", "", (double)scaled(all->contentions, scale));
	put(&p, "con_bounces", "", (double)scaled(all->con_bounces, scale));
	put(&p, "acq_bounces", "", (double)scaled(all->acq_bounces, scale));
	put(&p, "lock_sample", "", scale->sample);
	put_times(&p, "hold_ns_", &all->hold);
	put_times(&p, "wait_ns_", &all->wait);
	if (all->hold_flush.count) {
		put(&p, "hold_flush_ns_", "p50",
		    in_ns(scale, (double)hist_quantile(&all->hold_flush, 0.5)));
		put(&p, "hold_flush_ns_", "max", in_ns(scale, (double)all->hold_flush.max));
		put(&p, "hold_flush_ns_", "total",
		    in_ns(scale, (double)all->hold_flush.sum) * scale->sample);
		put(&p, "hold_flushes", "", (double)scaled(all->hold_flush.count, scale));
	}
	free(all);
}

static json_t *histogram(const struct hist *h, const struct lock_time_scale *scale)
{
	json_t *buckets = json_array();
	uint64_t low;

	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		if (!h->bucket[i])
			continue;
		hist_bucket(i, &low);
		json_array_append_new(buckets, json_pack("[f, I]", in_ns(scale, (double)low),
							 (json_int_t)h->bucket[i]));
	}
	return json_pack("{s:I, s:I, s:o}", "count", (json_int_t)h->count, "overflow",
			 (json_int_t)h->overflow, "buckets", buckets);
}

/* Times of one lock; null where nothing was recorded. */
static json_t *times(const struct hist *h, const struct lock_time_scale *scale)
{
	if (!h->count)
		return json_null();
	return json_pack("{s:f, s:f, s:f, s:f, s:f}", "min_ns", in_ns(scale, (double)h->min),
			 "p50_ns", in_ns(scale, (double)hist_quantile(h, 0.5)), "p99_ns",
			 in_ns(scale, (double)hist_quantile(h, 0.99)), "max_ns",
			 in_ns(scale, (double)h->max), "total_ns",
			 in_ns(scale, (double)h->sum) * scale->sample);
}

static json_t *one_lock(unsigned int id, const struct lockstat *l,
			const struct lock_time_scale *scale)
{
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o}", "lock", lockstat_class_name(id),
			 "acquisitions", scaled(l->acquisitions, scale), "contentions",
			 scaled(l->contentions, scale), "con_bounces",
			 scaled(l->con_bounces, scale), "acq_bounces",
			 scaled(l->acq_bounces, scale), "hold", times(&l->hold, scale), "wait",
			 times(&l->wait, scale));
}

json_t *lock_figures_json(const struct lockstat *locks, const struct lock_time_scale *scale)
{
	struct lockstat *all = sum_up(locks);
	json_t *list = json_array(), *document;

	for (unsigned int i = 0; i < LOCKSTAT_CLASSES; i++) {
		if (locks[i].acquisitions)
			json_array_append_new(list, one_lock(i, &locks[i], scale));
	}
	if (!all) {
		json_decref(list);
		return NULL;
	}
	document = json_pack("{s:o, s:{s:o, s:o, s:o}}", "locks", list, "histograms", "hold",
			     histogram(&all->hold, scale), "wait", histogram(&all->wait, scale),
			     "hold_flush", histogram(&all->hold_flush, scale));
	free(all);
	return document;
}
