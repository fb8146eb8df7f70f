// SPDX-License-Identifier: GPL-2.0-or-later
/* Puts the cells of a comparison into words for the simulator of one of its sides. */
#include "run/compare_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "output/progress.h"
#include "run/side_words.h"

#define PATTERN_MAX (2 * CELL_NAME_MAX)

/* What is simulated of a comparison on one side. */
struct simulated {
	const struct compare_plan *plan;
	enum side side;
	const struct side_programs *tree; /* the side, if it is one */
	unsigned long entries;            /* only cells with tables of so many; 0: all */
};

static int by_value(const void *a, const void *b)
{
	const unsigned int *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Simulating more takes long, and not every simulated machine has them. */
#define SIM_CPUS_MAX 64
/* Of fewer that both sides have nothing is told (report/stats/seeds.py). */
#define SIM_SEEDS 8

static void print_cpus(const struct compare_plan *p)
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

/* Puts into @item what a side says of something that a cell has. */
typedef void (*item_of)(const struct simulated *s, const struct cell *c, char item[PATTERN_MAX]);

/* Prints of all cells what @item says, each once. */
static void print_items(const struct simulated *s, const char *before, item_of item,
			const char *between, const char *behind)
{
	const struct compare_plan *p = s->plan;
	char text[PATTERN_MAX], other[PATTERN_MAX];

	for (unsigned int i = 0; i < p->cell_count; i++) {
		const struct cell *c = p->cells[i].cell[s->side];
		bool there = s->entries && c->entries != s->entries;

		item(s, c, text);
		for (unsigned int j = 0; j < i && !there; j++) {
			const struct cell *before_it = p->cells[j].cell[s->side];

			item(s, before_it, other);
			there = strcmp(text, other) == 0 &&
				(!s->entries || before_it->entries == s->entries);
		}
		if (there)
			continue;
		printf("%s%s", before, text);
		before = between;
	}
	puts(behind);
}

static void variant_item(const struct simulated *s, const struct cell *c, char item[PATTERN_MAX])
{
	snprintf(item, PATTERN_MAX, "%s/pools:%u", side_allocator_name(s->tree, c->allocator),
		 c->npools);
}

/* Without trees all that was asked for: what this host has too few CPUs for can be simulated. */
static void print_workloads(const struct plan_request *o)
{
	printf("--workloads=");
	for (unsigned int i = 0; i < o->workload_count; i++)
		printf("%s%s", i ? "," : "", o->workloads[i]->name);
	printf("\n");
}

static void workload_item(const struct simulated *s, const struct cell *c, char item[PATTERN_MAX])
{
	(void)s;
	snprintf(item, PATTERN_MAX, "%s", c->workload->name);
}

static void flush_item(const struct simulated *s, const struct cell *c, char item[PATTERN_MAX])
{
	(void)s;
	snprintf(item, PATTERN_MAX, "%s", c->flush.name);
}

static void lock_item(const struct simulated *s, const struct cell *c, char item[PATTERN_MAX])
{
	snprintf(item, PATTERN_MAX, "%s", side_lock_name(s->tree, c->lock));
}

static void think_item(const struct simulated *s, const struct cell *c, char item[PATTERN_MAX])
{
	(void)s;
	snprintf(item, PATTERN_MAX, "%llu", (unsigned long long)c->think_ns);
}

/* The part of a name up to the next slash: the same as @part? */
static bool part_is(const char *at, const char *part)
{
	return strncmp(at, part, strlen(part)) == 0 && at[strlen(part)] == '/';
}

/* What matches a cell on any number of CPUs, by the name that the side gives it. */
static void pattern_item(const struct simulated *s, const struct cell *c, char item[PATTERN_MAX])
{
	const char *lock = strstr(c->name, "/lock:") + strlen("/lock:");
	const char *allocator = strchr(c->name, '/') + 1;
	char *to = item;

	for (const char *at = c->name; *at; at++) {
		const size_t part = strcspn(at, "/");

		if (at == allocator && part_is(at, c->allocator->name)) {
			to = stpcpy(to, side_allocator_name(s->tree, c->allocator));
			at += part;
			if (s->tree && s->tree->no_platforms && strncmp(at, "/entries:", 9) == 0)
				at += 1 + strcspn(at + 1, "/");
		} else if (at == lock) {
			to = stpcpy(to, side_lock_name(s->tree, c->lock));
			at += part;
		} else if (strncmp(at, "cpus:", strlen("cpus:")) == 0) {
			to = stpcpy(to, "cpus:[0-9]+");
			at += part;
		}
		/* Of the characters that names have, only these two mean something in a pattern. */
		if (*at == '.' || *at == '+')
			*to++ = '\\';
		*to++ = *at;
	}
	*to = '\0';
}

/* Names that programs from before they were changed know, too: a side may be one of them. */
static const char *old_name(const char *name)
{
	return strcmp(name, "--utilization") == 0 ? "--occupancy" : name;
}

static bool among(const char *name, const char *const *list)
{
	while (*list && strcmp(name, *list) != 0)
		list++;
	return *list;
}

/* The options given that the cells do not say themselves. */
static void print_given(const struct simulated *s, const struct plan_request *o, bool trees)
{
	static const char *const native[] = {
		"--old",     "--new",  "--side",      "--budget",           "--undecided",
		"--seconds", "--cpus", "--workloads", "--benchmark_filter", NULL};
	static const char *const of_trees[] = {"--allocators", "--pools", "--lock", "--think",
					       NULL};
	static const char *const of_platforms[] = {"--platform", "--flush", "--entries", NULL};

	for (unsigned int i = 0; i < o->given_count; i++) {
		const struct option_given *g = &o->given[i];

		if (!among(g->name, native) && !(trees && among(g->name, of_trees)) &&
		    !(s->tree && s->tree->no_platforms && among(g->name, of_platforms)))
			printf("%s=%s\n", old_name(g->name), g->value);
	}
}

/* A plan without platforms has tables of one size: the usual one, unless no cell has it. */
static void choose_entries(struct simulated *s)
{
	const struct compare_plan *p = s->plan;
	bool several = false;

	if (!p->side[SIDE_BASE].no_platforms && !p->side[SIDE_NEW].no_platforms)
		return;
	s->entries = p->cells[0].cell[s->side]->entries;
	for (unsigned int i = 0; i < p->cell_count; i++) {
		const struct cell *c = p->cells[i].cell[s->side];

		several |= c->entries != p->cells[0].cell[s->side]->entries;
		if (c->entries == CELL_ENTRIES)
			s->entries = CELL_ENTRIES;
	}
	if (several && p->side[s->side].no_platforms)
		progress_note(
			"simulated with tables of %lu entries only: a plan of %s has one size",
			s->entries, side_names[s->side]);
}

void compare_sim_print(const struct compare_plan *p, const struct plan_request *o,
		       const struct compare_request *r)
{
	const enum side side = r->for_sim_side;
	const bool trees = p->side[SIDE_BASE].tree || p->side[SIDE_NEW].tree;
	struct simulated s = {
		.plan = p, .side = side, .tree = p->side[side].tree ? &p->side[side] : NULL};

	choose_entries(&s);
	print_given(&s, o, trees);
	if (trees || r->compared[side].allocator)
		print_items(&s, "--allocators=", variant_item, ",", "");
	if (trees) {
		print_items(&s, "--workloads=", workload_item, ",", "");
		print_items(&s, "--lock=", lock_item, ",", "");
		print_items(&s, "--think=", think_item, ",", "");
	}
	if (s.tree && s.tree->no_platforms) {
		print_items(&s, "--flush=", flush_item, "\n--flush=", "");
		printf("--entries=%lu\n", s.entries);
	}
	if (!trees)
		print_workloads(o);
	print_cpus(p);
	/* Both sides have the same seeds; short intervals, as it is they that tell. */
	printf("--rounds=1\n--repetitions=%u\n", SIM_SEEDS);
	if (trees || o->filter)
		print_items(&s, "--benchmark_filter=^sim/[^/]+/(", pattern_item, "|", ")$");
}
