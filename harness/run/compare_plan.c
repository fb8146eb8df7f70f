// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Pairs the cells of both sides, and puts a comparison into words: for the results, for --dry-run
 * and for the simulator.
 */
#include "run/compare_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/plural.h"
#include "plan/block.h"

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
	pair_cells(p, r);
	return 0;
}

void compare_plan_free(struct compare_plan *p)
{
	for (enum side side = 0; side < SIDES; side++)
		side_close(&p->side[side]);
	free(p->cells);
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
	printf("%u cell%s, blocks of %d samples, %u layout%s\n", p->cell_count,
	       plural(p->cell_count), BLOCK_SAMPLES, p->layouts, plural(p->layouts));
}

static int by_value(const void *a, const void *b)
{
	const unsigned int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Simulating more takes long, and not every simulated machine has them. */
#define SIM_CPUS_MAX 64

static void print_sim_cpus(const struct compare_plan *p)
{
	static const unsigned int more[] = {1, 4, 16, SIM_CPUS_MAX};
	const size_t most = p->cell_count + sizeof(more) / sizeof(more[0]);
	unsigned int *list = calloc(most, sizeof(*list)), count = 0;
	const char *comma = "";

	for (size_t i = 0; list && i < sizeof(more) / sizeof(more[0]); i++)
		list[count++] = more[i];
	for (unsigned int i = 0; list && i < p->cell_count; i++) {
		if (p->cells[i].cell[SIDE_BASE]->cpus <= SIM_CPUS_MAX)
			list[count++] = p->cells[i].cell[SIDE_BASE]->cpus;
	}
	if (list)
		qsort(list, count, sizeof(*list), by_value);
	printf("--cpus=");
	for (unsigned int i = 0; i < count; i++) {
		if (i && list[i] == list[i - 1])
			continue;
		printf("%s%u", comma, list[i]);
		comma = ",";
	}
	printf("\n");
	free(list);
}

/* What matches a cell on any number of CPUs. */
static void any_cpus(const struct cell *c, char pattern[2 * CELL_NAME_MAX])
{
	static const char any[] = "cpus:[0-9]+";
	char *to = pattern;

	for (const char *at = c->name; *at; at++) {
		/* Of the characters that names have, only these two mean something in a pattern. */
		if (*at == '.' || *at == '+')
			*to++ = '\\';
		if (strncmp(at, "cpus:", strlen("cpus:")) == 0) {
			to = stpcpy(to, any);
			at += strcspn(at, "/") - 1;
			continue;
		}
		*to++ = *at;
	}
	*to = '\0';
}

/* The cells that the filter left, but on any number of CPUs. */
static void print_sim_filter(const struct compare_plan *p, enum side side)
{
	char pattern[2 * CELL_NAME_MAX], other[2 * CELL_NAME_MAX];
	const char *bar = "";

	printf("--benchmark_filter=^sim/[^/]+/(");
	for (unsigned int i = 0; i < p->cell_count; i++) {
		bool there = false;

		any_cpus(p->cells[i].cell[side], pattern);
		for (unsigned int j = 0; j < i && !there; j++) {
			any_cpus(p->cells[j].cell[side], other);
			there = strcmp(pattern, other) == 0;
		}
		if (there)
			continue;
		printf("%s%s", bar, pattern);
		bar = "|";
	}
	printf(")$\n");
}

/* Names that programs from before they were changed know, too: a side may be one of them. */
static const char *old_name(const char *name)
{
	return strcmp(name, "--utilization") == 0 ? "--occupancy" : name;
}

void compare_plan_print_sim(const struct compare_plan *p, const struct plan_request *o,
			    const struct compare_request *r)
{
	static const char *const native[] = {"--old",    "--new",       "--side",
					     "--budget", "--undecided", "--seconds",
					     "--cpus",   "--workloads", "--benchmark_filter"};
	const struct variant *v = &r->compared[r->for_sim_side];

	for (unsigned int i = 0; i < o->given_count; i++) {
		const struct option_given *g = &o->given[i];
		bool known = true;

		for (size_t j = 0; j < sizeof(native) / sizeof(native[0]); j++)
			known &= strcmp(g->name, native[j]) != 0;
		if (known)
			printf("%s=%s\n", old_name(g->name), g->value);
	}
	if (v->allocator)
		printf("--allocators=%s/pools:%u\n", v->allocator->name, v->npools);
	printf("--workloads=");
	for (unsigned int i = 0; i < o->workload_count; i++)
		printf("%s%s", i ? "," : "", o->workloads[i]->name);
	printf("\n");
	print_sim_cpus(p);
	if (o->filter)
		print_sim_filter(p, r->for_sim_side);
}
