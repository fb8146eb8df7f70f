/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the native and the simulating executor have in common: workers and what they add up to. */
#ifndef IOMMUBENCH_WORKERS_H
#define IOMMUBENCH_WORKERS_H

#include "measure/executor.h"

/*
 * Sets up @w, zeroed, as CPU @cpu's of @peers, but for state, think and which copy of the allocator
 * it calls: that is @config's. Puts it into @peers.
 */
void workers_set_up(struct worker *w, const struct executor_config *config, struct iommu_map *map,
		    struct worker **peers, unsigned int cpu);

/* Bytes of @w's state, a multiple of IOMMU_CACHE_LINE, at least one. */
size_t workers_state_size(const struct worker *w, const struct workload *workload);

/* Part of the pools that the CPUs reach first which is taken, in percent. While no CPU allocates. */
double workers_own_pool_occupancy(const struct executor_config *config, const struct iommu_map *map,
				  struct worker *const *peers);

/* Adds up r->cpu[]: pairs, seconds, rates and fairness. False if no pair was done. */
bool workers_add_up(struct executor_result *r, unsigned int ncpus);

#endif
