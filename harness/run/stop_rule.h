/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which cells of a comparison have been measured enough. That is asked of the report, which knows statistics: the one
 * place where this program calls it. It looks at how wide a cell's interval is, never at what it says: to stop
 * at a difference would find differences that are none.
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

/* Seconds of a clock that only goes forward. */
double seconds_now(void);

void stop_rule_begin(struct stop_rule *r, const char *command);

/*
 * If it is time to: asks which cells of @p go on, as the results in @file have them, and returns true. All of them
 * go on where nobody is asked or there is no answer.
 */
bool stop_rule_apply(struct stop_rule *r, const char *file, struct compare_plan *p);

/* How many cells go on. */
unsigned int stop_rule_undecided(const struct compare_plan *p);

#endif
