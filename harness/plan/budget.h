/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long a run takes, and how to make it fit into the time there is. */
#ifndef IOMMUBENCH_BUDGET_H
#define IOMMUBENCH_BUDGET_H

#include <stdbool.h>
#include <stdio.h>

#include "plan/plan.h"

/* About how long all samples of the plan take, in seconds. */
double plan_seconds(const struct plan *p, const struct plan_request *o);

/*
 * Chooses o->repetitions and o->seconds, as far as they were not given, so that the plan fits into o->budget_s:
 * 10 repetitions, or down to 7 where 10 of the shortest samples do not fit; samples as long as fits, from 50 to
 * 200 ms. Of other passes than timing there are fewer, down to 2, where even 7 do not fit. Without a budget it
 * changes nothing. What does not fit even so takes longer: plan_seconds() says.
 */
void plan_budget(struct plan_request *o, const struct plan *p);

/* Does the plan take longer than that? */
bool plan_over_budget(const struct plan *p, const struct plan_request *o);

/* Prints in a line what came of the budget. */
void plan_budget_print(const struct plan_request *o, const struct plan *p, FILE *to);

#endif
