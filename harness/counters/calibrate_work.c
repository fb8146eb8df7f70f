// SPDX-License-Identifier: GPL-2.0-or-later
/* Does work of which it is known how much it raises each kind of counter: a few ms at most. */
#include "counters/calibrate_work.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "arch_work.h"
#include "clock.h"

#define COUNT_TURNS   500000
#define BRANCHES      100000
#define SYSTEM_CALLS  5000
#define SLEEPS        20
#define MOVES         20 /* even: the thread ends where it began */
#define FAULT_PAGES   256
#define TASK_CLOCK_NS 2000000

/* Nodes of a chase, one a page: enough to miss any TLB and, thrown out or not, the caches. */
#define NODES_MAX  16384
#define REGION_MAX (128UL << 20)
#define NODE_STEP  64
/* Where lines cannot be thrown out, so much is read instead. */
#define EVICT_BYTES  (64UL << 20)
#define REMOTE_NODES 512

struct node {
	struct node *next;
	uint64_t written;
};

struct bench {
	const struct topology *t;
	size_t page, nodes, size;
	char *region, *evict;
	struct node **node;   /* in order of address */
	unsigned int partner; /* dense number of the CPU that makes lines its own */
	pthread_t thread;
	_Atomic unsigned int state; /* of the partner */
	unsigned int lines;
	struct node *sink;
};

enum { PARTNER_STARTING, PARTNER_READY, PARTNER_STOP };

static uint64_t xorshift(uint64_t *x)
{
	*x ^= *x >> 12;
	*x ^= *x << 25;
	*x ^= *x >> 27;
	return *x * UINT64_C(0x2545F4914F6CDD1D);
}

static void *map_pages(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	/* Large pages would hide the TLB's misses. */
	madvise(p, size, MADV_NOHUGEPAGE);
	return p;
}

/* One cycle through all nodes in random order (Sattolo's shuffle), each somewhere in its page. */
static void link_nodes(struct bench *b)
{
	uint64_t x = 88172645463325252;

	for (size_t i = 0; i < b->nodes; i++)
		b->node[i] =
			(struct node *)(void *)(b->region + i * b->page +
						xorshift(&x) % (b->page / NODE_STEP) * NODE_STEP);
	for (size_t i = b->nodes - 1; i > 0; i--) {
		size_t j = (size_t)(xorshift(&x) % i);
		struct node *swap = b->node[i];

		b->node[i] = b->node[j];
		b->node[j] = swap;
	}
	for (size_t i = 0; i < b->nodes; i++)
		b->node[i]->next = b->node[(i + 1) % b->nodes];
}

struct bench *bench_open(const struct topology *t)
{
	struct bench *b = calloc(1, sizeof(*b));

	if (!b)
		return NULL;
	b->t = t;
	b->page = (size_t)sysconf(_SC_PAGESIZE);
	b->nodes = REGION_MAX / b->page < NODES_MAX ? REGION_MAX / b->page : NODES_MAX;
	b->size = b->nodes * b->page;
	b->region = map_pages(b->size);
	b->evict = ARCH_FLUSH_LINE ? NULL : map_pages(EVICT_BYTES);
	b->node = calloc(b->nodes, sizeof(struct node *));
	if (!b->region || !b->node || (!ARCH_FLUSH_LINE && !b->evict)) {
		bench_close(b);
		return NULL;
	}
	link_nodes(b);
	return b;
}

void bench_close(struct bench *b)
{
	if (!b)
		return;
	if (b->region)
		munmap(b->region, b->size);
	if (b->evict)
		munmap(b->evict, EVICT_BYTES);
	free(b->node);
	free(b);
}

static double count_down(struct bench *b, unsigned int dose)
{
	/* Where the turn's instructions are not known: from 1 to 16. */
	const double each = ARCH_COUNT_DOWN_INSTRUCTIONS ? ARCH_COUNT_DOWN_INSTRUCTIONS : 4;

	(void)b;
	arch_count_down((uint64_t)COUNT_TURNS * dose);
	return each * COUNT_TURNS * dose;
}

