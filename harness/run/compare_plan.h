/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a comparison compares: its sides and the pairs of cells that belong together. */
#ifndef IOMMUBENCH_COMPARE_PLAN_H
#define IOMMUBENCH_COMPARE_PLAN_H

#include "host/topology.h"
#include "plan/plan.h"
#include "plan/request.h"
#include "plan/side.h"
#include "run/sides.h"

/* What is asked of a comparison besides its cells; sides by enum side. */
struct compare_request {
	struct variant compared[SIDES]; /* what is compared; allocator NULL: revisions are */
	const char *side_folder[SIDES]; /* their programs; NULL: this one */
	double budget_s;
	bool whole;            /* whole trees were asked for */
	double width_percent;  /* half the width of the interval that was asked for; 0: none was */
	const char *undecided; /* the command that says which cells to go on with, or NULL */
	bool for_sim;          /* print the options of `sim` for for_sim_side */
	enum side for_sim_side;
};

/* The same cell on both sides, or the same but for the allocator. */
struct compare_cell {
	const struct cell *cell[SIDES]; /* of the plan */
	unsigned int samples; /* taken so far; a block of both sides is BLOCK_SAMPLES in a row */
	bool goes_on;         /* not decided yet */
	bool hung;            /* samples did: given up */
};

struct compare_plan {
	struct plan plan;
	struct compare_cell *cells;
	unsigned int cell_count;
	struct side_programs side[SIDES];
	unsigned int layouts;
	bool copies_programs; /* each sample runs a copy of its program, made for it alone */
	json_t *remarks;      /* what the reader must know of the sides, a sentence each */
};

/* 0, or -EINVAL with *e set. The caller calls compare_plan_free() in either case. */
int compare_plan_make(const struct plan_request *o, const struct compare_request *r,
		      const struct topology *t, struct compare_plan *p, struct error *e);
void compare_plan_free(struct compare_plan *p);

/* What the results say of it: context.iommubench.comparison. */
json_t *compare_plan_json(const struct compare_plan *p, const struct compare_request *r);

/* Prints the names of the cells. */
void compare_plan_print(const struct compare_plan *p);

#endif
