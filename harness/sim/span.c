// SPDX-License-Identifier: GPL-2.0-or-later
/* Adds up the intervals of the simulated CPUs. */
#include "sim/span.h"

#include <stdlib.h>

static void add(struct sim_result *r, const struct sim_span *s, unsigned int cpu)
{
	r->run.cpu[cpu] = (struct interval_cpu){
		.os_cpu = cpu,
		.seconds = (double)(s->end.clock - s->begin.clock) * 1e-12,
	};
	interval_add_tally(&r->run, cpu, &s->begin.counts, &s->end.counts);
	r->run.flushes += s->end.flushes - s->begin.flushes;
	sim_counts_add(&r->counts, &s->begin.sim, &s->end.sim);
}

int sim_spans_add_up(const struct sim_config *c, const struct sim_span *spans, struct sim_result *r,
		     struct error *e)
{
	const unsigned int ncpus = c->run.ncpus;
	struct interval_result *run = &r->run;
	uint64_t flush_time = 0, time = 0;

	run->cpu = calloc(ncpus, sizeof(*run->cpu));
	if (!run->cpu)
		return error_set(e, "no memory");
	for (unsigned int i = 0; i < ncpus; i++) {
		const struct sim_span *s = &spans[i];

		add(r, s, i);
		time += s->end.clock - s->begin.clock;
		flush_time += s->end.flush_time - s->begin.flush_time;
	}
	if (!interval_add_up(run, ncpus))
		return error_set(e, "no pair was done in %g s of virtual time", run->seconds);
	run->cpu_time_ns = (double)time * 1e-3 / (double)run->pairs;
	run->ref_ticks = run->cpu_time_ns * (double)c->machine->clock_mhz * 1e-3;
	if (flush_time)
		run->flush_ns_mean = (double)flush_time * 1e-3 / (double)run->flushes;
	return 0;
}
