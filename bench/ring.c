// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ring: a network card's descriptor ring. Each CPU keeps as many one-page maps as its share (at
 * least one), frees the oldest and maps a new one in its place: first in, first out.
 */
#include "slots.h"

static void ring_step(struct worker *w)
{
	struct tally t = worker_begin(w);
	struct slots *s = w->state;

	for (int i = 0; i < WORKLOAD_STEP; i++) {
		unsigned long entry;

		/* Other CPUs left no room for the whole ring: make it up when they do. */
		if (s->count < slots_depth(w)) {
			slots_map(w, &t, s->count + 1);
			if (s->count == 0)
				continue;
		}
		if (s->next >= s->count)
			s->next = 0;
		worker_unmap(w, &t, s->entry[s->next], 1);
		worker_think(w);
		entry = worker_map(w, &t, 1, NULL);
		if (entry == IOMMU_FAIL)
			s->entry[s->next] = s->entry[--s->count];
		else
			s->entry[s->next++] = entry;
	}
	worker_end(w, &t);
}

static const struct workload ring = {
	.name = "ring",
	.summary = "a NIC's descriptor ring: one-page maps, freed first in, first out",
	.rank = 10,
	.min_cpus = 1,
	.smoke_occupancy = 25,
	.state_size = slots_state_size,
	.fill = slots_fill_share,
	.step = ring_step,
	.drain = slots_drain,
};
WORKLOAD(ring);
