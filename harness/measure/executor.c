// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The native executor. Every thread works from the first step to the last: its measured interval
 * begins and ends while all the others are working too, and what is counted is read by the
 * thread itself at those two moments.
 */
#include "measure/executor.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "host/delay.h"
#include "host/host_facts.h"
#include "measure/recording.h"
#include "measure/watch.h"
#include "measure/workers.h"
#include "plan/variant.h"

/*
 * Warm-up lasts until each CPU has done as many pairs as twice its part of the map, so that the
 * hints have been around it, and until this part of the interval has passed; but at most a whole
 * interval.
 */
#define WARM_UP_ROUNDS    2
#define WARM_UP_MIN_SHARE 0.1
#define WARM_UP_MAX_SHARE 1.0

enum phase { PHASE_WARM_UP, PHASE_MEASURE, PHASE_FINISH };

struct executor;

struct thread {
	struct worker worker;
	struct executor *x;
	pthread_t id;
	bool started;
	struct interval interval;
	struct recording recording;
	int err;
	struct error error;
};

struct executor {
	const struct interval_config *config;
	const struct iommu_allocator *allocator; /* as the workers call it */
	struct iommu_map *map;
	struct thread *threads;
	struct worker **peers;
	pthread_mutex_t gate; /* held until all threads are started, or one could not be */
	pthread_barrier_t barrier;
	struct delay think;
	uint64_t flushes[2], flush_time[2]; /* at thread 0's begin and end */
	double local_pool_utilization;
	/*
	 * Read at each step, rarely written; relaxed, as they only say when: what was measured is
	 * read after the threads are joined.
	 */
	_Alignas(IOMMU_CACHE_LINE) _Atomic unsigned int phase;
	/* Of how many one is drawn; the first is set last, and 0 until then. */
	_Atomic unsigned int gap, gap_contended;
	_Atomic unsigned int failed;   /* threads that could not get ready */
	_Atomic unsigned int warm;     /* threads that are warmed up */
	_Atomic unsigned int finished; /* threads whose interval is over */
	struct flush_device device;
};

static unsigned int get(_Atomic unsigned int *v)
{
	return atomic_load_explicit(v, memory_order_relaxed);
}

static void add_one(_Atomic unsigned int *v)
{
	atomic_fetch_add_explicit(v, 1, memory_order_relaxed);
}

static void snapshot_flushes(struct executor *x, int edge)
{
	x->flushes[edge] = atomic_load_explicit(&x->device.count, memory_order_relaxed);
	x->flush_time[edge] = atomic_load_explicit(&x->device.spent, memory_order_relaxed);
}

/* A step, and before it what the allocator has to do at this time. */
static void take_step(struct thread *t)
{
	void (*const step)(struct worker *) = t->x->config->workload->step;
	struct worker *w = &t->worker;

	if (__builtin_expect(w->allocator->tick != NULL, 0))
		iommu_timer_run(&w->timer, w->allocator, w->map, w->cpu, clock_raw_ns());
	step(w);
}

static void lead_on(struct thread *t)
{
	struct executor *x = t->x;

	if (x->config->locks == INTERVAL_LOCKS_DRAWN) {
		const struct lockstat_gaps gaps = recording_gaps_now(&t->recording, x->config);

		atomic_store_explicit(&x->gap_contended, gaps.contended, memory_order_relaxed);
		/* Release: who sees it sees the other, too. */
		atomic_store_explicit(&x->gap, gaps.all, memory_order_release);
	}
	atomic_store_explicit(&x->phase, PHASE_MEASURE, memory_order_relaxed);
}

/* From here on what the thread records is of its interval. */
static void begin_recording(struct thread *t)
{
	const struct interval_config *c = t->x->config;
	struct lockstat_gaps gaps = {.all = LOCKSTAT_NEVER};

	/* The phase may be seen before it. Acquire: pairs with the release above. */
	while (c->locks == INTERVAL_LOCKS_DRAWN && !gaps.all)
		gaps.all = atomic_load_explicit(&t->x->gap, memory_order_acquire);
	gaps.contended = get(&t->x->gap_contended);
	/* Not the workload's own numbers: it is to do the same, recorded or not. */
	recording_begin(&t->recording, gaps, ~interval_seed(c->seed, t->worker.cpu));
}

