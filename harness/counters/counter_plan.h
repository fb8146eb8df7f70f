/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a run counts: which counters there are on this host, after calibration, why the others are
 * not, and which of them one sample counts together.
 */
#ifndef IOMMUBENCH_COUNTER_PLAN_H
#define IOMMUBENCH_COUNTER_PLAN_H

#include <jansson.h>

#include "base/error.h"
#include "counters/calibrate.h"
#include "counters/counter_name.h"

/* --counters */
enum counters_choice {
	COUNTERS_NONE,
	COUNTERS_AUTO, /* perf and software */
	COUNTERS_PERF,
	COUNTERS_SOFTWARE,
	COUNTERS_LIKWID,
	COUNTERS_COUNT, /* instructions by valgrind */
	COUNTERS_CHOICES
};

/* "none", "auto", ...: as the option is given. */
extern const char *const counters_choice_names[COUNTERS_CHOICES];

struct counter_entry {
	struct counter_spec spec;
	char event[EVENT_TEXT_MAX]; /* what the source calls it */
	bool present;
	char reason[EVENT_TEXT_MAX + 100]; /* why it is not */
	struct calibration calibration;    /* if it is */
	/* Which samples count it; software counters are in all of them. */
	unsigned int group;
	bool in_all_groups;
};

struct counter_plan {
	enum counters_choice choice;
	unsigned int count;
	struct counter_entry *entry;
	unsigned int groups; /* samples it takes to count all; 0: nothing is counted */
	bool one_cpu_only;   /* cells of several CPUs cannot be counted so */
	const char *one_cpu_reason;
	char tool[100]; /* version of what counts, if it is another program; or "" */
	char tool_path[4096];
	char tool_group[64]; /* likwid's */
};

struct counter_request {
	enum counters_choice choice;
	bool chosen;              /* by an option of its own */
	const char *events;       /* a comma list, or NULL: the short names */
	const char *likwid_group; /* or NULL: its default */
};

/*
 * Finds out what can be counted. The calling thread must be pinned to @t's first CPU. 0, or -EINVAL
 * with *e set if an event does not exist. The caller calls counter_plan_free() in either case.
 */
int counter_plan_make(const struct counter_request *request, const struct topology *t,
		      struct counter_plan *p, struct error *e);
void counter_plan_free(struct counter_plan *p);

/* What a sample of @group counts. Returns how many are put in @list. */
unsigned int counter_plan_group(const struct counter_plan *p, unsigned int group,
				struct counter_spec list[COUNTERS_MAX]);

/* For the context: what is counted, how, and what is not, with the reason. */
json_t *counter_plan_json(const struct counter_plan *p);

/*
 * Puts the @count counters of @list into as few groups as go in turn, of at most COUNTERS_MAX: a
 * group is full when @fits says that one more does not. Puts each one's group in @group and
 * returns how many groups there are.
 */
unsigned int counter_split(const struct counter_spec *list, unsigned int count,
			   bool (*fits)(const struct counter_spec *list, unsigned int count),
			   unsigned int *group);

#endif
