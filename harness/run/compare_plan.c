// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pairs the cells of both sides, and puts a comparison into words: for the results and for --dry-run.
 */
#include "run/compare_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plural.h"
#include "plan/block.h"
#include "run/compare_trees.h"

static bool is_variant(const struct cell *c, const struct variant *v)
{
	return c->allocator == v->allocator && c->npools == v->npools;
}

/* The cell of @p that is as @c but has the allocator @v; NULL if it was left out. */
static const struct cell *counterpart(const struct plan *p, const struct cell *c,
				      const struct variant *v)
{
	struct cell wanted = *c;

	wanted.allocator = v->allocator;
	wanted.npools = v->npools;
	for (unsigned int i = 0; i < p->cell_count; i++) {
		if (cell_same(&wanted, &p->cells[i]))
			return &p->cells[i];
	}
	return NULL;
}

static void pair_cells(struct compare_plan *p, const struct compare_request *r)
{
	const struct variant *compared = r->compared;

	for (unsigned int i = 0; i < p->plan.cell_count; i++) {
		const struct cell *c = &p->plan.cells[i], *other = c;

		if (compared[SIDE_BASE].allocator) {
			if (!is_variant(c, &compared[SIDE_BASE]))
				continue;
			other = counterpart(&p->plan, c, &compared[SIDE_NEW]);
		}
		if (other)
			p->cells[p->cell_count++] =
				(struct compare_cell){.cell = {c, other}, .goes_on = true};
	}
}

static int open_sides(struct compare_plan *p, const struct compare_request *r, struct error *e)
{
	for (enum side side = 0; side < SIDES; side++) {
		const char *folder = r->side_folder[side];
		int err = folder ? side_open(folder, &p->side[side], e) :
				   side_open_self(&p->side[side], e);

		if (err)
			return err;
	}
	p->layouts = p->side[SIDE_BASE].layouts;
	if (p->side[SIDE_NEW].layouts != p->layouts)
		return error_set(e, "%s has %u program%s, %s %u: build both sides again",
				 r->side_folder[SIDE_BASE], p->layouts, plural(p->layouts),
				 r->side_folder[SIDE_NEW], p->side[SIDE_NEW].layouts);
	return 0;
}

/* All samples run copies, or none. */
static void choose_copies(struct compare_plan *p)
{
	p->copies_programs = program_copy_possible(p->side[SIDE_BASE].program[0].fd);
	for (enum side side = 0; side < SIDES; side++) {
		for (unsigned int i = 0; i < p->layouts; i++)
			p->side[side].program[i].copied = p->copies_programs;
	}
}

int compare_plan_make(const struct plan_request *o, const struct compare_request *r,
		      const struct topology *t, struct compare_plan *p, struct error *e)
{
	int err = plan_make(o, t->ncpus, &p->plan, e);

	if (!err)
		err = open_sides(p, r, e);
	if (err)
		return err;
	choose_copies(p);
	p->cells = calloc(p->plan.cell_count + 1, sizeof(*p->cells));
	if (!p->cells)
		return error_set(e, "no memory for the plan");
	p->remarks = json_array();
	pair_cells(p, r);
	compare_trees_fit(p);
	return 0;
}

void compare_plan_free(struct compare_plan *p)
{
	for (enum side side = 0; side < SIDES; side++)
		side_close(&p->side[side]);
	free(p->cells);
	json_decref(p->remarks);
	plan_free(&p->plan);
}

static json_t *side_json(const struct compare_plan *p, const struct compare_request *r,
			 enum side side)
{
	const struct side_programs *s = &p->side[side];
	const struct variant *v = &r->compared[side];
	json_t *j;

	if (v->allocator)
		j = json_pack("{s:o}", "variant",
			      json_sprintf("%s/pools:%u", v->allocator->name, v->npools));
	else if (s->facts)
		j = json_deep_copy(s->facts);
	else
		j = json_pack("{s:s}", "revision", r->side_folder[side]);
	json_object_set_new(j, "programs", side_hashes(s));
	return j;
}

json_t *compare_plan_json(const struct compare_plan *p, const struct compare_request *r)
{
	json_t *j = json_pack("{s:s, s:o, s:o, s:i, s:b, s:f}", "kind",
			      r->compared[SIDE_BASE].allocator ? "allocators" : "revisions", "base",
			      side_json(p, r, SIDE_BASE), "new", side_json(p, r, SIDE_NEW),
			      "layouts", (int)p->layouts, "fresh_copies", p->copies_programs,
			      "budget_s", r->budget_s);

	if (r->whole)
		json_object_set_new(j, "whole", json_true());
	if (r->width_percent > 0)
		json_object_set_new(j, "width_percent", json_real(r->width_percent));
	if (json_array_size(p->remarks))
		json_object_set(j, "remarks", p->remarks);
	return j;
}

void compare_plan_print(const struct compare_plan *p)
{
	for (unsigned int i = 0; i < p->cell_count; i++) {
		const struct cell *const *c = p->cells[i].cell;

		if (cell_same(c[SIDE_BASE], c[SIDE_NEW]))
			puts(c[SIDE_BASE]->name);
		else
			printf("%s -> %s\n", c[SIDE_BASE]->name, c[SIDE_NEW]->name);
	}
	for (unsigned int i = 0; i < p->plan.omission_count; i++)
		printf("left out: %s: %s\n", p->plan.omissions[i].cell,
		       p->plan.omissions[i].reason);
	for (size_t i = 0; i < json_array_size(p->remarks); i++)
		puts(json_string_value(json_array_get(p->remarks, i)));
	printf("%u cell%s, blocks of %d samples, %u layout%s\n", p->cell_count,
	       plural(p->cell_count), BLOCK_SAMPLES, p->layouts, plural(p->layouts));
}