static double count_ns(struct bench *b, unsigned int dose)
{
	uint64_t begin = clock_raw_ns();

	count_down(b, dose);
	return (double)(clock_raw_ns() - begin);
}

/* Half of the branches go the other way than predicted, whoever predicts. */
static double random_branches(struct bench *b, unsigned int dose)
{
	uint64_t x = 2463534242 + dose;

	(void)b;
	for (unsigned int i = 0; i < BRANCHES * dose; i++) {
		if (xorshift(&x) >> 63)
			__asm__ __volatile__("nop");
	}
	return 0.5 * BRANCHES * dose;
}

static bool throw_out(struct bench *b, unsigned int dose)
{
	(void)dose;
	for (size_t i = 0; ARCH_FLUSH_LINE && i < b->nodes; i++)
		arch_flush_line(b->node[i]);
	for (size_t i = 0; b->evict && i < EVICT_BYTES; i += NODE_STEP)
		((volatile char *)b->evict)[i]++;
	return true;
}

static void chase(struct bench *b, size_t nodes)
{
	struct node *n = b->node[0];

	while (nodes--)
		n = *(struct node *volatile *)&n->next;
	b->sink = n;
}

static double chase_memory(struct bench *b, unsigned int dose)
{
	chase(b, b->nodes / 2 * dose);
	return (double)(b->nodes / 2 * dose);
}

static double chase_ns(struct bench *b, unsigned int dose)
{
	uint64_t begin = clock_raw_ns();

	chase_memory(b, dose);
	return (double)(clock_raw_ns() - begin);
}

/* Writes the lines and stays awake: a CPU that sleeps may lose its caches. */
static void *partner_main(void *arg)
{
	struct bench *b = arg;
	struct error e;
	bool pinned = topology_pin(b->t, b->partner, &e) == 0;

	for (unsigned int i = 0; pinned && i < b->lines; i++)
		b->node[i]->written++;
	atomic_store(&b->state, PARTNER_READY);
	while (atomic_load(&b->state) != PARTNER_STOP)
		;
	return NULL;
}

static bool start_partner(struct bench *b, unsigned int dose)
{
	if (b->t->ncpus < 2)
		return false;
	/* The last in pinning order is as far away as any. */
	b->partner = b->t->ncpus - 1;
	b->lines = REMOTE_NODES * dose;
	atomic_store(&b->state, PARTNER_STARTING);
	if (pthread_create(&b->thread, NULL, partner_main, b))
		return false;
	while (atomic_load(&b->state) != PARTNER_READY)
		sched_yield();
	return true;
}

static void stop_partner(struct bench *b)
{
	atomic_store(&b->state, PARTNER_STOP);
	pthread_join(b->thread, NULL);
}

static double chase_remote(struct bench *b, unsigned int dose)
{
	chase(b, REMOTE_NODES * dose);
	return REMOTE_NODES * dose;
}

/* A system call has some hundred instructions, on any architecture more than 15. */
static double system_calls(struct bench *b, unsigned int dose)
{
	(void)b;
	for (unsigned int i = 0; i < SYSTEM_CALLS * dose; i++)
		syscall(SYS_getppid);
	return 300.0 * SYSTEM_CALLS * dose;
}

static double switches_so_far(void)
{
	struct rusage u;

	getrusage(RUSAGE_THREAD, &u);
	return (double)(u.ru_nvcsw + u.ru_nivcsw);
}

static double sleep_often(struct bench *b, unsigned int dose)
{
	const struct timespec moment = {.tv_nsec = 50000};
	double before = switches_so_far();

	(void)b;
	for (unsigned int i = 0; i < SLEEPS * dose; i++)
		nanosleep(&moment, NULL);
	return switches_so_far() - before;
}

static bool two_cpus(struct bench *b, unsigned int dose)
{
	(void)dose;
	return b->t->ncpus > 1;
}

/* Ends where it began, which is the first CPU of the order. */
static double move_about(struct bench *b, unsigned int dose)
{
	unsigned int moved = 0, at = 0;
	struct error e;

	for (unsigned int i = 0; i < MOVES * dose; i++) {
		if (topology_pin(b->t, !at, &e) == 0) {
			moved++;
			at = !at;
		}
	}
	if (at)
		topology_pin(b->t, 0, &e);
	return moved + at;
}

