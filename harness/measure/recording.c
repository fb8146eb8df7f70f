// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps what the threads of an interval record of their locks, and adds it up. */
#include "measure/recording.h"

#include <stdlib.h>
#include <string.h>

int recording_open(struct recording *r, const struct interval_config *c, unsigned int cpu,
		   struct error *e)
{
	const size_t size = LOCKSTAT_CLASSES * sizeof(*r->locks->stats);

	lockstat_cpu = cpu + 1;
	if (!c->lock_sample)
		return 0;
	r->locks = calloc(1, sizeof(*r->locks));
	if (r->locks)
		r->locks->stats = malloc(size);
	if (!r->locks || !r->locks->stats)
		return error_set(e, "no memory for lock statistics");
	/* Not calloc: the pages must be there before they are recorded to. */
	memset(r->locks->stats, 0, size);
	r->locks->recording = true;
	return 0;
}

void recording_close(struct recording *r)
{
	if (r->locks)
		free(r->locks->stats);
	free(r->locks);
	r->locks = NULL;
}

void recording_switch(const struct recording *r, bool on)
{
	lockstat_self = on ? r->locks : NULL;
}

void recording_step(struct recording *r, void (*step)(struct worker *), struct worker *w, bool on)
{
	const uint64_t before = w->total.pairs;

	recording_switch(r, on);
	step(w);
	if (on)
		r->pairs += w->total.pairs - before;
}

int recording_add(const struct recording *r, struct interval_result *result, struct error *e)
{
	if (!result->locks)
		result->locks = calloc(LOCKSTAT_CLASSES, sizeof(*result->locks));
	if (!result->locks)
		return error_set(e, "no memory for lock statistics");
	for (unsigned int id = 0; id < LOCKSTAT_CLASSES; id++)
		lockstat_merge(&result->locks[id], &r->locks->stats[id]);
	return 0;
}
