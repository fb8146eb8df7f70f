// SPDX-License-Identifier: GPL-2.0-or-later
/* Leaves out of a comparison of whole trees what one of them does not know or means otherwise, and says what. */
#include "run/compare_trees.h"

#include <stdio.h>
#include <string.h>

#include "base/plural.h"
#include "run/side_words.h"

/* Those beyond are counted, not named. */
#define REASONS_MAX 12

struct reason {
	char text[SIDE_REFUSAL_MAX];
	unsigned int cells;
};

struct left_out {
	unsigned int cells, count;
	struct reason reason[REASONS_MAX];
};

static void count_cell(struct left_out *l, const char *why)
{
	unsigned int i = 0;

	l->cells++;
	while (i < l->count && strcmp(l->reason[i].text, why) != 0)
		i++;
	if (i == REASONS_MAX)
		return;
	if (i == l->count)
		snprintf(l->reason[l->count++].text, SIDE_REFUSAL_MAX, "%s", why);
	l->reason[i].cells++;
}

static void remark(struct compare_plan *p, const char *text)
{
	json_t *word = json_string(text);

	json_array_append_new(p->remarks, word ? word : json_string("not UTF-8"));
}

/* "4 cells left out because of base: no allocator 'gart' (2), no allocator 's390' (2)" */
static void tell_left_out(struct compare_plan *p, enum side side, const struct left_out *l)
{
	char text[REASONS_MAX * (SIDE_REFUSAL_MAX + 16) + 100];
	int at = snprintf(text, sizeof(text), "%u cell%s left out because of %s", l->cells,
			  plural(l->cells), side_names[side]);
	unsigned int named = 0;

	for (unsigned int i = 0; i < l->count; i++) {
		at += snprintf(text + at, sizeof(text) - (size_t)at, "%s%s (%u)", i ? ", " : ": ",
			       l->reason[i].text, l->reason[i].cells);
		named += l->reason[i].cells;
	}
	if (named < l->cells)
		snprintf(text + at, sizeof(text) - (size_t)at, ", other reasons (%u)",
			 l->cells - named);
	remark(p, text);
}

/* What a side means by a cell that the other one, which is newer, does not; NULL: nothing. */
static const char *other_meaning(const struct compare_plan *p, enum side side, const struct cell *c)
{
	if (!p->side[side].old_workloads || p->side[!side].old_workloads)
		return NULL;
	if (strcmp(c->workload->name, "sg") == 0)
		return "its sg frees each segment by itself, even side by side";
	return c->think_ns ? "it thinks twice an op" : NULL;
}

/* Programs take a cell on any number of CPUs or on none. */
static bool same_question(const struct cell *a, const struct cell *b)
{
	struct cell c = *b;

	c.cpus = a->cpus;
	return cell_same(a, &c);
}

static void leave_out(struct compare_plan *p, enum side side)
{
	const struct cell *asked = NULL;
	char refusal[SIDE_REFUSAL_MAX];
	struct left_out l = {0};
	unsigned int kept = 0;
	bool takes = true;

	for (unsigned int i = 0; i < p->cell_count; i++) {
		const struct cell *c = p->cells[i].cell[side];
		const char *why = other_meaning(p, side, c);

		if (!why && (!asked || !same_question(asked, c))) {
			takes = side_takes(&p->side[side], c, refusal);
			asked = c;
		}
		if (!why && !takes)
			why = refusal;
		if (why)
			count_cell(&l, why);
		else
			p->cells[kept++] = p->cells[i];
	}
	p->cell_count = kept;
	if (l.cells)
		tell_left_out(p, side, &l);
}

/* Is it so of a cell on a side that has old names? */
typedef bool (*is_renamed)(const struct cell *c);

static bool is_queued(const struct cell *c)
{
	return c->lock == LOCK_QUEUED;
}

static bool is_gart(const struct cell *c)
{
	return strcmp(c->allocator->name, "gart") == 0;
}

static void tell_name(struct compare_plan *p, is_renamed renamed, const char *what,
		      const char *difference)
{
	bool of[SIDES] = {false};
	char text[200];

	for (enum side side = 0; side < SIDES; side++) {
		for (unsigned int i = 0; i < p->cell_count; i++)
			of[side] |= p->side[side].old_names && renamed(p->cells[i].cell[side]);
	}
	if (!of[SIDE_BASE] && !of[SIDE_NEW])
		return;
	snprintf(text, sizeof(text), "%s in %s: %s", what,
		 of[SIDE_BASE] && of[SIDE_NEW] ? "both" : side_names[of[SIDE_NEW]], difference);
	remark(p, text);
}

void compare_trees_fit(struct compare_plan *p)
{
	for (enum side side = 0; side < SIDES; side++)
		side_learn(&p->side[side]);
	for (enum side side = 0; side < SIDES; side++) {
		if (p->side[side].tree)
			leave_out(p, side);
	}
	tell_name(p, is_queued, "queued is mcs", "another queue lock");
	tell_name(p, is_gart, "gart is advance",
		  "it takes its lock once a map, and aligns nothing");
}