static double faults_so_far(void)
{
	struct rusage u;

	getrusage(RUSAGE_THREAD, &u);
	return (double)(u.ru_minflt + u.ru_majflt);
}

static double touch_pages(struct bench *b, unsigned int dose)
{
	size_t size = b->page * FAULT_PAGES * dose;
	double before = faults_so_far();
	volatile char *pages = map_pages(size);

	for (size_t i = 0; pages && i < size; i += b->page)
		pages[i] = 1;
	if (pages)
		munmap((void *)(uintptr_t)pages, size);
	return faults_so_far() - before;
}

static double burn_time(struct bench *b, unsigned int dose)
{
	uint64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID), now;

	(void)b;
	do {
		now = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	} while (now - begin < (uint64_t)TASK_CLOCK_NS * dose);
	return (double)(now - begin);
}

#define ONE_CPU "cannot be checked: it takes two CPUs, and this process has one"

/* Where instructions are known, 2 % are left for what PMUs count too much. */
#define COUNT_LOW  (ARCH_COUNT_DOWN_INSTRUCTIONS ? 0.98 : 0.25)
#define COUNT_HIGH (ARCH_COUNT_DOWN_INSTRUCTIONS ? 1.02 : 4)

static const struct work works[] = {
	[CALIBRATE_INSTRUCTIONS] = {.name = "count down",
				    .run = count_down,
				    .low = COUNT_LOW,
				    .high = COUNT_HIGH},
	/* Cycles a ns: 50 MHz to 10 GHz. */
	[CALIBRATE_CYCLES] = {.name = "count down, ns", .run = count_ns, .low = 0.05, .high = 10},
	[CALIBRATE_BRANCHES] = {.name = "random branches",
				.run = random_branches,
				.low = 0.3,
				.high = 2.2},
	[CALIBRATE_MEMORY] = {.name = "pointer chase",
			      .prepare = throw_out,
			      .run = chase_memory,
			      .low = 0.5,
			      .high = 4},
	[CALIBRATE_STALLS] = {.name = "pointer chase, ns",
			      .prepare = throw_out,
			      .run = chase_ns,
			      .low = 0.02,
			      .high = 10},
	[CALIBRATE_REMOTE] = {.name = "lines another CPU wrote",
			      .prepare = start_partner,
			      .run = chase_remote,
			      .finish = stop_partner,
			      .low = 0.3,
			      .high = 4,
			      .cannot = ONE_CPU},
	[CALIBRATE_KERNEL] = {.name = "system calls", .run = system_calls, .low = 0.05, .high = 50},
	[CALIBRATE_SWITCHES] = {.name = "sleeps, by getrusage",
				.run = sleep_often,
				.low = 0.9,
				.high = 1.1},
	[CALIBRATE_MIGRATIONS] = {.name = "moves between two CPUs",
				  .prepare = two_cpus,
				  .run = move_about,
				  .low = 0.9,
				  .high = 1.1,
				  .cannot = ONE_CPU},
	[CALIBRATE_FAULTS] = {.name = "new pages, by getrusage",
			      .run = touch_pages,
			      .low = 0.9,
			      .high = 1.1},
	[CALIBRATE_TASK_CLOCK] = {.name = "CPU time", .run = burn_time, .low = 0.9, .high = 1.1},
};

const struct work *work_of(enum calibration_kind kind)
{
	return &works[kind];
}

const struct work *const *work_any(const struct counter_spec *spec)
{
	static const struct work *const hardware[] = {
		&works[CALIBRATE_INSTRUCTIONS], &works[CALIBRATE_BRANCHES],
		&works[CALIBRATE_MEMORY],       &works[CALIBRATE_KERNEL],
		&works[CALIBRATE_REMOTE],       NULL,
	};
	static const struct work *const software[] = {
		&works[CALIBRATE_TASK_CLOCK],
		&works[CALIBRATE_FAULTS],
		&works[CALIBRATE_SWITCHES],
		&works[CALIBRATE_MIGRATIONS],
		NULL,
	};

	return spec->source == &counter_source_software ? software : hardware;
}
