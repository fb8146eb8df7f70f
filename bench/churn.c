// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * churn: random lifetimes. Each CPU keeps its share of one-page maps (at least one), frees a
 * random one of them and maps a new one: the map becomes fragmented, as after days of use.
 */
#include "slots.h"

static void churn_step(struct worker *w)
{
	struct tally t = worker_begin(w);
	struct slots *s = w->state;

	for (int i = 0; i < WORKLOAD_STEP; i++) {
		if (s->count) {
			slots_unmap(w, &t, tally_random_below(&t, s->count));
			worker_think(w);
		}
		slots_map(w, &t, s->count + 1);
		/* Where other CPUs had left no room for the whole share. */
		if (s->count < slots_depth(w))
			slots_map(w, &t, s->count + 1);
	}
	worker_end(w, &t);
}

static const struct workload churn = {
	.name = "churn",
	.summary = "one-page maps with random lifetimes",
	.rank = 30,
	.min_cpus = 1,
	.smoke_occupancy = 25,
	.state_size = slots_state_size,
	.fill = slots_fill_share,
	.step = churn_step,
	.drain = slots_drain,
};
WORKLOAD(churn);
