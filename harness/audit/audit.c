// SPDX-License-Identifier: GPL-2.0-or-later
/* Audits one cell: one or more threads map and unmap pages as the protocol draws them. */
#include "audit/auditor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "base/stuck.h"
#include "device/ranges.h"
#include "measure/workers.h"
#include "plan/variant.h"

/* Orders of coherent requests are below it; equally often. */
#define COHERENT_ORDERS 5
#define COHERENT_MEAN   (((1UL << COHERENT_ORDERS) - 1) / COHERENT_ORDERS)

static _Thread_local struct auditor *self;

/* The protocol's next number below @below. */
static unsigned long draw_below(struct auditor *t, unsigned long below)
{
	uint64_t x = t->draw.rng;

	if (t->a->config->draws != DRAWS_RECORDED)
		return tally_random_below(&t->draw, below);
	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	t->draw.rng = x;
	return (unsigned long)(x % below);
}

/* No two threads are inside with the same CPU number: thread t of T has those whose remainder by T is t. */
static unsigned int own_cpus(const struct auditor *t)
{
	const unsigned int cpus = t->a->config->cell->cpus;

	return t->number < cpus ? (cpus - t->number - 1) / t->a->threads + 1 : 1;
}

/* The CPU number to go on with, in slot @i. */
static void draw_cpu(struct auditor *t, unsigned long i)
{
	const unsigned int own = own_cpus(t);
	const unsigned long drawn =
		t->a->config->draws == DRAWS_OWNED ? i % own : draw_below(t, own);

	t->cpu = t->number + t->a->threads * (unsigned int)drawn;
}

static void record_alloc(struct auditor *t, unsigned long i)
{
	if (t->a->config->script)
		t->id[i] = script_alloc(t->a->config->script, t->cpu, t->order_of[i]);
}

static unsigned long length_of(const struct auditor *t, unsigned long i)
{
	return 1UL << t->order_of[i];
}

/* The range of slot @i is mapped in the emulated IOMMU, if it is what was asked for. */
static int take_answer(struct auditor *t, unsigned long i)
{
	const unsigned long entry = t->slot[i], n = length_of(t, i);
	int err = ranges_answer(&t->a->ranges, entry, n, t->order_of[i], &t->a->device, &t->error);

	if (!err && emulated_iommu_map(&t->a->iommu, entry, n) == EMULATED_TAKEN)
		err = emulated_iommu_taken(&t->error, t->a->config->cell->allocator->name, entry,
					   n);
	return err;
}

/* Maps a range into slot @i, and the device uses its first page. */
static void map_slot(struct auditor *t, unsigned long i)
{
	const struct audit_config *c = t->a->config;

	draw_cpu(t, i);
	t->order_of[i] = t->a->order == FREE_COHERENT ? (uint8_t)draw_below(t, COHERENT_ORDERS) : 0;
	record_alloc(t, i);
	t->slot[i] = c->cell->allocator->alloc(t->a->map, t->cpu, length_of(t, i), t->order_of[i],
					       NULL, &t->a->device);
	if (t->slot[i] == IOMMU_FAIL) {
		t->draw.failures++;
		return;
	}
	t->err = take_answer(t, i);
	if (t->err)
		t->slot[i] = IOMMU_FAIL;
	else
		emulated_iommu_dma(&t->a->iommu, t->slot[i]);
}

static void unmap_slot(struct auditor *t, unsigned long i)
{
	const struct audit_config *c = t->a->config;
	const unsigned long entry = t->slot[i];

	if (entry == IOMMU_FAIL)
		return;
	if (c->draws == DRAWS_OWNED)
		draw_cpu(t, i);
	t->slot[i] = IOMMU_FAIL;
	if (c->script)
		script_free(c->script, t->cpu, t->order_of[i], t->id[i]);
	emulated_iommu_dma(&t->a->iommu, entry);
	emulated_iommu_unmap(&t->a->iommu, entry, length_of(t, i));
	t->freeing = (struct iommu_range){.start = entry, .end = entry + length_of(t, i)};
	c->cell->allocator->free(t->a->map, t->cpu, entry, length_of(t, i));
	t->freeing.end = entry;
	t->draw.pairs++;
}

