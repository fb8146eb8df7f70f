// SPDX-License-Identifier: GPL-2.0-or-later
/* Holds the passes that record locks against the one that does not. */
#include "output/lock_passes.h"

#include <math.h>
#include <string.h>

#include "base/median.h"
#include "base/plural.h"
#include "base/wrapped.h"
#include "output/table_rows.h"
#include "plan/pass.h"

static const enum pass passes[LOCK_PASSES] = {
	[LOCK_PASS_CONTENTION] = PASS_CONTENTION,
	[LOCK_PASS_LOCKS] = PASS_LOCKS,
};

static bool is_of(const json_t *sample, enum pass pass)
{
	const char *of = json_string_value(json_object_get(sample, "pass"));

	return of && strcmp(of, pass_facts[pass].name) == 0;
}

bool lock_passes_has(const json_t *sample)
{
	return is_of(sample, PASS_CONTENTION) || is_of(sample, PASS_LOCKS);
}

/* The median time of an op in samples of a pass, NAN without any. */
static double median_time(const json_t *const *samples, size_t count, enum pass pass,
			  double *values)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		if (is_of(samples[i], pass) &&
		    !json_is_true(json_object_get(samples[i], "error_occurred")))
			values[n++] = json_number_value(json_object_get(samples[i], "real_time"));
	}
	return n ? median_of(values, n).median : NAN;
}

struct lock_changes lock_passes_changes(const json_t *const *samples, size_t count, double *values)
{
	const double time = median_time(samples, count, PASS_TIMING, values);
	struct lock_changes c;

	for (enum lock_pass p = 0; p < LOCK_PASSES; p++)
		c.change[p] = median_time(samples, count, passes[p], values) / time - 1;
	return c;
}

static double furthest(const struct lock_changes *c)
{
	const double a = c->change[LOCK_PASS_CONTENTION], b = c->change[LOCK_PASS_LOCKS];

	return isnan(b) || fabs(a) > fabs(b) ? a : b;
}

bool lock_passes_distorted(const struct lock_changes *c)
{
	return fabs(furthest(c)) > LOCK_PASSES_CHANGE_MAX;
}

/* In percent with its sign, but none where it is nothing. */
static void format_change(double share, char text[32])
{
	snprintf(text, 32, fabs(100 * share) < 0.05 ? "0.0" : "%+.1f", 100 * share);
}

/* "+1.2 % (-0.3 to +4.1 %)" of the rows that have the pass; empty without any. */
static void format_pass(const struct table_rows *r, enum lock_pass p, char text[100])
{
	char median[32], least[32], most[32];
	size_t n = 0;

	for (size_t i = 0; i < r->count; i++) {
		if (!isnan(r->row[i].locks.change[p]))
			r->values[n++] = r->row[i].locks.change[p];
	}
	text[0] = '\0';
	if (!n)
		return;
	/* It sorts them. */
	format_change(median_of(r->values, n).median, median);
	format_change(r->values[0], least);
	format_change(r->values[n - 1], most);
	snprintf(text, 100, n > 1 ? "%s %% (%s to %s %%)" : "%s %%", median, least, most);
}

static void print_left_out(const struct table_rows *r, FILE *out)
{
	const struct table_row *worst = NULL;
	size_t n = 0;
	char text[32];

	for (size_t i = 0; i < r->count; i++) {
		const struct table_row *row = &r->row[i];

		if (!lock_passes_distorted(&row->locks))
			continue;
		n++;
		if (!worst || fabs(furthest(&row->locks)) > fabs(furthest(&worst->locks)))
			worst = row;
	}
	if (!worst)
		return;
	format_change(furthest(&worst->locks), text);
	print_wrapped(out,
		      "no figures of locks of %zu cell%s: with them an op took more than %.0f %% "
		      "longer or shorter, %s %% in %.*s",
		      n, plural(n), 100 * LOCK_PASSES_CHANGE_MAX, text,
		      cell_parts_short(worst->name), worst->name);
}

void lock_passes_print(const struct table_rows *r, FILE *out)
{
	char counted[100], timed[100];

	format_pass(r, LOCK_PASS_CONTENTION, counted);
	format_pass(r, LOCK_PASS_LOCKS, timed);
	if (*counted || *timed)
		print_wrapped(
			out,
			"time of an op against samples without lock statistics, median of the "
			"cells: %s%s%s%s%s",
			counted, *counted ? " where acquisitions are counted" : "",
			*counted && *timed ? ", " : "", timed,
			*timed ? " where some are timed" : "");
	print_left_out(r, out);
}
