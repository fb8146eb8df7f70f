// SPDX-License-Identifier: GPL-2.0-or-later
/* What each command makes of options that were not given, where that depends on those that were. */
#include "cmd/options_table.h"

#include <errno.h>

/* Events and groups say what to count, so they turn counting on. */
static int check_counters(struct option_line *l, struct error *e)
{
	struct counter_request *r = &l->to->plan.counters;

	/* A sample has no such options: what it counts the runner says. */
	if (l->use == OPTIONS_SAMPLE)
		return 0;
	r->chosen = option_was_given(l, "--counters");
	if (!r->chosen && r->events)
		r->choice = COUNTERS_AUTO;
	else if (!r->chosen && r->likwid_group)
		r->choice = COUNTERS_LIKWID;
	if (r->events && r->choice != COUNTERS_AUTO && r->choice != COUNTERS_PERF &&
	    r->choice != COUNTERS_SOFTWARE)
		return error_set(e,
				 "--events has no effect with --counters %s: use auto, perf or "
				 "software",
				 counters_choice_names[r->choice]);
	if (r->likwid_group && r->choice != COUNTERS_LIKWID)
		return error_set(e, "--likwid-group has no effect with --counters %s: use likwid",
				 counters_choice_names[r->choice]);
	return 0;
}

/* Results as JSON have everything in them. */
static int check_format(const struct option_line *l, struct error *e)
{
	if (l->to->cmd.wide && l->to->cmd.format == OUTPUT_JSON)
		return error_set(e, "--wide has no effect with --benchmark_format json: it is of "
				    "the table");
	return 0;
}

static void set_workloads(struct option_line *l)
{
	if (l->to->plan.extent == PLAN_QUICK)
		option_default(l, "--workloads", "ring");
	else if (l->to->plan.extent == PLAN_SMOKE)
		option_default(l, "--workloads", "all");
}

/*
 * The two of the mail, unless something is said of what a platform sets; --smoke has all allocators there are. A
 * simulation has one of them: the other's table takes 32 times as long.
 */
static void set_platforms(struct option_line *l)
{
	static const char *const set[] = {"--entries", "--flush", "--allocators", "--pools"};

	for (size_t i = 0; i < sizeof(set) / sizeof(set[0]); i++) {
		if (option_was_given(l, set[i]))
			return;
	}
	if (l->to->plan.extent != PLAN_SMOKE && l->use != OPTIONS_SAMPLE)
		option_default(l, "--platform", l->use == OPTIONS_SIM ? "sun4u" : "sun4u,sun4v");
}

int options_run_defaults(struct option_line *l, struct error *e)
{
	static const char *const seconds[] = {[PLAN_QUICK] = "0.05", [PLAN_SMOKE] = "0.02"};
	static const char *const repetitions[] = {[PLAN_QUICK] = "3", [PLAN_SMOKE] = "1"};
	struct plan_request *p = &l->to->plan;

	set_workloads(l);
	if (p->extent != PLAN_FULL) {
		option_default(l, "--seconds", seconds[p->extent]);
		option_default(l, "--repetitions", repetitions[p->extent]);
	}
	set_platforms(l);
	/* In so short an interval `full` on a larger table may only map, or only unmap. */
	if (p->extent == PLAN_SMOKE)
		option_default(l, "--entries", "8192");
	p->seconds_given = option_was_given(l, "--seconds");
	p->repetitions_given = option_was_given(l, "--repetitions");
	p->lock_pass |= l->to->cmd.lock_stat;
	return check_format(l, e) ? -EINVAL : check_counters(l, e);
}

/* What an exploration would not look at: it keeps no results and has a table of its own. */
static int check_explore(const struct option_line *l, struct error *e)
{
	static const char *const others[] = {
		"--out",
		"--wide",
		"--benchmark_format",
		"--benchmark_out_format",
		"--lock-stat",
		"--repetitions",
		"--locks",
		"--draw-locks",
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (option_was_given(l, others[i]))
			return error_set(e,
					 "%s has no effect with --explore, which prints what it "
					 "finds and nothing else: leave one of them out",
					 others[i]);
	}
	return 0;
}

