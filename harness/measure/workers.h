/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the native and the simulating executor have in common: how workers are set up. */
#ifndef IOMMUBENCH_WORKERS_H
#define IOMMUBENCH_WORKERS_H

#include "base/error.h"
#include "measure/interval.h"

/*
 * May each of @cpus CPUs ask @a for a part of the map by its mask? pooled and ppc serve such a request under another
 * pool's lock than what it takes from, so only with one CPU, or one pool.
 */
bool workers_may_mask(const struct iommu_allocator *a, const struct iommu_geometry *g,
		      unsigned int cpus);

/* A device that reaches the lower half of a map, as one of 32 bits does. */
struct iommu_device workers_narrow_device(const struct iommu_geometry *g);

/*
 * Sets up @w, which is zeroed, for CPU @cpu and puts it into @peers; not its state and think, and
 * its allocator is @config's.
 */
void workers_set_up(struct worker *w, const struct interval_config *config, struct iommu_map *map,
		    struct worker **peers, unsigned int cpu);

/* Bytes of @w's state, a multiple of IOMMU_CACHE_LINE, at least one. */
size_t workers_state_size(const struct worker *w, const struct workload *workload);

/* Makes that state, zeroed. 0, or -EINVAL with *e set; free w->state. */
int workers_make_state(struct worker *w, const struct workload *workload, struct error *e);

/* The same before there is a worker, for each of the CPUs of @config. */
size_t workers_state_size_of(const struct interval_config *config);

/* After the last drain: 0, or -EINVAL with *e set if entries of @map are still taken. */
int workers_check_leaks(const struct interval_config *config, const struct iommu_map *map,
			struct error *e);

/*
 * Own-pool fill: how full the pools are that the CPUs allocate from first, in percent. Counted, not worked out: it is
 * occupancy x pools / CPUs that reach different pools, at most 100. Call it while no CPU allocates.
 */
double workers_own_pool_occupancy(const struct interval_config *config, const struct iommu_map *map,
				  struct worker *const *peers);

#endif
