/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the threads of an interval record of their locks. Takes the statistics build. */
#ifndef IOMMUBENCH_RECORDING_H
#define IOMMUBENCH_RECORDING_H

#include "measure/interval.h"

/* One thread's. All zero: none. */
struct recording {
	struct lockstat_thread locks; /* where it records, and from its end on what it counted */
	uint64_t since;               /* when it began to count, in ticks */
};

/*
 * Makes room for the calling thread, CPU number @cpu, before its first step; nothing where @c asks for no
 * record. 0, or -EINVAL with *e set. recording_close() in either case.
 */
int recording_open(struct recording *r, const struct interval_config *c, unsigned int cpu,
		   struct error *e);
void recording_close(struct recording *r);

/* The calling thread, which holds no lock, counts its acquisitions from here on. */
void recording_warm_up(struct recording *r);

/*
 * One of how many is to be drawn, where all CPUs together make @acquisitions in @ns, @contended of them: so few that
 * drawing takes at most RECORDING_SHARE of the time, even if all wait for it. None is LOCKSTAT_NEVER.
 */
#define RECORDING_SHARE 0.01
struct lockstat_gaps recording_gaps(uint64_t acquisitions, uint64_t contended, double ns,
				    double clock_read_ns);
/* The same, if all CPUs make as many as the calling thread has since recording_warm_up(). */
struct lockstat_gaps recording_gaps_now(const struct recording *r, const struct interval_config *c);

/* The interval begins: the calling thread counts anew, and draws. It must hold no lock. */
void recording_begin(struct recording *r, struct lockstat_gaps gaps, uint64_t seed);
/* The calling thread, which holds no lock, records no longer. */
void recording_end(struct recording *r);

/*
 * After the interval: adds @r to result->locks, which is made for the first. 0, or -EINVAL with *e set if
 * memory is short.
 */
int recording_add(const struct recording *r, struct interval_result *result, struct error *e);

#endif
