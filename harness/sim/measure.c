// SPDX-License-Identifier: GPL-2.0-or-later
/* The calibration loops, natively on this host and on simulated CPUs. */
#include "sim/measure.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "arch_relax.h"
#include "clock.h"
#include "sim/coherence.h"
#include "sim/explore.h"
#include "sim/kernels/kernels.h"

#define STRETCHES      400
#define ATOMICS        2000
#define RELAXES        500
#define COMPUTE_WORDS  128
#define COMPUTE_ROUNDS 2
#define LOADS          20000
#define HANDOVERS      400 /* there and back, a stretch; simulated: one stretch */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* A tenth of the stretches is at most so long: without interruption. */
static double quick(double *ns, size_t n)
{
	qsort(ns, n, sizeof(*ns), by_value);
	return ns[n / 10];
}

static double per_call(void (*stretch)(void), unsigned int calls)
{
	double ns[STRETCHES];

	for (unsigned int i = 0; i < STRETCHES; i++) {
		uint64_t begin = clock_raw_ns();

		stretch();
		ns[i] = (double)(clock_raw_ns() - begin) / calls;
	}
	return quick(ns, STRETCHES);
}

static _Alignas(256) _Atomic uint32_t word;
static uint64_t words[COMPUTE_WORDS];
static volatile uint64_t sink;

static void do_atomics(void)
{
	/* Acquire, as the locks' own. */
	for (uint32_t i = 0; i < ATOMICS; i++)
		atomic_exchange_explicit(&word, i, memory_order_acquire);
}

static void do_relaxes(void)
{
	for (unsigned int i = 0; i < RELAXES; i++)
		arch_relax();
}

static void do_compute(void)
{
	for (size_t i = 0; i < COMPUTE_WORDS; i++)
		words[i] = i;
	sink = native_compute(words, COMPUTE_WORDS, COMPUTE_ROUNDS);
}

double measure_atomic_ns(void)
{
	return per_call(do_atomics, ATOMICS);
}

double measure_relax_ns(void)
{
	return per_call(do_relaxes, RELAXES);
}

double measure_compute_ns(void)
{
	return per_call(do_compute, 1);
}

double measure_load_ns(size_t bytes)
{
	const size_t step = 256 / sizeof(void *), n = bytes / sizeof(void *) / step * step;
	void **cell = aligned_alloc(256, bytes);
	double ns[STRETCHES / 10];
	void **at = cell;

	if (!cell)
		return 0;
	/* Far apart and in no order that a prefetcher sees: steps by a large odd part of the whole. */
	for (size_t i = 0, slots = n / step, stride = (slots / 2 * 5 / 8) | 1; i < slots; i++)
		cell[i * step] = &cell[(i + stride) % slots * step];
	for (unsigned int s = 0; s < STRETCHES / 10; s++) {
		uint64_t begin = clock_raw_ns();

		for (unsigned int i = 0; i < LOADS; i++)
			at = *at;
		ns[s] = (double)(clock_raw_ns() - begin) / LOADS;
	}
	sink = (uint64_t)(uintptr_t)at;
	free(cell);
	return quick(ns, STRETCHES / 10);
}

struct player {
	const struct topology *topology;
	struct kernel_ball *ball;
	unsigned int cpu, side;
	double ns[STRETCHES];
	pthread_barrier_t *ready;
	int err;
	struct error error;
};

static void *play(void *arg)
{
	struct player *p = arg;

	p->err = topology_pin(p->topology, p->cpu, &p->error);
	pthread_barrier_wait(p->ready);
	for (unsigned int i = 0; i < STRETCHES; i++) {
		uint64_t begin = clock_raw_ns();

		native_pingpong(&p->ball[i], p->side, HANDOVERS);
		p->ns[i] = (double)(clock_raw_ns() - begin) / (2 * HANDOVERS);
	}
	return NULL;
}

