// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The simulating executor. The life of a worker is the native one: fill, warm-up, an interval that begins and ends
 * while all others work, drain. What this file itself does takes no virtual time.
 */
#include "sim/simulate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/stuck.h"
#include "measure/workers.h"
#include "sim/audited.h"
#include "sim/coherence.h"
#include "sim/explore.h"
#include "sim/hooks.h"
#include "sim/span.h"

/*
 * A CPU that a test-and-set lock starves may not get through a single step. It is waited for until so many
 * times the interval has passed.
 */
#define PATIENCE 2

/* Rounds of the map in pairs until the hints have been all around, and at most. */
#define WARM_UP_ROUNDS     2
#define WARM_UP_ROUNDS_MAX 8

/* Frames of the harness and of libraries it calls, and the workload's own. */
#define STACK_SIZE (32 * 1024)
/* Not a power of two: stacks of a core's CPUs must not all lie in the same sets of its cache. */
#define STACK_STEP (STACK_SIZE + 768)

enum phase { PHASE_WARM_UP, PHASE_MEASURE, PHASE_FINISH };

struct sim_thread {
	struct worker *worker;
	struct vcpu *cpu;
	struct sim_span *span;
	bool begun, ended;
	uint64_t flushes, flush_time; /* by this CPU: how many, and the ps it waited for them */
};

struct sim {
	const struct sim_config *config;
	struct iommu_map *map;
	struct sim_thread *thread;
	struct sim_span *span; /* by CPU */
	struct vcpu *cpu;
	struct worker **peers;
	struct audited audited;
	void *stacks;
	enum phase phase;
	bool spend_flush;      /* else flushes are only counted */
	uint64_t device_ready; /* when the flush device is done with all it was given */
	uint64_t flush_ps, think_ps;
	uint64_t measure_from; /* clock of the CPU that began the interval */
	uint64_t warm_done;    /* total_done() when it began */
	unsigned int finished;
	double local_pool_utilization;
};

/* The simulation that is run: callbacks of the allocator and the workload have no other way to it. */
static struct sim *x;

/* Pairs, and allocations that failed: where nothing but these is done an interval must end, too. */
static uint64_t total_done(void)
{
	uint64_t done = 0;

	for (unsigned int i = 0; i < x->config->run.ncpus; i++) {
		const struct tally *t = &x->thread[i].worker->total;

		done += t->pairs + t->failures;
	}
	return done;
}

/* The device serves flushes one after the other, in the order of asking. */
static void spend_flush(void)
{
	struct sim_thread *t = &x->thread[sim_cpu->id];
	uint64_t begin, end;

	sim_lock_flush();
	t->flushes++;
	if (!x->spend_flush)
		return;
	sched_order(sim_cpu);
	begin = sim_cpu->clock;
	end = (x->device_ready > begin ? x->device_ready : begin) + x->flush_ps;
	x->device_ready = x->config->run.flush->hcall ? 0 : end; /* hypercalls do not queue up */
	t->flush_time += end - begin;
	sim_cpu->clock = end;
	/* What follows is done after the flush, so that others may do what they do meanwhile. */
	sched_order(sim_cpu);
}

static void flush(void *arg)
{
	(void)arg;
	if (!sim_cpu)
		return;
	if (x->config->audit)
		audited_flush();
	else
		spend_flush();
}

static void think(const void *arg)
{
	(void)arg;
	sim_cpu->clock += x->think_ps;
}

static void take_edge(const struct sim_thread *t, struct sim_edge *e)
{
	e->counts = t->worker->total;
	e->sim = t->cpu->counts;
	e->clock = t->cpu->clock;
	e->flushes = t->flushes;
	e->flush_time = t->flush_time;
}

/* Did each CPU do a step, and all together enough? */
static bool is_warm(void)
{
	const struct interval_config *c = &x->config->run;
	const uint64_t done = total_done();

	if (done < WARM_UP_ROUNDS * c->geometry.entries)
		return false;
	for (unsigned int i = 0; i < c->ncpus; i++) {
		const struct tally *t = &x->thread[i].worker->total;

		if (t->pairs + t->failures == 0)
			return done >= WARM_UP_ROUNDS_MAX * c->geometry.entries;
	}
	return true;
}