static void warm_up(struct thread *t)
{
	struct executor *x = t->x;
	const struct interval_config *c = x->config;
	const double interval = c->seconds * 1e9 * c->ticks_per_ns;
	const uint64_t enough = WARM_UP_ROUNDS * (c->geometry.entries / c->ncpus);
	const uint64_t start = clock_ticks();
	bool warm = false;

	recording_warm_up(&t->recording);
	while (get(&x->phase) == PHASE_WARM_UP) {
		take_step(t);
		if (!warm && t->worker.total.pairs >= enough) {
			warm = true;
			add_one(&x->warm);
		}
		if (t->worker.cpu == 0) {
			double passed = (double)(clock_ticks() - start);

			if (passed >= WARM_UP_MAX_SHARE * interval ||
			    (passed >= WARM_UP_MIN_SHARE * interval && get(&x->warm) == c->ncpus))
				lead_on(t);
		}
	}
}

/* Thread 0 looks at the clock once a step and tells the others by the phase. */
static void measure(struct thread *t)
{
	struct executor *x = t->x;
	const struct interval_config *c = x->config;
	const uint64_t interval = (uint64_t)(c->seconds * 1e9 * c->ticks_per_ns);
	const bool leads = t->worker.cpu == 0;

	if (leads)
		snapshot_flushes(x, 0);
	begin_recording(t);
	interval_begin(&t->interval, &t->worker.total);
	while (get(&x->phase) == PHASE_MEASURE) {
		take_step(t);
		if (leads && clock_ticks() - t->interval.begin.ticks >= interval)
			atomic_store_explicit(&x->phase, PHASE_FINISH, memory_order_relaxed);
	}
	interval_end(&t->interval, &t->worker.total);
	recording_end(&t->recording);
	if (leads)
		snapshot_flushes(x, 1);
	add_one(&x->finished);
	while (get(&x->finished) < c->ncpus)
		take_step(t);
}

static int thread_prepare(struct thread *t)
{
	const struct interval_config *c = t->x->config;
	struct worker *w = &t->worker;
	int err = topology_pin(c->topology, w->cpu, &t->error);

	if (err)
		return err;
	/* After pinning, so that the pages come from the CPU's own memory node. */
	err = workers_make_state(w, c->workload, &t->error);
	if (err)
		return err;
	err = recording_open(&t->recording, c, w->cpu, &t->error);
	if (err)
		return err;
	if (c->workload->init)
		c->workload->init(w);
	/* Opened by the thread that they count, on the CPU where it stays. */
	if (c->counter_count &&
	    counters_open(c->counters, c->counter_count, &t->interval.counters, NULL, &t->error))
		return -EINVAL;
	return 0;
}

static void *thread_main(void *arg)
{
	struct thread *t = arg;
	struct executor *x = t->x;
	const struct interval_config *c = x->config;

	pthread_mutex_lock(&x->gate);
	pthread_mutex_unlock(&x->gate);
	if (get(&x->failed))
		return NULL;
	t->err = thread_prepare(t);
	if (t->err)
		add_one(&x->failed);
	pthread_barrier_wait(&x->barrier);
	if (get(&x->failed))
		return NULL;
	if (c->workload->fill)
		c->workload->fill(&t->worker);
	pthread_barrier_wait(&x->barrier);
	if (t->worker.cpu == 0) {
		x->local_pool_utilization = workers_own_pool_occupancy(c, x->map, x->peers);
		flush_device_spend(&x->device, true);
	}
	pthread_barrier_wait(&x->barrier);
	warm_up(t);
	measure(t);
	pthread_barrier_wait(&x->barrier);
	if (t->worker.cpu == 0)
		flush_device_spend(&x->device, false);
	pthread_barrier_wait(&x->barrier);
	c->workload->drain(&t->worker);
	return NULL;
}

static void worker_setup(struct executor *x, unsigned int cpu)
{
	const struct interval_config *c = x->config;
	struct thread *t = &x->threads[cpu];
	struct worker *w = &t->worker;

	t->x = x;
	workers_set_up(w, c, x->map, x->peers, cpu);
	w->allocator = x->allocator;
	if (c->think_ns) {
		w->think = delay_spend;
		w->think_arg = &x->think;
	}
}

static int start_threads(struct executor *x, struct error *e)
{
	const unsigned int n = x->config->ncpus;
	int err = 0;

	pthread_mutex_lock(&x->gate);
	for (unsigned int i = 0; i < n && !err; i++) {
		err = pthread_create(&x->threads[i].id, NULL, thread_main, &x->threads[i]);
		x->threads[i].started = !err;
		if (err) {
			add_one(&x->failed);
			error_set(e, "cannot start thread %u of %u: %s", i + 1, n, strerror(err));
		}
	}
	pthread_mutex_unlock(&x->gate);
	return err ? -EINVAL : 0;
}

