/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which events of a PMU the short names stand for, as data: harness/events/NAME, built into the
 * program. Lines `key = EVENT | source`: the key is a short name, EVENT what libpfm4 calls it on
 * the PMUs of the line `models = ...` (libpfm4's names too). `none | reason` says that these PMUs
 * cannot count it. `#` begins a comment line. A key that is not there is left to the kernel's
 * generic event.
 */
#ifndef IOMMUBENCH_EVENT_MAP_H
#define IOMMUBENCH_EVENT_MAP_H

#include <stddef.h>

#include "base/error.h"
#include "base/fact_file.h"

/* The short names of hardware counters, in the order of listings. */
enum event_key {
	EVENT_CYCLES,
	EVENT_INSTRUCTIONS,
	EVENT_L1D_MISSES,
	EVENT_LLC_MISSES,
	EVENT_BRANCH_MISSES,
	EVENT_DTLB_MISSES,
	EVENT_STALLS,
	EVENT_REMOTE_MISSES,
	EVENT_KEYS
};

/* "cycles", ... */
extern const char *const event_key_names[EVENT_KEYS];

#define EVENT_TEXT_MAX FACT_VALUE_MAX

struct event_map {
	char name[32]; /* of the file */
	char summary[FACT_VALUE_MAX];
	char models[FACT_VALUE_MAX]; /* libpfm4's names, blanks between */
	struct {
		char event
			[EVENT_TEXT_MAX]; /* "": left to the generic event; "none": cannot be had */
		char source[FACT_SOURCE_MAX]; /* or why there is none */
	} key[EVENT_KEYS];
};

/* Names of the maps that are built in, sorted; *count gets their number. */
const char *const *event_map_names(size_t *count);

/* 0, -ENOENT if there is no built-in map of that name (*e untouched), -EINVAL with *e set. */
int event_map_load(const char *name, struct event_map *m, struct error *e);

/* The map that lists the PMU @model among its models: as event_map_load(). */
int event_map_of_model(const char *model, struct event_map *m, struct error *e);

/* Parses @text, for messages called @name. 0, or -EINVAL with *e naming the line. */
int event_map_parse(const char *name, const char *text, struct event_map *m, struct error *e);

#endif