/* Have @times intervals passed? */
static bool is_over(const struct vcpu *cpu, unsigned int times)
{
	const struct sim_config *c = x->config;

	if (c->run.seconds > 0)
		return (double)(cpu->clock - x->measure_from) >= times * c->run.seconds * 1e12;
	return total_done() - x->warm_done >= times * c->pairs;
}

/* A step, and before it, on CPU 0, what the allocator has to do at this time. */
static void take_step(struct sim_thread *t)
{
	struct worker *w = t->worker;

	if (w->cpu == 0)
		iommu_timer_run(&w->timer, w->allocator, w->map, 0, t->cpu->clock / 1000);
	x->config->run.workload->step(w);
	stuck_step();
}

static void warm_up(struct sim_thread *t)
{
	while (x->phase == PHASE_WARM_UP) {
		take_step(t);
		/* What is decided here is decided in the order of virtual time, too. */
		sched_order(t->cpu);
		if (x->phase == PHASE_WARM_UP && is_warm()) {
			x->phase = PHASE_MEASURE;
			sim_locks_choose(t->cpu->clock);
			x->measure_from = t->cpu->clock;
			x->warm_done = total_done();
		}
	}
}

static void begin_interval(struct sim_thread *t)
{
	take_edge(t, &t->span->begin);
	t->begun = true;
}

static void end_interval(struct sim_thread *t)
{
	if (t->ended)
		return;
	take_edge(t, &t->span->end);
	t->ended = true;
	sim_locks_end(t->cpu->id);
	x->finished++;
}

/* Those that are still in the step they were in have done no pair; the interval was @now's. */
static void end_for_starved(const struct vcpu *now)
{
	for (unsigned int i = 0; i < x->config->run.ncpus; i++) {
		struct sim_thread *t = &x->thread[i];
		const bool begun = t->begun;

		if (t->ended)
			continue;
		if (!begun)
			begin_interval(t);
		end_interval(t);
		t->span->end.clock = now->clock;
		t->span->end.sim = parking_counts(t->cpu, sched_key(now, now->clock));
		/* A warm-up that never ended: nothing is counted. */
		if (!begun) {
			t->span->begin.clock = x->measure_from;
			t->span->begin.sim = t->span->end.sim;
		}
	}
}

static void measure(struct sim_thread *t)
{
	if (!t->begun) {
		begin_interval(t);
		sim_locks_begin(t->cpu->id, ~interval_seed(x->config->run.seed, t->cpu->id));
	}
	/* At least one step each, however late a CPU comes to it. */
	do {
		take_step(t);
		sched_order(t->cpu);
		if (x->phase == PHASE_MEASURE && is_over(t->cpu, 1))
			x->phase = PHASE_FINISH;
	} while (x->phase == PHASE_MEASURE);
	end_interval(t);
	while (x->finished < x->config->run.ncpus) {
		take_step(t);
		sched_order(t->cpu);
		if (is_over(t->cpu, PATIENCE))
			end_for_starved(t->cpu);
	}
}

static void thread_main(void *arg)
{
	struct sim_thread *t = arg;
	const struct interval_config *c = &x->config->run;

	if (c->workload->init)
		c->workload->init(t->worker);
	sched_barrier();
	if (c->workload->fill)
		c->workload->fill(t->worker);
	sched_barrier();
	if (t->cpu->id == 0) {
		x->local_pool_utilization = workers_own_pool_occupancy(c, x->map, x->peers);
		x->spend_flush = true;
	}
	sched_barrier();
	warm_up(t);
	measure(t);
	sched_barrier();
	x->spend_flush = false;
	c->workload->drain(t->worker);
}

static void set_up_worker(unsigned int i)
{
	const struct interval_config *c = &x->config->run;
	struct sim_thread *t = &x->thread[i];

	t->cpu = &x->cpu[i];
	t->span = &x->span[i];
	t->cpu->main = thread_main;
	t->cpu->arg = t;
	t->worker = memory_alloc(sizeof(*t->worker));
	workers_set_up(t->worker, c, x->map, x->peers, i);
	t->worker->allocator = &x->audited.allocator;
	if (c->think_ns)
		t->worker->think = think;
}

