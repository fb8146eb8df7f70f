/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a comparison compares: its sides and the pairs of cells that belong together. */
#ifndef IOMMUBENCH_COMPARE_PLAN_H
#define IOMMUBENCH_COMPARE_PLAN_H

#include "host/topology.h"
#include "plan/plan.h"
#include "plan/request.h"
#include "run/sides.h"

/* The same cell on both sides, or the same but for the allocator. */
struct compare_cell {
	const struct cell *cell[SIDES]; /* of the plan */
	unsigned int samples;           /* taken of both sides, which are so many in a row */
	bool goes_on;                   /* not decided yet */
};

struct compare_plan {
	struct plan plan;
	struct compare_cell *cells;
	unsigned int cell_count;
	struct side_programs side[SIDES];
	unsigned int layouts;
	bool copies_programs; /* each sample runs a copy of its program, made for it alone */
};

/* 0, or -EINVAL with *e set. The caller calls compare_plan_free() in either case. */
int compare_plan_make(const struct request *o, const struct topology *t, struct compare_plan *p,
		      struct error *e);
void compare_plan_free(struct compare_plan *p);

/* What the results say of it: context.iommubench.comparison. */
json_t *compare_plan_json(const struct compare_plan *p, const struct request *o);

/* Prints the names of the cells. */
void compare_plan_print(const struct compare_plan *p);

/*
 * Prints the options, a line each, with which `iommubench sim` runs the cells of a side on the CPU
 * counts of the comparison and some that nobody has.
 */
void compare_plan_print_sim(const struct compare_plan *p, const struct request *o);

#endif
