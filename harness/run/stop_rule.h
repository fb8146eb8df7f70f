/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a comparison has measured a cell enough. The report decides, as it has the statistics: this
 * is the one place where the program calls it. It looks at how wide a cell's interval is, never at
 * where it lies: stopping at a difference would find differences where there are none.
 */
#ifndef IOMMUBENCH_STOP_RULE_H
#define IOMMUBENCH_STOP_RULE_H

#include <stdbool.h>

#include "run/compare_plan.h"

struct stop_rule {
	const char
		*command; /* prints the names of the cells to go on with; NULL: nobody is asked */
	double next;      /* when to ask it, in seconds_now() */
};

/* Seconds on a clock that never goes back. */
double seconds_now(void);

void stop_rule_begin(struct stop_rule *r, const char *command);

/*
 * If it is time to ask: sets which cells of @p go on, by the results in @file, and returns true. If
 * nobody is to be asked, or there is no answer, they all go on.
 */
bool stop_rule_apply(struct stop_rule *r, const char *file, struct compare_plan *p);

/* How many cells go on. */
unsigned int stop_rule_undecided(const struct compare_plan *p);

#endif
