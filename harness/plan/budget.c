// SPDX-License-Identifier: GPL-2.0-or-later
/* Divides the time that there is for a run among its samples. */
#include "plan/budget.h"

#include <math.h>

#include "base/plural.h"

#define SECONDS_MIN     0.05
#define SECONDS_MAX     0.2
#define REPETITIONS_MIN 7
#define REPETITIONS_MAX 10
#define OTHERS_MIN      2

/*
 * What a sample takes besides its interval: its warm-up lasts at least a tenth of it, and its process has to
 * begin, read the topology and fill the table.
 */
#define WARM_UP_SHARE 0.1
#define PROCESS_S     0.03
/* And what an entry of its table adds, which is filled, warmed up and drained. */
#define ENTRY_S 1e-7

/* What all samples take besides their intervals and these' warm-ups. */
static double overhead_seconds(const struct plan *p, const struct plan_request *o)
{
	double entries = 0;

	for (unsigned int i = 0; i < p->cell_count; i++)
		entries += (double)p->cells[i].entries;
	return (double)plan_samples(p, o) *
	       (PROCESS_S + ENTRY_S * entries / fmax(p->cell_count, 1));
}

double plan_seconds(const struct plan *p, const struct plan_request *o)
{
	return (double)plan_samples(p, o) * o->seconds * (1 + WARM_UP_SHARE) +
	       overhead_seconds(p, o);
}

/* Fewer timing samples first, then of the other passes, whose figures nobody compares to the percent. */
static void choose_repetitions(struct plan_request *o, const struct plan *p)
{
	struct plan_request shortest = *o;

	if (!o->seconds_given)
		shortest.seconds = SECONDS_MIN;
	if (!o->repetitions_given)
		shortest.repetitions = REPETITIONS_MAX;
	while (!o->repetitions_given && shortest.repetitions > REPETITIONS_MIN &&
	       plan_seconds(p, &shortest) > o->budget_s)
		shortest.repetitions--;
	shortest.others_max = pass_facts[PASS_LOCKS].repetitions_max;
	while (shortest.others_max > OTHERS_MIN && plan_seconds(p, &shortest) > o->budget_s)
		shortest.others_max--;
	o->repetitions = shortest.repetitions;
	o->others_max = shortest.others_max;
}

static void choose_seconds(struct plan_request *o, const struct plan *p)
{
	const double left = o->budget_s - overhead_seconds(p, o);
	const double share = left / (double)plan_samples(p, o);
	/* Whole milliseconds. */
	const double most = floor(share / (1 + WARM_UP_SHARE) * 1000) / 1000;

	o->seconds = fmin(fmax(most, SECONDS_MIN), SECONDS_MAX);
}

void plan_budget(struct plan_request *o, const struct plan *p)
{
	if (!(o->budget_s > 0) || !p->cell_count)
		return;
	choose_repetitions(o, p);
	if (!o->seconds_given)
		choose_seconds(o, p);
}

bool plan_over_budget(const struct plan *p, const struct plan_request *o)
{
	/* What fills the budget to the millisecond may be over it by a rounding error. */
	return o->budget_s > 0 && plan_seconds(p, o) > o->budget_s + 1e-6;
}

void plan_budget_print(const struct plan_request *o, const struct plan *p, FILE *to)
{
	fprintf(to, "%s of %.0f s: %u repetition%s of %g s take%s about %.0f s in all\n",
		plan_over_budget(p, o) ? "over the budget" : "budget", o->budget_s, o->repetitions,
		plural(o->repetitions), o->seconds, o->repetitions == 1 ? "s" : "",
		plan_seconds(p, o));
}
