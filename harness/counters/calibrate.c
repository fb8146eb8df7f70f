// SPDX-License-Identifier: GPL-2.0-or-later
/* Has counters count known work, and rejects those that count it wrong. */
#include "counters/calibrate.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "arch_work.h"
#include "clock.h"
#include "counters/calibrate_work.h"

/* Noise (an interrupt, a neighbour) may spoil an attempt, but not all of them. */
#define ATTEMPTS 4

#define EDGES 50

/* Part of the time that a counter must run to be said not to wait for others. */
#define RUNS_ALWAYS 0.999

/* Counts alone and in a group may differ so much; below FEW they are noise. */
#define ALIKE 1.5
#define FEW   10000

bool calibration_judge(const struct calibration_doses *d, double low, double high, char *reason,
		       size_t size)
{
	double counted = d->counted[1] - d->counted[0];
	double expected = d->expected[1] - d->expected[0];

	reason[0] = '\0';
	if (d->counted[0] == 0 && d->counted[1] == 0)
		snprintf(reason, size, "always zero");
	else if (!(expected > 0))
		snprintf(reason, size, "cannot be checked: the work did not raise it");
	else if (counted < low * expected || counted > high * expected)
		snprintf(reason, size, "counted %.0f where about %.0f were expected", counted,
			 expected);
	return !reason[0];
}

/* One dose. 0 with the count and what was expected; -errno. */
static int take_dose(struct counters *c, struct bench *b, const struct work *w, unsigned int dose,
		     struct calibration_doses *d)
{
	int err = counters_begin(c);

	if (err)
		return err;
	d->expected[dose - 1] = w->run(b, dose);
	err = counters_end(c);
	d->counted[dose - 1] = err ? 0 : counter_scaled(counters_value(c, 0));
	return err;
}

static int attempt(struct counters *c, struct bench *b, const struct work *w,
		   struct calibration_doses *d)
{
	for (unsigned int dose = 1; dose <= 2; dose++) {
		int err;

		if (w->prepare && !w->prepare(b, dose))
			return -EOPNOTSUPP;
		err = take_dose(c, b, w, dose, d);
		if (w->finish)
			w->finish(b);
		if (err)
			return err;
	}
	return 0;
}

static double edge_ns(struct counters *c)
{
	uint64_t begin = clock_raw_ns();

	for (int i = 0; i < EDGES; i++) {
		if (counters_begin(c) || counters_end(c))
			return 0;
	}
	return (double)(clock_raw_ns() - begin) / (2.0 * EDGES);
}

/* Tries @w until it is good. */
static void try_work(struct counters *counters, struct bench *b, const struct work *w,
		     struct calibration *c)
{
	struct calibration_doses d = {0};
	char why[120];
	int err;

	c->work = w->name;
	for (int i = 0; i < ATTEMPTS && !c->good; i++) {
		err = attempt(counters, b, w, &d);
		if (err) {
			snprintf(c->reason, sizeof(c->reason), "%s",
				 err == -EOPNOTSUPP ?
					 w->cannot :
				 err == -ENODATA ?
					 "never ran: the PMU's counters are taken by others" :
					 strerror(-err));
			return;
		}
		c->good = calibration_judge(&d, w->low, w->high, why, sizeof(why));
		c->counted = d.counted[1] - d.counted[0];
		c->expected = d.expected[1] - d.expected[0];
		snprintf(c->reason, sizeof(c->reason), "%s (%s)", why, w->name);
	}
}

/* An unknown event: whatever work raises it, twice as much raises it more. */
static void try_any(struct counters *counters, struct bench *b, const struct counter_spec *spec,
		    struct calibration *c)
{
	struct calibration_doses d = {0};

	for (const struct work *const *w = work_any(spec); *w && !c->good; w++) {
		if (attempt(counters, b, *w, &d))
			continue;
		c->work = (*w)->name;
		c->counted = d.counted[1] - d.counted[0];
		c->expected = 0;
		c->good = d.counted[0] > 0 && d.counted[1] > 1.3 * d.counted[0];
	}
	snprintf(c->reason, sizeof(c->reason),
		 "always zero, or not raised by any work that is tried (instructions, branches, "
		 "memory, "
		 "kernel)");
}

int calibrate_counter(const struct counter_spec *spec, enum calibration_kind kind, struct bench *b,
		      struct calibration *c)
{
	struct counters *counters;
	struct error e;
	int err;

	memset(c, 0, sizeof(*c));
	err = counters_open(spec, 1, &counters, NULL, &e);
	if (err)
		return err;
	if (kind == CALIBRATE_ANY)
		try_any(counters, b, spec, c);
	else
		try_work(counters, b, work_of(kind), c);
	if (c->good) {
		c->reason[0] = '\0';
		c->edge_ns = edge_ns(counters);
		c->how = counters_how(counters, 0);
	}
	counters_close(counters);
	return 0;
}

/* Some of what any counter counts. */
static void mixed_work(void)
{
	arch_count_down(1000000);
	for (int i = 0; i < 2000; i++)
		syscall(SYS_getppid);
}

/* Counts mixed work with all of @list. False if one of them did not run all the time. */
static bool count_mixed(const struct counter_spec *list, unsigned int count, double *counts)
{
	struct counters *counters;
	struct error e;
	bool good;

	if (counters_open(list, count, &counters, NULL, &e))
		return false;
	good = counters_begin(counters) == 0;
	mixed_work();
	good = counters_end(counters) == 0 && good;
	for (unsigned int i = 0; good && i < count; i++) {
		const struct counter_value *v = counters_value(counters, i);

		counts[i] = (double)v->count;
		good = counter_running(v) >= RUNS_ALWAYS;
	}
	counters_close(counters);
	return good;
}

bool calibrate_together(const struct counter_spec *list, unsigned int count)
{
	double counts[COUNTERS_MAX], alone;

	for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
		bool same = true;

		if (!count_mixed(list, count, counts))
			return false;
		/* PMUs there are that take a group and count it wrong (user and kernel mixed, as
		 * emulated): each must count about what it counts alone. */
		for (unsigned int i = 0; same && i < count; i++)
			same = count_mixed(&list[i], 1, &alone) &&
			       (alone < FEW ||
				(counts[i] > alone / ALIKE && counts[i] < alone * ALIKE));
		if (same)
			return true;
	}
	return false;
}
