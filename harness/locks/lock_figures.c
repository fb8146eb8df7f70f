// SPDX-License-Identifier: GPL-2.0-or-later
/* Turns what was recorded of locks into the figures and histograms of a sample. */
#include "locks/lock_figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct putter {
	const struct lock_time_scale *scale;
	figure_fn put;
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

/* All acquisitions over the timed ones: what counts and sums of these are multiplied by. */
static double sample_of(const struct lockstat *all, uint64_t acquisitions)
{
	return all->hold.count ? (double)acquisitions / (double)all->hold.count : 1;
}

/* How many of @acquisitions, had all been marked, of @count of the @followed. */
static json_int_t of_all(uint64_t count, uint64_t followed, double acquisitions)
{
	/* Where all are marked, only the first of each lock is behind none. */
	if (!followed || (double)followed > 0.99 * acquisitions)
		return (json_int_t)count;
	return (json_int_t)((double)count / (double)followed * acquisitions + 0.5);
}

/* @mean is in ticks, @of so many. */
static void put_times(const struct putter *p, const char *what, const struct hist *h, double mean,
		      double of)
{
	static const struct {
		const char *name;
		double q;
	} quantiles[] = {{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}, {"p999", 0.999}};
	const double ns = in_ns(p->scale, mean);

	if (!h->count)
		return;
	put(p, what, "min", in_ns(p->scale, (double)h->min));
	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++)
		put(p, what, quantiles[i].name,
		    in_ns(p->scale, (double)hist_quantile(h, quantiles[i].q)));
	put(p, what, "max", in_ns(p->scale, (double)h->max));
	/* Absent, not 0, where it drowns in what reading the clock costs. */
	if (ns > p->scale->read_ns)
		put(p, what, "mean", ns - p->scale->read_ns);
	put(p, what, "mean_raw", ns);
	if (of > 0)
		put(p, what, "total", ns * of);
}

/* All locks together; in the heap, as histograms are large. NULL if memory is short. */
static struct lockstat *sum_up(const struct lockstat *locks)
{
	struct lockstat *all = calloc(1, sizeof(*all));

	for (unsigned int i = 0; all && i < LOCKSTAT_CLASSES; i++)
		lockstat_add(all, &locks[i]);
	return all;
}

void lock_figures_put_counts(const struct lockstat *locks, uint64_t acquisitions,
			     figure_fn put_figure, void *arg)
{
	uint64_t contentions = 0;

	for (unsigned int i = 0; i < LOCKSTAT_CLASSES; i++)
		contentions += locks[i].contentions;
	put_figure(arg, "acquisitions", (double)acquisitions);
	put_figure(arg, "contentions", (double)contentions);
}

/*
 * The part of all CPUs' time that was spent waiting. Of contended acquisitions all are counted, and some are timed:
 * where nearly all of it is spent so, the estimate comes out above 1, which it is not.
 */
static void put_waiting_share(const struct putter *p, const struct lockstat *all)
{
	const double mean = in_ns(p->scale, hist_mean(&all->wait)) - p->scale->read_ns;
	const double waits = (double)all->contentions;

	/* Absent, not 0, where there were waits of which none is known. */
	if (all->wait.count || !all->contentions)
		put(p, "waiting_share", "",
		    mean > 0 ? fmin(waits * mean / p->scale->cpu_ns, 1) : 0);
}

/* Flushes under a lock are all timed where not every acquisition is; else those of the timed ones are all. */
static const struct hist *flushes_of(const struct lockstat *all)
{
	return all->flush.count ? &all->flush : &all->hold_flush;
}

static void put_flushes(const struct putter *p, const struct lockstat *all)
{
	const struct hist *h = flushes_of(all);

	if (!h->count)
		return;
	put(p, "hold_flush_ns_", "p50", in_ns(p->scale, (double)hist_quantile(h, 0.5)));
	put(p, "hold_flush_ns_", "max", in_ns(p->scale, (double)h->max));
	put(p, "hold_flush_ns_", "total", in_ns(p->scale, (double)h->sum));
	put(p, "hold_flushes", "", (double)h->count);
}

