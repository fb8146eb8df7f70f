// SPDX-License-Identifier: GPL-2.0-or-later
/* See options_table.h. The options of `compare`. */
#include "cmd/options_table.h"

#include <errno.h>
#include <string.h>

#include "base/parse.h"

#define BUDGET_MAX 604800.0
#define WIDTH_MIN  0.001
#define WIDTH_MAX  99.0

/* Short samples, many of them: docs/methodology.md says why. */
#define COMPARE_SECONDS 0.005
#define COMPARE_BUDGET  300

static int read_compared(const char *name, const char *value, struct options *o, enum side side,
			 struct error *e)
{
	struct variant *v = &o->compare.compared[side];
	const unsigned int *pools;
	struct error why;

	if (variant_parse(value, v, &why))
		return error_set(e, "%s: %s", name, why.text);
	pools = v->allocator->default_pools;
	if (!v->npools && pools[1])
		return error_set(e, "%s: which %s? Say %s/pools:%u, or another number", name,
				 v->allocator->name, v->allocator->name, pools[0]);
	if (!v->npools)
		v->npools = pools[0];
	return 0;
}

static int read_old(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_compared(name, value, o, SIDE_BASE, e);
}

static int read_new(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_compared(name, value, o, SIDE_NEW, e);
}

static int read_side(const char *name, const char *value, struct options *o, struct error *e)
{
	for (enum side side = 0; side < SIDES; side++) {
		size_t length = strlen(side_names[side]);

		if (strncmp(value, side_names[side], length) == 0 && value[length] == '=')
			return read_path(name, value + length + 1, &o->compare.side_folder[side],
					 e);
	}
	return error_set(e, "%s: '%.40s': expected base=FOLDER or new=FOLDER", name, value);
}

/* A number of seconds, or one with a unit: 90, 90s, 5m, 1h. */
static int read_budget(const char *name, const char *value, struct options *o, struct error *e)
{
	static const struct {
		char letter;
		double seconds;
	} units[] = {{'s', 1}, {'m', 60}, {'h', 3600}};
	size_t length = strlen(value);
	char text[40] = "";
	double unit = 1;

	for (size_t i = 0; length && i < COUNT(units); i++) {
		if (value[length - 1] == units[i].letter) {
			unit = units[i].seconds;
			length--;
			break;
		}
	}
	if (length < sizeof(text))
		strncat(text, value, length);
	if (!parse_double(text, 1 / unit, BUDGET_MAX / unit, &o->compare.budget_s))
		return error_set(
			e, "%s: '%.40s' is no time such as 90s, 5m or 1h, from a second to a week",
			name, value);
	o->compare.budget_s *= unit;
	return 0;
}

static int read_undecided(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_path(name, value, &o->compare.undecided, e);
}

/* The two only tell the results what `make compare` was asked for. */
static int read_whole(const char *name, const char *value, struct options *o, struct error *e)
{
	(void)name, (void)value, (void)e;
	o->compare.whole = true;
	return 0;
}

static int read_width(const char *name, const char *value, struct options *o, struct error *e)
{
	if (!parse_double(value, WIDTH_MIN, WIDTH_MAX, &o->compare.width_percent))
		return error_set(e, "%s: '%.40s' is no number of percent from %g to %g", name,
				 value, WIDTH_MIN, WIDTH_MAX);
	return 0;
}

static int read_for_sim(const char *name, const char *value, struct options *o, struct error *e)
{
	for (enum side side = 0; side < SIDES; side++) {
		if (strcmp(value, side_names[side]) == 0) {
			o->compare.for_sim = true;
			o->compare.for_sim_side = side;
			return 0;
		}
	}
	return error_set(e, "%s: '%.40s': choose base or new", name, value);
}