/* Small tables, nearly full, are flushed often: that is where a race would be. */
static void set_explore(struct option_line *l)
{
	l->to->sim.audit = true;
	option_default(l, "--entries", "1024");
	option_default(l, "--utilization", "50");
	option_default(l, "--cpus", "4");
	option_default(l, "--workloads", "churn,sg,coherent");
	option_default(l, "--flush", "spin:500");
}

int options_sim_defaults(struct option_line *l, struct error *e)
{
	struct plan_request *p = &l->to->plan;

	if (option_was_given(l, "--seconds") && option_was_given(l, "--rounds"))
		return error_set(e, "--rounds has no effect with --seconds: leave one of them out");
	if (check_format(l, e) || (l->to->sim.explore && check_explore(l, e)))
		return -EINVAL;
	if (l->to->sim.explore)
		set_explore(l);
	set_workloads(l);
	set_platforms(l);
	if (p->extent == PLAN_SMOKE) {
		option_default(l, "--rounds", "1");
		if (!l->to->sim.explore)
			option_default(l, "--repetitions", "1");
	}
	p->lock_pass = true;
	return 0;
}

int options_audit_defaults(struct option_line *l, struct error *e)
{
	const struct audit_request *a = &l->to->audit;
	struct plan_request *p = &l->to->plan;

	if (a->shrink && !a->trace_out)
		return error_set(e, "--shrink needs --trace-out FILE: it shortens that trace");
	if (a->trace_out && p->audit_threads > 1)
		return error_set(e, "--trace-out needs --threads 1: only one thread's operations "
				    "have an order to record");
	/* What the known figures were made with. */
	if (a->draws == DRAWS_RECORDED && option_was_given(l, "--draws")) {
		option_default(l, "--operations", "500000");
		option_default(l, "--repetitions", "1");
	}
	/* Flushes and what lies between ops take no time. */
	p->think.count = 1;
	return flush_model_parse("spin:0", &p->flushes[p->flush_count++], e);
}

static int check_sides(const struct option_line *l, struct error *e)
{
	const struct compare_request *c = &l->to->compare;
	const struct variant *old = &c->compared[SIDE_BASE], *new = &c->compared[SIDE_NEW];

	if (!old->allocator != !new->allocator)
		return error_set(e, "%s is missing: --old A --new B compares two allocators",
				 old->allocator ? "--new" : "--old");
	if (!c->side_folder[SIDE_BASE] != !c->side_folder[SIDE_NEW])
		return error_set(e, "--side %s=FOLDER is missing: a comparison has two sides",
				 side_names[c->side_folder[SIDE_BASE] ? SIDE_NEW : SIDE_BASE]);
	if (!old->allocator && !c->side_folder[SIDE_BASE])
		return error_set(e, "nothing to compare: give --old A and --new B, or use make "
				    "compare BASE=REVISION");
	if (old->allocator && (l->to->plan.variant_count || l->to->plan.pools.count))
		return error_set(e,
				 "--allocators and --pools cannot be given with --old and --new");
	return 0;
}

/* Two allocators are compared where the old one is at home, if it is known there what the new one's flushes cost. */
static int set_common_platform(struct plan_request *p, const struct compare_request *c,
			       struct error *e)
{
	const struct iommu_allocator *old = c->compared[SIDE_BASE].allocator,
				     *new = c->compared[SIDE_NEW].allocator;

	if (!old || p->flush_count)
		return 0;
	if (!p->platform_count)
		p->platforms[p->platform_count++] = platform_home(old);
	if (old->strict_flush == new->strict_flush)
		return 0;
	return error_set(e,
			 "%s flushes at each free and %s all at once, which costs something else: "
			 "give --flush, which both will have",
			 old->strict_flush ? old->name : new->name,
			 old->strict_flush ? new->name : old->name);
}

int options_compare_defaults(struct option_line *l, struct error *e)
{
	struct compare_request *c = &l->to->compare;
	struct plan_request *p = &l->to->plan;
	int err;

	/* The file says what is compared. */
	if (l->to->cmd.resume)
		return 0;
	err = check_sides(l, e);
	if (!err)
		err = set_common_platform(p, c, e);
	if (err)
		return err;
	for (enum side side = 0; c->compared[SIDE_NEW].allocator && side < SIDES; side++)
		p->variants[p->variant_count++] = c->compared[side];
	if (c->compared[SIDE_NEW].allocator)
		option_default(l, "--workloads", "all");
	c->for_sim = option_was_given(l, "--for-sim");
	return 0;
}
