// SPDX-License-Identifier: GPL-2.0-or-later
/* Sets up workers for threads and simulated CPUs alike. */
#include "measure/workers.h"

#include <stdlib.h>
#include <string.h>

static struct worker_pool own_pool(const struct worker *w, unsigned long n)
{
	struct iommu_range own = w->allocator->own_pool(w->map, w->cpu, n);

	return (struct worker_pool){.start = own.start, .size = own.end - own.start};
}

/* Entries that each CPU keeps live. */
static unsigned long share_of(const struct interval_config *c)
{
	return (unsigned long)((uint64_t)c->geometry.entries * c->occupancy / 100 / c->ncpus);
}

bool workers_may_mask(const struct iommu_allocator *a, const struct iommu_geometry *g,
		      unsigned int cpus)
{
	const bool one_pool = g->npools == 1 && !g->large_pool && !a->always_large_pool;

	return a->uses_mask && (a->masks_concurrently || one_pool || cpus == 1);
}

struct iommu_device workers_narrow_device(const struct iommu_geometry *g)
{
	struct iommu_device device = iommu_any_device;

	device.mask = g->base + g->entries / 2 - 1;
	return device;
}

void workers_set_up(struct worker *w, const struct interval_config *c, struct iommu_map *map,
		    struct worker **peers, unsigned int cpu)
{
	w->allocator = c->allocator;
	w->map = map;
	w->device = &iommu_any_device;
	w->base = c->geometry.base;
	if (c->workload->narrow_device && workers_may_mask(c->allocator, &c->geometry, c->ncpus)) {
		w->narrow = workers_narrow_device(&c->geometry);
		w->device = &w->narrow;
	}
	w->cpu = cpu;
	w->ncpus = c->ncpus;
	w->share = share_of(c);
	w->peers = peers;
	w->own = own_pool(w, 1);
	w->own_large = own_pool(w, IOMMU_LARGE_REQUEST + 1);
	w->total.rng = interval_seed(c->seed, cpu);
	peers[cpu] = w;
}

size_t workers_state_size(const struct worker *w, const struct workload *workload)
{
	return (workload->state_size(w) / IOMMU_CACHE_LINE + 1) * IOMMU_CACHE_LINE;
}

size_t workers_state_size_of(const struct interval_config *c)
{
	struct iommu_map map = {.entries = c->geometry.entries};
	struct worker w = {.ncpus = c->ncpus, .map = &map, .share = share_of(c)};

	return workers_state_size(&w, c->workload);
}

int workers_make_state(struct worker *w, const struct workload *workload, struct error *e)
{
	size_t size = workers_state_size(w, workload);

	w->state = aligned_alloc(IOMMU_CACHE_LINE, size);
	if (!w->state)
		return error_set(e, "no memory for a workload's state of %zu bytes", size);
	memset(w->state, 0, size);
	return 0;
}

int workers_check_leaks(const struct interval_config *c, const struct iommu_map *map,
			struct error *e)
{
	const struct iommu_range all = {.start = 0, .end = c->geometry.entries};
	unsigned long leaked = c->allocator->live(map, all);

	return leaked ? error_set(e, "%s leaked %lu entries in %s", c->allocator->name, leaked,
				  c->workload->name) :
			0;
}

double workers_own_pool_occupancy(const struct interval_config *c, const struct iommu_map *map,
				  struct worker *const *peers)
{
	unsigned long live = 0, size = 0;

	for (unsigned int i = 0; i < c->ncpus; i++) {
		struct worker_pool own = peers[i]->own;
		struct iommu_range range = {.start = own.start, .end = own.start + own.size};
		bool counted = false;

		for (unsigned int j = 0; j < i; j++)
			counted |= peers[j]->own.start == own.start;
		if (counted)
			continue;
		live += c->allocator->live(map, range);
		size += own.size;
	}
	return 100.0 * (double)live / (double)size;
}
