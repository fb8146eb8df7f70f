// SPDX-License-Identifier: GPL-2.0-or-later
/* Keeps what the threads of an interval record of their locks, and adds it up. */
#include "measure/recording.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int recording_open(struct recording *r, const struct interval_config *c, unsigned int cpu,
		   struct error *e)
{
	const size_t size = LOCKSTAT_CLASSES * sizeof(*r->locks.stats);

	lockstat_cpu = cpu + 1;
	if (c->locks == INTERVAL_LOCKS_NOT)
		return 0;
	r->locks.stats = malloc(size);
	if (!r->locks.stats)
		return error_set(e, "no memory for lock statistics");
	/* Not calloc: the pages must be there before they are recorded to. */
	memset(r->locks.stats, 0, size);
	return 0;
}

void recording_close(struct recording *r)
{
	free(r->locks.stats);
	*r = (struct recording){0};
}

static const struct lockstat_gaps never = {.all = LOCKSTAT_NEVER};

void recording_warm_up(struct recording *r)
{
	r->since = clock_ticks();
	lockstat_start(&lockstat_self, never, 0);
}

/*
 * Of three drawn acquisitions one is timed and one is tried, by two readings of the clock; and so is a wait. They are
 * written down. Where all wait for one lock, all wait for that, too.
 */
#define TIMED_KINDS (2.0 / 3)
#define READINGS    2
#define WRITE_NS    100
#define GAP_MIN     10
#define GAP_MAX     1000000

static unsigned int gap(double each_ns, double per_ns, unsigned int least)
{
	return (unsigned int)fmin(fmax(ceil(per_ns * each_ns / RECORDING_SHARE), least), GAP_MAX);
}

struct lockstat_gaps recording_gaps(uint64_t acquisitions, uint64_t contended, double ns,
				    double clock_read_ns)
{
	const double timed_ns = READINGS * clock_read_ns + WRITE_NS;

	return (struct lockstat_gaps){
		.all = gap(TIMED_KINDS * timed_ns, (double)acquisitions / ns, GAP_MIN),
		.contended = gap(timed_ns, (double)contended / ns, 1),
	};
}

struct lockstat_gaps recording_gaps_now(const struct recording *r, const struct interval_config *c)
{
	const struct lockstat_thread *t = &lockstat_self;

	return recording_gaps(lockstat_acquisitions(t) * c->ncpus, t->failed * c->ncpus,
			      (double)(clock_ticks() - r->since) / c->ticks_per_ns,
			      c->clock_read_ns);
}

void recording_begin(struct recording *r, struct lockstat_gaps gaps, uint64_t seed)
{
	if (!r->locks.stats)
		return;
	lockstat_self.stats = r->locks.stats;
	lockstat_start(&lockstat_self, gaps, seed);
}

void recording_end(struct recording *r)
{
	if (!r->locks.stats)
		return;
	r->locks = lockstat_self;
	lockstat_start(&lockstat_self, never, 0);
	lockstat_self.stats = NULL;
}

int recording_add(const struct recording *r, struct interval_result *result, struct error *e)
{
	if (!result->locks)
		result->locks = calloc(LOCKSTAT_CLASSES, sizeof(*result->locks));
	if (!result->locks)
		return error_set(e, "no memory for lock statistics");
	result->acquisitions += lockstat_merge(result->locks, &r->locks);
	return 0;
}