int measure_handover_ns(const struct topology *t, unsigned int a, unsigned int b, double *ns,
			struct error *e)
{
	struct kernel_ball *ball = aligned_alloc(256, STRETCHES * sizeof(*ball));
	struct player *p = calloc(2, sizeof(*p));
	pthread_barrier_t ready;
	pthread_t thread[2];
	int err = 0;

	if (!ball || !p) {
		free(ball);
		free(p);
		return error_set(e, "no memory to measure with");
	}
	memset(ball, 0, STRETCHES * sizeof(*ball));
	pthread_barrier_init(&ready, NULL, 2);
	for (unsigned int i = 0; i < 2 && !err; i++) {
		p[i].topology = t;
		p[i].ball = ball;
		p[i].cpu = i ? b : a;
		p[i].side = i;
		p[i].ready = &ready;
		err = pthread_create(&thread[i], NULL, play, &p[i]);
	}
	/* Where the second could not be started the first waits for ever: there is no going on. */
	if (err)
		abort();
	for (unsigned int i = 0; i < 2; i++) {
		pthread_join(thread[i], NULL);
		if (p[i].err) {
			*e = p[i].error;
			err = -EINVAL;
		}
	}
	qsort(p[0].ns, STRETCHES, sizeof(*p[0].ns), by_value);
	*ns = p[0].ns[STRETCHES / 2];
	pthread_barrier_destroy(&ready);
	free(p);
	free(ball);
	return err;
}

/* ---- the same on simulated CPUs ---- */

struct simulated {
	struct vcpu *cpus;
	uint64_t *words;
	struct kernel_ball *ball;
	uint64_t begin, ps;
};

static struct simulated sim;

static void compute_main(void *arg)
{
	(void)arg;
	for (size_t i = 0; i < COMPUTE_WORDS; i++)
		sim.words[i] = i;
	/* Once for the caches. */
	simulated_compute(sim.words, COMPUTE_WORDS, 1);
	for (size_t i = 0; i < COMPUTE_WORDS; i++)
		sim.words[i] = i;
	sim.begin = sim_cpu->clock;
	sink = simulated_compute(sim.words, COMPUTE_WORDS, COMPUTE_ROUNDS);
	sim.ps = sim_cpu->clock - sim.begin;
}

static void pingpong_main(void *arg)
{
	const unsigned int side = (unsigned int)(uintptr_t)arg;

	simulated_pingpong(sim.ball, side, HANDOVERS);
	sim.ps = sim_cpu->clock;
}

/* Runs the CPUs whose main is set; the others end at once. */
static void nothing_main(void *arg)
{
	(void)arg;
}

static double simulate(const struct machine *m, unsigned int count, unsigned int second,
		       void (*main)(void *))
{
	struct vcpu *cpus = calloc(count, sizeof(*cpus));
	const size_t stack = 16384;
	struct error e;
	bool done;

	memset(&sim, 0, sizeof(sim));
	if (!cpus || memory_open(m, cpus, count, count * stack + 65536, &e))
		abort();
	sim.words = memory_alloc(COMPUTE_WORDS * sizeof(*sim.words));
	sim.ball = memory_alloc(sizeof(*sim.ball));
	for (unsigned int i = 0; i < count; i++) {
		cpus[i].main = i == 0 || i == second ? main : nothing_main;
		cpus[i].arg = (void *)(uintptr_t)(i == second && second);
	}
	explore_begin(0, false, cpus, count);
	done = sched_run(cpus, count, memory_alloc(count * stack), stack);
	memory_close();
	free(cpus);
	if (!done)
		abort();
	return (double)sim.ps * 1e-3;
}

double measure_simulated_compute_ns(const struct machine *m)
{
	return simulate(m, 1, 0, compute_main);
}

double measure_simulated_handover_ns(const struct machine *m, enum distance d)
{
	unsigned int second = 1;

	while (second < machine_cores(m) && machine_distance(m, 0, second) != d)
		second++;
	if (second == machine_cores(m))
		return 0;
	return simulate(m, second + 1, second, pingpong_main) / (2 * HANDOVERS);
}
