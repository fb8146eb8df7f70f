// SPDX-License-Identifier: GPL-2.0-or-later
/* Does a fixed number of steps, which a tool outside counts the instructions of. */
#include "measure/steps.h"

#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "measure/workers.h"
#include "plan/variant.h"

#define WARM_UP_ROUNDS 2
#define ROUNDS         4
/* Pairs: large maps are not gone around, as what counts is slow. */
#define PAIRS_MIN 32768UL
#define PAIRS_MAX 262144UL

/* Named for valgrind's --toggle-collect. */
void steps_counted(struct worker *w, void (*step)(struct worker *w), unsigned long steps);

void steps_counted(struct worker *w, void (*step)(struct worker *w), unsigned long steps)
{
	while (steps--)
		step(w);
}

static unsigned long steps_of(const struct interval_config *c, unsigned long rounds)
{
	unsigned long pairs = c->geometry.entries * rounds;

	if (pairs < PAIRS_MIN)
		pairs = PAIRS_MIN;
	if (pairs > PAIRS_MAX)
		pairs = PAIRS_MAX;
	return pairs / WORKLOAD_STEP;
}

static int worker_make(const struct interval_config *c, struct iommu_map *map, struct worker *w,
		       struct worker **peers, struct error *e)
{
	memset(w, 0, sizeof(*w));
	workers_set_up(w, c, map, peers, 0);
	return workers_make_state(w, c->workload, e);
}

static void do_steps(const struct interval_config *c, struct worker *w, struct flush_device *device,
		     struct interval_result *r)
{
	/* Through a pointer that might change, so that it is neither inlined nor cloned. */
	void (*volatile counted)(struct worker *, void (*)(struct worker *), unsigned long) =
		steps_counted;
	const struct workload *load = c->workload;
	struct tally before;
	uint64_t begin, flushes;

	if (load->init)
		load->init(w);
	if (load->fill)
		load->fill(w);
	for (unsigned long i = steps_of(c, WARM_UP_ROUNDS); i > 0; i--)
		load->step(w);
	before = w->total;
	flushes = device->count;
	begin = clock_raw_ns();
	counted(w, load->step, steps_of(c, ROUNDS));
	r->seconds = (double)(clock_raw_ns() - begin) / 1e9;
	r->flushes = device->count - flushes;
	r->pairs = w->total.pairs - before.pairs;
	r->alloc_failures = w->total.failures - before.failures;
	load->drain(w);
}

int steps_run(const struct interval_config *c, struct interval_result *r, struct error *e)
{
	struct flush_device *device = aligned_alloc(_Alignof(struct flush_device), sizeof(*device));
	struct worker *w = aligned_alloc(_Alignof(struct worker), sizeof(*w));
	struct worker *peers[1];
	struct iommu_map *map = NULL;
	int err = device && w ? 0 : error_set(e, "no memory");

	memset(r, 0, sizeof(*r));
	if (!err && c->ncpus != 1)
		err = error_set(e, "steps are counted on one CPU, not %u", c->ncpus);
	if (!err) {
		w->state = NULL;
		flush_device_init(device, c->flush, 0, 1);
		flush_device_spend(device, false);
		map = map_create(c->allocator, &c->geometry,
				 flush_device_function(c->flush, c->allocator), device, e);
		err = map ? worker_make(c, map, w, peers, e) : -EINVAL;
	}
	if (!err) {
		do_steps(c, w, device, r);
		free(w->state);
		if (!r->pairs)
			err = error_set(e, "no pair was done in so many steps");
	}
	if (!err) {
		r->real_time_ns = 1e9 * r->seconds / (double)r->pairs;
		r->flushes_per_kop = 1000.0 * (double)r->flushes / (double)r->pairs;
	}
	map_destroy(map);
	free(w);
	free(device);
	return err;
}