static int allocate(struct error *e)
{
	const struct interval_config *c = &x->config->run;
	/* Each allocation is rounded up to lines. */
	const uint64_t each = workers_state_size_of(c) + sizeof(struct worker) + STACK_STEP + 4096;
	const char *why = c->allocator->check(&c->geometry);
	const size_t map_bytes = c->allocator->size(&c->geometry);
	struct iommu_arena arena = {.left = map_bytes};
	int err;

	if (why)
		return error_set(e, "%s: %s", c->allocator->name, why);
	x->thread = calloc(c->ncpus, sizeof(*x->thread));
	x->cpu = calloc(c->ncpus, sizeof(*x->cpu));
	x->span = calloc(c->ncpus, sizeof(*x->span));
	if (!x->thread || !x->cpu || !x->span)
		return error_set(e, "no memory for %u simulated CPUs", c->ncpus);
	err = memory_open(
		x->config->machine, x->cpu, c->ncpus,
		map_bytes + each * c->ncpus + STACK_STEP + c->ncpus * sizeof(*x->peers) + 4096, e);
	if (err)
		return err;
	sim_memory.polling = x->config->polling;
	arena.next = memory_alloc(map_bytes);
	if (lockstat_watch(arena.next, map_bytes))
		return error_set(e, "no memory for lock statistics");
	x->peers = memory_alloc(c->ncpus * sizeof(*x->peers));
	x->map = c->allocator->init(&arena, &c->geometry,
				    flush_model_given(c->flush, c->allocator) ? flush : NULL, NULL);
	for (unsigned int i = 0; i < c->ncpus; i++) {
		set_up_worker(i);
		x->thread[i].worker->state =
			memory_alloc(workers_state_size(x->thread[i].worker, c->workload));
	}
	x->stacks = memory_alloc((uint64_t)STACK_STEP * c->ncpus);
	return 0;
}

static int summarise(struct sim_result *r, struct error *e)
{
	for (unsigned int i = 0; i < x->config->run.ncpus; i++)
		r->all_accesses += x->cpu[i].counts.accesses - x->cpu[i].computed;
	r->run.local_pool_utilization = x->local_pool_utilization;
	return sim_spans_add_up(x->config, x->span, r, e);
}

static int simulate(struct sim_result *r, struct error *e)
{
	const struct interval_config *c = &x->config->run;
	bool done;

	explore_begin(c->seed, x->config->explore, x->cpu, c->ncpus);
	audited_violation.text[0] = '\0';
	done = sched_run(x->cpu, c->ncpus, x->stacks, STACK_STEP);
	if (audited_violation.text[0]) {
		*e = audited_violation;
		return -EINVAL;
	}
	if (!done)
		return error_set(e, "the simulated CPUs wait for each other for ever");
	if (workers_check_leaks(c, x->map, e))
		return -EINVAL;
	return summarise(r, e);
}

static void report_audit(const struct audited *a, struct sim_result *r)
{
	r->maps = a->counts.maps;
	r->stale_reuse = a->counts.stale_reuse;
	r->windows = a->counts.windows;
	r->censored = emulated_iommu_uncovered(&a->iommu);
}

int sim_run(const struct sim_config *c, struct sim_result *r, struct error *e)
{
	struct sim sim = {.config = c};
	int err;

	memset(r, 0, sizeof(*r));
	x = &sim;
	sim.flush_ps = flush_model_ns(c->run.flush) * 1000;
	sim.think_ps = c->run.think_ns * 1000;
	r->run.locks = calloc(LOCKSTAT_CLASSES, sizeof(*r->run.locks));
	err = r->run.locks && !sim_locks_open(c->run.ncpus, c->run.clock_read_ns, r->run.locks) ?
		      0 :
		      error_set(e, "no memory for lock statistics");
	if (!err)
		err = audited_open(&sim.audited, c->run.allocator,
				   c->audit ? &c->run.geometry : NULL, spend_flush, e);
	if (!err)
		err = allocate(e);
	if (!err)
		err = simulate(r, e);
	if (!err && c->audit)
		report_audit(&sim.audited, r);
	if (sim.map && c->run.allocator->exit)
		c->run.allocator->exit(sim.map);
	lockstat_unwatch();
	audited_close(&sim.audited);
	memory_close();
	free(sim.thread);
	free(sim.span);
	free(sim.cpu);
	r->run.acquisitions = sim_locks_close();
	x = NULL;
	return err;
}
