// SPDX-License-Identifier: GPL-2.0-or-later
/* See workers.h. */
#include "measure/workers.h"

static struct worker_pool own_pool(const struct worker *w, unsigned long n)
{
	struct iommu_range own = w->allocator->own_pool(w->map, w->cpu, n);

	return (struct worker_pool){.start = own.start, .size = own.end - own.start};
}

void workers_set_up(struct worker *w, const struct executor_config *c, struct iommu_map *map,
		    struct worker **peers, unsigned int cpu)
{
	w->allocator = c->allocator;
	w->map = map;
	w->cpu = cpu;
	w->ncpus = c->ncpus;
	w->share = (unsigned long)((uint64_t)c->geometry.entries * c->occupancy / 100 / c->ncpus);
	w->peers = peers;
	w->own = own_pool(w, 1);
	w->own_large = own_pool(w, IOMMU_LARGE_REQUEST + 1);
	w->total.rng = executor_seed(c->seed, cpu);
	peers[cpu] = w;
}

size_t workers_state_size(const struct worker *w, const struct workload *workload)
{
	return (workload->state_size(w) / IOMMU_CACHE_LINE + 1) * IOMMU_CACHE_LINE;
}

double workers_own_pool_occupancy(const struct executor_config *c, const struct iommu_map *map,
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

static double fairness(const struct executor_result *r, unsigned int ncpus)
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

bool workers_add_up(struct executor_result *r, unsigned int ncpus)
{
	for (unsigned int i = 0; i < ncpus; i++) {
		const struct executor_cpu *c = &r->cpu[i];

		r->pairs += c->pairs;
		r->seconds += c->seconds / ncpus;
		r->ops_per_second += (double)c->pairs / c->seconds;
	}
	if (!r->pairs)
		return false;
	r->real_time_ns = 1e9 * ncpus / r->ops_per_second;
	r->fairness = fairness(r, ncpus);
	return true;
}
