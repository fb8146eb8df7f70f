// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * full: near exhaustion. All CPUs map one-page entries until an allocation fails (or a CPU has its
 * equal part of the whole map), then free a sixteenth of their own at random and go on, as
 * drivers do that back off when mapping fails. The occupancy setting does not matter.
 */
#include "slots.h"

#define BACK_OFF 16

static unsigned long cap(const struct worker *w)
{
	unsigned long part = w->map->entries / w->ncpus;

	return part ? part : 1;
}

static size_t full_state_size(const struct worker *w)
{
	return slots_size(cap(w));
}

static void full_fill(struct worker *w)
{
	slots_fill(w, cap(w));
}

/* slots.next counts what is left to free of backing off. */
static void full_step(struct worker *w)
{
	const unsigned long most = cap(w);
	struct tally t = worker_begin(w);
	struct slots *s = w->state;

	for (int i = 0; i < WORKLOAD_STEP; i++) {
		unsigned long before = s->count;

		if (s->next && s->count) {
			s->next--;
			slots_unmap(w, &t, tally_random_below(&t, s->count));
			worker_think(w);
			continue;
		}
		if (s->count < most)
			slots_map(w, &t, s->count + 1);
		if (s->count == before)
			s->next = s->count / BACK_OFF + 1;
	}
	worker_end(w, &t);
}

static const struct workload full = {
	.name = "full",
	.summary = "near exhaustion: map until it fails, free a sixteenth, go on",
	.rank = 60,
	.min_cpus = 1,
	.ignores_occupancy = true,
	.smoke_occupancy = 0,
	.state_size = full_state_size,
	.fill = full_fill,
	.step = full_step,
	.drain = slots_drain,
};
WORKLOAD(full);
