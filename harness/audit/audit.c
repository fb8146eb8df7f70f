// SPDX-License-Identifier: GPL-2.0-or-later
/* Audits one cell: one or more threads map and unmap pages as the protocol draws them. */
#include "audit/audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "plan/variant.h"

const struct workload audit_orders[FREE_ORDERS] = {
	[FREE_RANDOM] = {.name = "random", .min_cpus = 1},
	[FREE_FIFO] = {.name = "fifo", .min_cpus = 1},
	[FREE_LIFO] = {.name = "lifo", .min_cpus = 1},
};

struct audit;

/* One thread. */
struct auditor {
	struct audit *a;
	unsigned int number;
	unsigned int cpu;           /* the CPU number it maps, and then unmaps, with */
	struct iommu_range freeing; /* by the call under way */
	struct tally draw;          /* counts, and draws victims and CPU numbers */
	struct tally
		device; /* draws what the device accesses; separate, so that it does not change the rest */
	unsigned long *slot; /* the entries held, IOMMU_FAIL for none */
	uint32_t *id;        /* and the script's name of their allocs */
	unsigned long slots;
	unsigned long oldest; /* FIFO: the slot whose turn it is */
	uint64_t operations;
	struct emulated_iommu_counts counts;
	uint64_t begin_ns, end_ns, cpu_ns;
	pthread_t thread;
	bool started;
	int err;
	struct error error;
};

struct audit {
	const struct audit_config *config;
	enum free_order order;
	struct emulated_iommu iommu;
	struct iommu_map *map;
	struct auditor *auditor;
	unsigned int threads;
	pthread_mutex_t gate; /* held until all threads are started, or one could not be */
	pthread_barrier_t barrier;
	_Atomic bool failed; /* a thread could not get ready */
};

static _Thread_local struct auditor *self;

const struct workload *audit_order_find(const char *name)
{
	for (size_t i = 0; i < FREE_ORDERS; i++) {
		if (strcmp(audit_orders[i].name, name) == 0)
			return &audit_orders[i];
	}
	return NULL;
}

const char *const audit_draws_names[DRAWS] = {
	[DRAWS_RECORDED] = "recorded",
	[DRAWS_INDEPENDENT] = "independent",
};

/* The protocol's next number below @below. */
static unsigned long draw_below(struct auditor *t, unsigned long below)
{
	uint64_t x = t->draw.rng;

	if (t->a->config->draws == DRAWS_INDEPENDENT)
		return tally_random_below(&t->draw, below);
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	t->draw.rng = x;
	return (unsigned long)(x % below);
}

/*
 * The CPU number to go on with. No two threads are inside with the same: thread t of T has those whose
 * remainder by T is t.
 */
static void draw_cpu(struct auditor *t)
{
	const unsigned int threads = t->a->threads, cpus = t->a->config->cell->cpus;
	const unsigned int own = t->number < cpus ? (cpus - t->number - 1) / threads + 1 : 1;

	t->cpu = t->number + threads * (unsigned int)draw_below(t, own);
}

static void record_alloc(struct auditor *t, unsigned long i)
{
	if (t->a->config->script)
		t->id[i] = script_alloc(t->a->config->script, t->cpu);
}

/* Maps a page into slot @i, and the device uses it. */
static void map_slot(struct auditor *t, unsigned long i)
{
	const struct audit_config *c = t->a->config;
	unsigned long entry;

	draw_cpu(t);
	record_alloc(t, i);
	entry = c->cell->allocator->alloc(t->a->map, t->cpu, 1, 0, NULL, &iommu_any_device);
	t->slot[i] = entry;
	if (entry == IOMMU_FAIL) {
		t->draw.failures++;
		return;
	}
	if (emulated_iommu_map(&t->a->iommu, entry) == EMULATED_TAKEN) {
		t->err = error_set(&t->error, "%s handed out entry %lu, which was taken",
				   c->cell->allocator->name, entry);
		t->slot[i] = IOMMU_FAIL;
		return;
	}
	emulated_iommu_dma(&t->a->iommu, entry);
}

