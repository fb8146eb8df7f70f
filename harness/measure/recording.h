/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the threads of an interval record of their locks. Takes the statistics build. */
#ifndef IOMMUBENCH_RECORDING_H
#define IOMMUBENCH_RECORDING_H

#include "measure/interval.h"

/* One thread's. All zero: none. */
struct recording {
	struct lockstat_thread *locks; /* where it records, or NULL */
	uint64_t pairs;                /* done while it did */
};

/*
 * Makes room for the calling thread, CPU number @cpu, before its first step; nothing where @c asks for no
 * record. 0, or -EINVAL with *e set. recording_close() in either case.
 */
int recording_open(struct recording *r, const struct interval_config *c, unsigned int cpu,
		   struct error *e);
void recording_close(struct recording *r);

/* The calling thread records from here on, or no longer. It must hold no lock. */
void recording_switch(const struct recording *r, bool on);

/* One step of @w, recorded or not. Steps differ in how many pairs they do, so what is recorded is scaled by pairs. */
void recording_step(struct recording *r, void (*step)(struct worker *), struct worker *w, bool on);

/*
 * After the interval: adds @r to result->locks, which is made for the first. 0, or -EINVAL with *e set if
 * memory is short.
 */
int recording_add(const struct recording *r, struct interval_result *result, struct error *e);

#endif
