/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What counters are called, and what to ask of the kernel for them. */
#ifndef IOMMUBENCH_COUNTER_NAMES_H
#define IOMMUBENCH_COUNTER_NAMES_H

#include "counters.h"
#include "counters/calibrate.h"
#include "counters/event_map.h"

struct counter_name {
	const char *name;
	const char *summary; /* one line for `list` */
	const struct counter_source *source;
	enum calibration_kind kind;
	enum counter_scope scope;
	int key;       /* an enum event_key; -1: none */
	uint32_t type; /* the generic event */
	uint64_t config;
};

/* All short names in the order in which they are counted; *count gets their number. */
const struct counter_name *counter_names(size_t *count);

/* The short name, or NULL. */
const struct counter_name *counter_name_find(const char *name);

/* Ways to count something, the better first. */
struct counter_ways {
	unsigned int count;
	enum calibration_kind kind;
	struct counter_spec spec[2];
	char event[2][EVENT_TEXT_MAX];     /* what it is called there */
	char reason[EVENT_TEXT_MAX + 100]; /* if there is none */
};

/*
 * Finds out how @name can be counted on this host: a short name, a raw code (r1c2, r1c2:uk), or
 * what libpfm4 knows. 0, with w->count 0 and a reason if this PMU has nothing of it; -EINVAL with *e
 * set: there is no such event.
 */
int counter_ways(const char *name, struct counter_ways *w, struct error *e);

#endif