static void unmap_slot(struct auditor *t, unsigned long i)
{
	const struct audit_config *c = t->a->config;
	const unsigned long entry = t->slot[i];

	if (entry == IOMMU_FAIL)
		return;
	t->slot[i] = IOMMU_FAIL;
	if (c->script)
		script_free(c->script, t->cpu, t->id[i]);
	emulated_iommu_dma(&t->a->iommu, entry);
	emulated_iommu_unmap(&t->a->iommu, entry);
	t->freeing = (struct iommu_range){.start = entry, .end = entry + 1};
	c->cell->allocator->free(t->a->map, t->cpu, entry, 1);
	t->freeing.end = entry;
	t->draw.pairs++;
}

static unsigned long choose_slot(struct auditor *t)
{
	unsigned long i = t->slots - 1;

	switch (t->a->order) {
	case FREE_RANDOM:
		i = draw_below(t, t->slots);
		break;
	case FREE_FIFO:
		i = t->oldest;
		t->oldest = i + 1 < t->slots ? i + 1 : 0;
		break;
	case FREE_LIFO: /* the last slot: what it holds is always the newest */
	case FREE_ORDERS:
		break;
	}
	return i;
}

void audit_free_one(void)
{
	unmap_slot(self, choose_slot(self));
}

/* A slot that a failed alloc left empty has another try when its turn comes. */
static void operate(struct auditor *t)
{
	unsigned long i = choose_slot(t);

	unmap_slot(t, i);
	map_slot(t, i);
	i = tally_random_below(&t->device, t->slots);
	if (t->slot[i] != IOMMU_FAIL)
		emulated_iommu_dma(&t->a->iommu, t->slot[i]);
}

static void fill(struct auditor *t)
{
	for (unsigned long i = 0; i < t->slots && !t->err; i++)
		map_slot(t, i);
}

/* The fill is not counted. */
static void forget_fill(struct auditor *t)
{
	memset(&t->counts, 0, sizeof(t->counts));
	t->draw.pairs = 0;
	t->draw.failures = 0;
}

static void work(struct auditor *t)
{
	const bool until_reuse = t->a->config->script;

	t->begin_ns = clock_raw_ns();
	t->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	for (uint64_t i = 0; i < t->operations && !t->err; i++) {
		operate(t);
		if (until_reuse && t->counts.stale_reuse)
			break;
	}
	t->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - t->cpu_ns;
	t->end_ns = clock_raw_ns();
}

/* By the thread itself, so that its memory is local to where it runs. */
static int prepare(struct auditor *t)
{
	const struct audit_config *c = t->a->config;
	unsigned long live = c->geometry.entries * c->cell->occupancy / 100 / t->a->threads;

	self = t;
	emulated_self = &t->counts;
	t->slots = live ? live : 1;
	t->slot = malloc(t->slots * sizeof(*t->slot));
	t->id = calloc(t->slots, sizeof(*t->id));
	if (!t->slot || !t->id)
		return error_set(&t->error, "no memory for %lu entries", t->slots);
	if (t->a->threads > 1 && c->topology)
		return topology_pin(c->topology, t->number, &t->error);
	return 0;
}

static void *thread_main(void *arg)
{
	struct auditor *t = arg;
	struct audit *a = t->a;

	pthread_mutex_lock(&a->gate);
	pthread_mutex_unlock(&a->gate);
	if (atomic_load(&a->failed))
		return NULL;
	t->err = prepare(t);
	if (t->err)
		atomic_store(&a->failed, true);
	pthread_barrier_wait(&a->barrier);
	if (atomic_load(&a->failed))
		return NULL;
	fill(t);
	pthread_barrier_wait(&a->barrier);
	forget_fill(t);
	pthread_barrier_wait(&a->barrier);
	work(t);
	return NULL;
}

static void run_alone(struct auditor *t)
{
	t->err = prepare(t);
	if (t->err)
		return;
	fill(t);
	forget_fill(t);
	work(t);
}

static int run_threads(struct audit *a, struct error *e)
{
	int err = 0;

	pthread_mutex_init(&a->gate, NULL);
	pthread_barrier_init(&a->barrier, NULL, a->threads);
	pthread_mutex_lock(&a->gate);
	for (unsigned int i = 0; i < a->threads && !err; i++) {
		struct auditor *t = &a->auditor[i];

		err = pthread_create(&t->thread, NULL, thread_main, t);
		t->started = !err;
		if (err) {
			atomic_store(&a->failed, true);
			error_set(e, "cannot start thread %u: %s", i, strerror(err));
		}
	}
	pthread_mutex_unlock(&a->gate);
	for (unsigned int i = 0; i < a->threads; i++) {
		if (a->auditor[i].started)
			pthread_join(a->auditor[i].thread, NULL);
	}
	pthread_barrier_destroy(&a->barrier);
	pthread_mutex_destroy(&a->gate);
	return err ? -EINVAL : 0;
}