static unsigned long choose_slot(struct auditor *t)
{
	unsigned long i = t->slots - 1;

	switch (t->a->order) {
	case FREE_RANDOM:
	case FREE_COHERENT:
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

	iommu_timer_run(&t->timer, t->a->config->cell->allocator, t->a->map, t->cpu,
			2 * IOMMU_OPERATION_NS * (t->draw.pairs + t->draw.failures));
	unmap_slot(t, i);
	map_slot(t, i);
	i = tally_random_below(&t->device, t->slots);
	if (t->slot[i] != IOMMU_FAIL)
		emulated_iommu_dma(&t->a->iommu, t->slot[i]);
}

void auditor_fill(struct auditor *t)
{
	for (unsigned long i = 0; i < t->slots && !t->err; i++)
		map_slot(t, i);
}

/* The fill is not counted. */
void auditor_forget_fill(struct auditor *t)
{
	memset(&t->counts, 0, sizeof(t->counts));
	t->draw.pairs = 0;
	t->draw.failures = 0;
}

void auditor_work(struct auditor *t)
{
	const bool until_reuse = t->a->config->script;

	t->begin_ns = clock_raw_ns();
	t->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID);
	for (uint64_t i = 0; i < t->operations && !t->err; i++) {
		operate(t);
		/* Seldom, as all threads write to the same line. */
		if (i % 256 == 0)
			stuck_step();
		if (until_reuse && t->counts.stale_reuse)
			break;
	}
	t->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - t->cpu_ns;
	t->end_ns = clock_raw_ns();
}

/* By the thread itself, so that its memory is local to where it runs. */
int auditor_prepare(struct auditor *t)
{
	const struct audit_config *c = t->a->config;
	unsigned long live = c->geometry.entries * c->cell->occupancy / 100 / t->a->threads;

	if (t->a->order == FREE_COHERENT)
		live /= COHERENT_MEAN;
	self = t;
	emulated_self = &t->counts;
	t->slots = live ? live : 1;
	t->slot = malloc(t->slots * sizeof(*t->slot));
	t->order_of = calloc(t->slots, sizeof(*t->order_of));
	t->id = calloc(t->slots, sizeof(*t->id));
	if (!t->slot || !t->order_of || !t->id)
		return error_set(&t->error, "no memory for %lu entries", t->slots);
	if (t->a->threads > 1 && c->topology)
		return topology_pin(c->topology, t->number, &t->error);
	return 0;
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
		r->reuses += t->counts.reuses;
		r->reused_entries += t->counts.reused_entries;
		r->overlapped += t->counts.overlapped;
		r->overtaken += t->counts.overtaken;
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
	err = auditors_run(a, e);
	if (!err)
		err = summarise(a, r, e);
	map_destroy(a->map);
	for (unsigned int i = 0; i < a->threads; i++) {
		free(a->auditor[i].slot);
		free(a->auditor[i].order_of);
		free(a->auditor[i].id);
	}
	return err;
}

int audit_run(const struct audit_config *c, struct audit_result *r, struct error *e)
{
	struct audit *a = aligned_alloc(_Alignof(struct audit), sizeof(*a));
	int err;

	memset(r, 0, sizeof(*r));
	r->seed = c->seed;
	if (!a)
		return error_set(e, "no memory");
	memset(a, 0, sizeof(*a));
	a->config = c;
	a->order = (enum free_order)(c->cell->workload - audit_orders);
	a->threads = c->cell->audit_threads;
	a->device = iommu_any_device;
	if (a->order == FREE_COHERENT &&
	    workers_may_mask(c->cell->allocator, &c->geometry, a->threads))
		a->device = workers_narrow_device(&c->geometry);
	a->auditor = calloc(a->threads, sizeof(*a->auditor));
	if (c->script) {
		c->script->allocator = c->cell->allocator;
		c->script->geometry = c->geometry;
		c->script->device = a->device;
		c->script->cpus = c->cell->cpus;
		c->script->seed = c->seed;
	}
	err = emulated_iommu_init(&a->iommu, c->geometry.entries, &c->iotlb, a->threads, e);
	if (!err && !a->auditor)
		err = error_set(e, "no memory for %u threads", a->threads);
	a->iommu.during_flush = c->during_flush;
	atomic_store(&a->iommu.patience, c->patience);
	if (!err)
		err = ranges_open(&a->ranges, c->cell->allocator, &c->geometry, e);
	if (!err)
		err = run(a, r, e);
	emulated_iommu_destroy(&a->iommu);
	ranges_close(&a->ranges);
	free(a->auditor);
	free(a);
	return err;
}
