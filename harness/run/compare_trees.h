/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be compared of whole trees, each with a harness of its own. */
#ifndef IOMMUBENCH_COMPARE_TREES_H
#define IOMMUBENCH_COMPARE_TREES_H

#include "run/compare_plan.h"

/*
 * Takes out of @p the cells that a side does not know, or by whose name the sides do not mean the same, and puts into
 * p->remarks what that was and what a side calls otherwise.
 */
void compare_trees_fit(struct compare_plan *p);

#endif