static void set_up_auditor(struct audit *a, unsigned int number)
{
	const struct audit_config *c = a->config;
	struct auditor *t = &a->auditor[number];

	t->a = a;
	t->number = number;
	t->operations = c->operations / a->threads + (number < c->operations % a->threads);
	/* splitmix64's increment keeps the sequences apart; never 0. */
	t->device.rng = ((c->seed + 1) * UINT64_C(0x9E3779B97F4A7C15) +
			 (number + 1) * UINT64_C(0xD1B54A32D192ED03)) |
			1;
	t->draw.rng = tally_random(&t->device) | 1;
	/* The recording's first thread began with the seed itself. */
	if (c->draws == DRAWS_RECORDED && number == 0 && c->seed)
		t->draw.rng = c->seed;
}

static int summarise(struct audit *a, struct audit_result *r, struct error *e)
{
	uint64_t wall_ns = 0, cpu_ns = 0;

	for (unsigned int i = 0; i < a->threads; i++) {
		struct auditor *t = &a->auditor[i];

		if (t->err) {
			*e = t->error;
			return t->err;
		}
		r->pairs += t->draw.pairs;
		r->failures += t->draw.failures;
		r->allocations += t->counts.maps;
		r->stale_reuse += t->counts.stale_reuse;
		r->stale_hits += t->counts.stale_hits;
		r->flushes += t->counts.flushes;
		hist_merge(&r->windows, &t->counts.windows);
		wall_ns += t->end_ns - t->begin_ns;
		cpu_ns += t->cpu_ns;
	}
	if (!r->pairs)
		return error_set(e, "no pair was done: no entry of the map could be allocated");
	r->censored = emulated_iommu_uncovered(&a->iommu);
	r->real_time_ns = (double)wall_ns / (double)r->pairs;
	r->cpu_time_ns = (double)cpu_ns / (double)r->pairs;
	return 0;
}

static void hypercall(void *emulated)
{
	emulated_iommu_hypercall(emulated, self->freeing);
}

static int run(struct audit *a, struct audit_result *r, struct error *e)
{
	const struct audit_config *c = a->config;
	int err = 0;

	a->map = map_create(c->cell->allocator, &c->geometry,
			    c->cell->allocator->hypercalls ? hypercall : emulated_iommu_flush,
			    &a->iommu, e);
	if (!a->map)
		return -EINVAL;
	for (unsigned int i = 0; i < a->threads; i++)
		set_up_auditor(a, i);
	if (a->threads > 1)
		err = run_threads(a, e);
	else
		run_alone(&a->auditor[0]);
	if (!err)
		err = summarise(a, r, e);
	map_destroy(a->map);
	for (unsigned int i = 0; i < a->threads; i++) {
		free(a->auditor[i].slot);
		free(a->auditor[i].id);
	}
	return err;
}

int audit_run(const struct audit_config *c, struct audit_result *r, struct error *e)
{
	struct audit *a = aligned_alloc(_Alignof(struct audit), sizeof(*a));
	int err;

	memset(r, 0, sizeof(*r));
	if (!a)
		return error_set(e, "no memory");
	memset(a, 0, sizeof(*a));
	a->config = c;
	a->order = (enum free_order)(c->cell->workload - audit_orders);
	a->threads = c->cell->audit_threads;
	a->auditor = calloc(a->threads, sizeof(*a->auditor));
	if (c->script) {
		c->script->allocator = c->cell->allocator;
		c->script->geometry = c->geometry;
		c->script->cpus = c->cell->cpus;
		c->script->seed = c->seed;
	}
	err = emulated_iommu_init(&a->iommu, c->geometry.entries, &c->iotlb, a->threads > 1, e);
	if (!err && !a->auditor)
		err = error_set(e, "no memory for %u threads", a->threads);
	a->iommu.during_flush = c->during_flush;
	if (!err)
		err = run(a, r, e);
	emulated_iommu_destroy(&a->iommu);
	free(a->auditor);
	free(a);
	return err;
}
