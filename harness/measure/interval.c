// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the edges of an interval, and works out the figures of what lies between them. */
#include "measure/interval.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <string.h>
#include <sys/resource.h>

#include "clock.h"

static void snapshot_host(struct snapshot *s)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	s->involuntary_switches = (uint64_t)usage.ru_nivcsw;
	s->os_cpu = sched_getcpu();
}

/*
 * The order matters: slow readings are taken outside of the interval, the clock is read right at
 * its edge.
 */
void interval_begin(struct interval *i, const struct tally *counts)
{
	snapshot_host(&i->begin);
	i->begin.counts = *counts;
	i->counters_err = counters_begin(i->counters);
	i->begin.cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	i->begin.ns = clock_raw_ns();
	i->begin.ticks = clock_ticks();
}

void interval_end(struct interval *i, const struct tally *counts)
{
	i->end.ticks = clock_ticks();
	i->end.ns = clock_raw_ns();
	i->end.cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	if (!i->counters_err)
		i->counters_err = counters_end(i->counters);
	i->end.counts = *counts;
	snapshot_host(&i->end);
}

int interval_check(const struct interval *i, unsigned int cpu, struct error *e)
{
	const int err = -i->counters_err;

	return err ? error_set(e, "counters of CPU number %u: %s", cpu,
			       err == ENODATA ? "never ran: taken by others" : strerror(err)) :
		     0;
}

void interval_add_tally(struct interval_result *r, unsigned int cpu, const struct tally *begin,
			const struct tally *end)
{
	r->cpu[cpu].pairs = end->pairs - begin->pairs;
	r->alloc_failures += end->failures - begin->failures;
	r->fallbacks += end->remote - begin->remote;
}

void interval_add_cpu(const struct interval_config *c, const struct interval *i, unsigned int cpu,
		      struct interval_result *r)
{
	const struct snapshot *b = &i->begin, *e = &i->end;
	struct interval_cpu *own = &r->cpu[cpu];
	uint64_t wall_ns = e->ns - b->ns, cpu_ns = e->cpu_ns - b->cpu_ns;

	interval_add_tally(r, cpu, &b->counts, &e->counts);
	own->os_cpu = c->topology->os_cpu[cpu];
	own->seconds = (double)wall_ns / 1e9;
	own->involuntary_switches = e->involuntary_switches - b->involuntary_switches;
	own->descheduled_ns = wall_ns > cpu_ns ? wall_ns - cpu_ns : 0;
	own->migrated = b->os_cpu != (int)own->os_cpu || e->os_cpu != (int)own->os_cpu;

	r->cpu_time_ns += (double)cpu_ns;
	r->ref_ticks += (double)(e->ticks - b->ticks);
	r->migrations += own->migrated;
	r->involuntary_switches += own->involuntary_switches;
	r->descheduled_ns += own->descheduled_ns;
	for (unsigned int j = 0; j < c->counter_count; j++)
		own->counters[j] = *counters_value(i->counters, j);
	if (own->migrated || (double)own->descheduled_ns > NOISY_SHARE * (double)wall_ns)
		r->noisy = true;
}

static double fairness(const struct interval_result *r, unsigned int ncpus)
{
	double slowest = 0, fastest = 0;

	for (unsigned int i = 0; i < ncpus; i++) {
		double rate = (double)r->cpu[i].pairs / r->cpu[i].seconds;

		if (i == 0 || rate < slowest)
			slowest = rate;
		if (i == 0 || rate > fastest)
			fastest = rate;
	}
	return fastest > 0 ? slowest / fastest : 0;
}

bool interval_add_up(struct interval_result *r, unsigned int ncpus)
{
	for (unsigned int i = 0; i < ncpus; i++) {
		const struct interval_cpu *c = &r->cpu[i];

		r->pairs += c->pairs;
		r->seconds += c->seconds / ncpus;
		r->ops_per_second += (double)c->pairs / c->seconds;
	}
	if (!r->pairs)
		return false;
	r->real_time_ns = 1e9 * ncpus / r->ops_per_second;
	r->fairness = fairness(r, ncpus);
	r->flushes_per_kop = 1000.0 * (double)r->flushes / (double)r->pairs;
	/* Relative to pairs, of which there are as many as allocations in the steady state. */
	r->fallback_pool_share = fmin((double)r->fallbacks / (double)r->pairs, 1);
	return true;
}