static const struct option compare_options[] = {
	{"--old", "A", "compare this allocator, NAME or NAME/pools:P ...", read_old, false},
	{"--new", "A", "... with this one", read_new, false},
	{"--side", "base|new=FOLDER", "programs of a side, as make compare builds (default: this)",
	 read_side, false},
	{"--allocators", "A,B,...", "without --old and --new (default: all eight variants)",
	 read_allocators, false},
	{"--pools", "P,...", "numbers of pools: 1, 2, 4, 8, 16 (default: each allocator's own)",
	 read_pools, false},
	{"--workloads", "W,...", "(default: ring,churn; with --old and --new all that suit)",
	 read_workloads, false},
	{"--cpus", "C,...|all", "numbers of CPUs (default, all: 1, 2, 4 ... up to the host)",
	 read_cpus, false},
	{"--flush", "MODEL", "flush model; repeat for several (default: mmio:16,150,600)",
	 read_flush, false},
	{"--occupancy", "PCT,...", "percent of the map kept live (default: 5)", read_occupancy,
	 false},
	{"--entries", "N", "entries of the map (default: 8192)", read_entries, false},
	{"--lock", "KIND,...", "tas, ticket, mcs (default: tas)", read_lock, false},
	{"--think", "NS,...", "time between operations (default: 0)", read_think, false},
	{"--seconds", "S", "length of a sample's interval (default: 0.005)", read_seconds, false},
	{"--budget", "TIME", "how long to measure: 90s, 5m (default), 1h", read_budget, false},
	{"--undecided", "COMMAND",
	 "asked now and then: COMMAND FILE prints the cells to go on with", read_undecided, false},
	{"--width", "PERCENT", "say in the results that COMMAND wants intervals of half that width",
	 read_width, true},
	{"--whole", NULL, "say in the results that whole trees were asked for", read_whole, true},
	{"--seed", "N", "of the order of samples and of random lifetimes (default: 1)", read_seed,
	 false},
	{"--benchmark_filter", "REGEX", "only cells whose name matches; -REGEX: only the others",
	 read_filter, false},
	{"--dry-run", NULL, "print the cells and measure nothing", read_dry_run, true},
	{"--for-sim", "base|new", "print the options with which sim runs that side's cells",
	 read_for_sim, true},
	{"--out", "FILE", "results (default: results/HOST/DATE.json)", read_out, true},
	{"--resume", "FILE", "go on with an interrupted comparison, for as long again", read_resume,
	 true},
};

const struct option_table options_compare = {compare_options, COUNT(compare_options)};

static int check_sides(const struct options *o, struct error *e)
{
	const struct variant *old = &o->compare.compared[SIDE_BASE],
			     *new = &o->compare.compared[SIDE_NEW];

	if (!old->allocator != !new->allocator)
		return error_set(e, "%s is missing: --old A --new B compares two allocators",
				 old->allocator ? "--new" : "--old");
	if (!o->compare.side_folder[SIDE_BASE] != !o->compare.side_folder[SIDE_NEW])
		return error_set(
			e, "--side %s=FOLDER is missing: a comparison has two sides",
			side_names[o->compare.side_folder[SIDE_BASE] ? SIDE_NEW : SIDE_BASE]);
	if (!old->allocator && !o->compare.side_folder[SIDE_BASE])
		return error_set(e,
				 "what to compare? --old A --new B, or make compare BASE=REVISION");
	if (old->allocator && (o->plan.variant_count || o->plan.pools.count))
		return error_set(e, "--allocators and --pools say nothing with --old and --new");
	return 0;
}

int options_compare_defaults(struct options *o, struct error *e)
{
	const struct workload *const *all;
	size_t count;

	/* All comes from the file. */
	if (o->cmd.resume)
		return 0;
	if (check_sides(o, e))
		return -EINVAL;
	for (enum side side = 0; o->compare.compared[SIDE_NEW].allocator && side < SIDES; side++)
		o->plan.variants[o->plan.variant_count++] = o->compare.compared[side];
	if (o->compare.compared[SIDE_NEW].allocator && !o->plan.workload_count) {
		all = workload_all(&count);
		for (; o->plan.workload_count < count; o->plan.workload_count++)
			o->plan.workloads[o->plan.workload_count] = all[o->plan.workload_count];
	}
	if (o->plan.seconds == 0)
		o->plan.seconds = COMPARE_SECONDS;
	if (o->compare.budget_s == 0)
		o->compare.budget_s = COMPARE_BUDGET;
	o->plan.repetitions = 1;
	return 0;
}
