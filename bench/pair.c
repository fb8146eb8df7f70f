// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pair: map one page, unmap it at once, while the CPU's share of the map stays taken in the
 * background. The shortest path through an allocator.
 */
#include "slots.h"

static size_t pair_state_size(const struct worker *w)
{
	return slots_size(w->share);
}

static void pair_fill(struct worker *w)
{
	slots_fill(w, w->share);
}

static void pair_step(struct worker *w)
{
	struct tally t = worker_begin(w);

	for (int i = 0; i < WORKLOAD_STEP; i++) {
		unsigned long entry = worker_map(w, &t, 1, NULL);

		if (entry == IOMMU_FAIL)
			continue;
		worker_unmap(w, &t, entry, 1);
		worker_think(w);
	}
	worker_end(w, &t);
}

static const struct workload pair = {
	.name = "pair",
	.summary = "map one page and unmap it at once",
	.rank = 20,
	.min_cpus = 1,
	.smoke_occupancy = 25,
	.state_size = pair_state_size,
	.fill = pair_fill,
	.step = pair_step,
	.drain = slots_drain,
};
WORKLOAD(pair);