static int summarise(const struct executor *x, struct interval_result *r, struct error *e)
{
	const struct interval_config *c = x->config;

	for (unsigned int i = 0; i < c->ncpus; i++)
		interval_add_cpu(c, &x->threads[i].interval, i, r);
	r->flushes = x->flushes[1] - x->flushes[0];
	if (!interval_add_up(r, c->ncpus))
		return error_set(e, "no pair was done in %g s", r->seconds);
	r->cpu_time_ns /= (double)r->pairs;
	r->ref_ticks /= (double)r->pairs;
	if (r->flushes)
		r->flush_ns_mean = (double)(x->flush_time[1] - x->flush_time[0]) /
				   (double)r->flushes /
				   flush_device_rate(&x->device, c->ticks_per_ns);
	r->local_pool_utilization = x->local_pool_utilization;
	if ((double)r->steal_ns > NOISY_SHARE * r->seconds * 1e9)
		r->noisy = true;
	return 0;
}

/* Adds up what the threads recorded. */
static int collect_locks(struct executor *x, struct interval_result *r, struct error *e)
{
	for (unsigned int i = 0; x->config->locks && i < x->config->ncpus; i++) {
		if (recording_add(&x->threads[i].recording, r, e))
			return -EINVAL;
	}
	return 0;
}

static int join(struct executor *x, struct error *e)
{
	const struct interval_config *c = x->config;
	int err = 0;

	for (unsigned int i = 0; i < c->ncpus; i++) {
		struct thread *t = &x->threads[i];

		if (!t->started)
			continue;
		pthread_join(t->id, NULL);
		free(t->worker.state);
		t->worker.state = NULL;
		if (t->err && !err) {
			err = t->err;
			*e = t->error;
		}
		if (!err)
			err = interval_check(&t->interval, i, e);
	}
	return err ? err : workers_check_leaks(c, x->map, e);
}

static int run(struct executor *x, struct interval_result *r, struct error *e)
{
	const struct interval_config *c = x->config;
	uint64_t steal_ns = host_steal_ns(c->topology->os_cpu, c->ncpus);
	struct error join_error;
	int err, join_err;

	for (unsigned int i = 0; i < c->ncpus; i++)
		worker_setup(x, i);
	err = start_threads(x, e);
	join_err = join(x, &join_error);
	if (!err && join_err)
		*e = join_error;
	if (err || join_err)
		return -EINVAL;
	err = collect_locks(x, r, e);
	if (err)
		return err;
	r->steal_ns = host_steal_ns(c->topology->os_cpu, c->ncpus) - steal_ns;
	return summarise(x, r, e);
}

int executor_run(const struct interval_config *c, struct interval_result *r, struct error *e)
{
	struct executor *x = aligned_alloc(_Alignof(struct executor), sizeof(*x));
	int err;

	memset(r, 0, sizeof(*r));
	if (!x)
		return error_set(e, "no memory");
	memset(x, 0, sizeof(*x));
	x->config = c;
	x->threads = aligned_alloc(_Alignof(struct thread), c->ncpus * sizeof(*x->threads));
	x->peers = calloc(c->ncpus, sizeof(*x->peers));
	r->cpu = calloc(c->ncpus, sizeof(*r->cpu));
	if (x->threads)
		memset(x->threads, 0, c->ncpus * sizeof(*x->threads));
	err = !x->threads || !x->peers || !r->cpu ? error_set(e, "no memory") : 0;
	if (!err) {
		flush_device_init(&x->device, c->flush, c->flush_bias_ns, c->ticks_per_ns);
		flush_device_spend(&x->device, false);
		x->think = delay_make((double)c->think_ns, c->think_bias_ns, c->ticks_per_ns);
		x->map = map_create(c->allocator, &c->geometry,
				    flush_device_function(c->flush, c->allocator), &x->device, e);
		err = x->map ? 0 : -EINVAL;
	}
	if (!err)
		err = watch_begin(c->allocator, &c->geometry, &x->allocator, e);
	if (!err) {
		pthread_mutex_init(&x->gate, NULL);
		pthread_barrier_init(&x->barrier, NULL, c->ncpus);
		err = run(x, r, e);
		pthread_barrier_destroy(&x->barrier);
		pthread_mutex_destroy(&x->gate);
	}
	for (unsigned int i = 0; x->threads && i < c->ncpus; i++) {
		recording_close(&x->threads[i].recording);
		counters_close(x->threads[i].interval.counters);
	}
	watch_end();
	map_destroy(x->map);
	free(x->peers);
	free(x->threads);
	free(x);
	return err;
}