/*
 * What holds took on average: a hold with a flush is as long as the others, and its flush longer. Too few of
 * these are drawn to tell how much they add.
 */
static double mean_hold(const struct lockstat *all, double acquisitions)
{
	const struct hist *hold = &all->hold, *flushed = &all->hold_flush;
	const double others = (double)(hold->count - flushed->count);

	if (!all->flush.count || !(others > 0))
		return hist_mean(hold);
	return (double)(hold->sum - flushed->sum) / others + (double)all->flush.sum / acquisitions;
}

void lock_figures_put_times(const struct lockstat *locks, uint64_t acquisitions,
			    const struct lock_time_scale *scale, figure_fn put_figure, void *arg)
{
	const struct putter p = {.scale = scale, .put = put_figure, .arg = arg};
	const double taken = (double)acquisitions;
	struct lockstat *all = sum_up(locks);

	if (!all)
		return;
	put(&p, "acquisitions", "", taken);
	put_waiting_share(&p, all);
	put(&p, "con_bounces", "", (double)of_all(all->con_bounces, all->followed, taken));
	put(&p, "acq_bounces", "", (double)of_all(all->acq_bounces, all->followed, taken));
	put(&p, "lock_sample", "", sample_of(all, acquisitions));
	put_times(&p, "acquire_ns_", &all->acquire, hist_mean(&all->acquire), 0);
	put_times(&p, "hold_ns_", &all->hold, mean_hold(all, taken), taken);
	put_times(&p, "wait_ns_", &all->wait, hist_mean(&all->wait), (double)all->contentions);
	put_flushes(&p, all);
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

/* Times of one class of locks; null where nothing was timed. */
static json_t *times(const struct hist *h, double sample, const struct lock_time_scale *scale)
{
	if (!h->count)
		return json_null();
	return json_pack("{s:f, s:f, s:f, s:f, s:f}", "min_ns", in_ns(scale, (double)h->min),
			 "p50_ns", in_ns(scale, (double)hist_quantile(h, 0.5)), "p99_ns",
			 in_ns(scale, (double)hist_quantile(h, 0.99)), "max_ns",
			 in_ns(scale, (double)h->max), "total_ns",
			 in_ns(scale, (double)h->sum) * sample);
}

static json_t *one_class(unsigned int id, const struct lockstat *l, double sample,
			 const struct lock_time_scale *scale)
{
	const double taken = floor((double)l->hold.count * sample + 0.5);

	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:o, s:o}", "lock", lockstat_class_name(id),
			 "acquisitions", (json_int_t)taken, "contentions",
			 (json_int_t)l->contentions, "con_bounces",
			 of_all(l->con_bounces, l->followed, taken), "acq_bounces",
			 of_all(l->acq_bounces, l->followed, taken), "hold",
			 times(&l->hold, sample, scale), "wait", times(&l->wait, sample, scale));
}

json_t *lock_figures_json(const struct lockstat *locks, uint64_t acquisitions,
			  const struct lock_time_scale *scale)
{
	struct lockstat *all = sum_up(locks);
	json_t *list = json_array(), *document;

	for (unsigned int i = 0; all && i < LOCKSTAT_CLASSES; i++) {
		if (locks[i].hold.count)
			json_array_append_new(
				list, one_class(i, &locks[i], sample_of(all, acquisitions), scale));
	}
	if (!all) {
		json_decref(list);
		return NULL;
	}
	document = json_pack("{s:o, s:{s:o, s:o, s:o, s:o}}", "locks", list, "histograms",
			     "acquire", histogram(&all->acquire, scale), "hold",
			     histogram(&all->hold, scale), "wait", histogram(&all->wait, scale),
			     "hold_flush", histogram(flushes_of(all), scale));
	free(all);
	return document;
}
