/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Passes: nothing that perturbs is on while time is taken, so what else there is to know of a cell
 * comes from samples of their own, by a program built for it.
 */
#ifndef IOMMUBENCH_PASS_H
#define IOMMUBENCH_PASS_H

enum pass { PASS_TIMING, PASS_CONTENTION, PASS_LOCKS, PASS_COUNTERS, PASS_COUNT };

struct pass_facts {
	const char *name;             /* "pass" of its samples */
	const char *program;          /* beside this one; NULL: this one itself */
	unsigned int repetitions_max; /* so many tell enough */
};

static const struct pass_facts pass_facts[PASS_COUNT] = {
	[PASS_TIMING] = {"timing", NULL, 100000},
	[PASS_CONTENTION] = {"contention", "iommubench-stat", 4},
	[PASS_LOCKS] = {"locks", "iommubench-stat", 4},
	[PASS_COUNTERS] = {"counters", NULL, 4}, /* of each group of counters */
};

#endif
