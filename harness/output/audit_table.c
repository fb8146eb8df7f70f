// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints a line for each audited cell, and what all of them say of their allocators. */
#include "output/audit_table.h"

#include <stdlib.h>
#include <string.h>

#include "output/audit_verdict.h"
#include "base/wrapped.h"

#define VARIANT_WIDTH 22

/* What a column shows of one result; negative: nothing. */
typedef double (*value_of)(const struct audit_result *r);

static double ops_per_flush(const struct audit_result *r)
{
	return r->flushes ? (double)r->pairs / (double)r->flushes : -1;
}

static double reuse_percent(const struct audit_result *r)
{
	return r->allocations ? 100.0 * (double)r->stale_reuse / (double)r->allocations : 0;
}

static double hits_per_kop(const struct audit_result *r)
{
	return 1000.0 * (double)r->stale_hits / (double)r->pairs;
}

static double window_p50(const struct audit_result *r)
{
	return r->windows.count ? (double)hist_quantile(&r->windows, 0.5) : -1;
}

static double window_p99(const struct audit_result *r)
{
	return r->windows.count ? (double)hist_quantile(&r->windows, 0.99) : -1;
}

static double window_max(const struct audit_result *r)
{
	return r->windows.count ? (double)r->windows.max : -1;
}

static double failures(const struct audit_result *r)
{
	return (double)r->failures;
}

/* Three digits, but all of a whole number; nothing only for what is exactly 0. */
static void format_rate(double value, char *text, size_t size)
{
	int decimals = value == 0 ? 0 : value < 1 ? 4 : value < 10 ? 2 : value < 1000 ? 1 : 0;

	snprintf(text, size, "%.*f", decimals, value);
}

static void format_percent(double value, char *text, size_t size)
{
	snprintf(text, size, "%.2f", value);
}

static void format_count(double value, char *text, size_t size)
{
	snprintf(text, size, "%.0f", value);
}

static const struct column {
	const char *heads[2];
	int width;
	value_of value;
	void (*format)(double value, char *text, size_t size);
	const char *without; /* where there is nothing to show */
	bool ranged;         /* its least and most are shown too */
} columns[] = {
	{{"ops", "/flush"}, 14, ops_per_flush, format_rate, "never", true},
	{{"stale", "reuse %"}, 13, reuse_percent, format_percent, "-", true},
	{{"stale hits", "/1000 ops"}, 15, hits_per_kop, format_rate, "-", true},
	{{"window", "p50 ops"}, 7, window_p50, format_count, "-", false},
	{{"window", "p99 ops"}, 7, window_p99, format_count, "-", false},
	{{"window", "max ops"}, 7, window_max, format_count, "-", false},
	{{"failed", "allocs"}, 6, failures, format_count, "-", false},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* The values of a column: median, least and most. */
struct spread {
	double median, least, most;
};

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static struct spread spread_of(const struct column *c, const struct audited_cell *a)
{
	const unsigned int n = a->seeds - a->failed;
	double *values = calloc(n, sizeof(*values));
	struct spread s = {-1, -1, -1};

	if (!values)
		return s;
	for (unsigned int i = 0; i < n; i++)
		values[i] = c->value(&a->result[i]);
	qsort(values, n, sizeof(*values), by_value);
	s = (struct spread){
		.median = (values[(n - 1) / 2] + values[n / 2]) / 2,
		.least = values[0],
		.most = values[n - 1],
	};
	/* Half of one that has none and of one that has is no figure. */
	if (values[(n - 1) / 2] < 0)
		s.median = -1;
	free(values);
	return s;
}

static void format(const struct column *c, double value, char *text, size_t size)
{
	if (value < 0)
		snprintf(text, size, "%s", c->without);
	else
		c->format(value, text, size);
}

static void print_heads(FILE *out)
{
	for (int line = 0; line < 2; line++) {
		fprintf(out, "  %-*s", VARIANT_WIDTH, line ? "" : "allocator");
		for (size_t i = 0; i < COLUMNS; i++)
			fprintf(out, " %*s", columns[i].width, columns[i].heads[line]);
		fputc('\n', out);
	}
}

/* "1040..1052", or nothing where it is the same for all seeds. */
static void format_range(const struct column *c, const struct spread *s, char *text, size_t size)
{
	char least[24], most[24];

	*text = '\0';
	format(c, s->least, least, sizeof(least));
	format(c, s->most, most, sizeof(most));
	if (c->ranged && strcmp(least, most) != 0)
		snprintf(text, size, "%s..%s", least, most);
}

/* Under a row, up to the last column that has one. */
static void print_ranges(const struct spread *s, FILE *out)
{
	char text[COLUMNS][64];
	size_t end = 0;

	for (size_t i = 0; i < COLUMNS; i++) {
		format_range(&columns[i], &s[i], text[i], sizeof(text[i]));
		if (*text[i])
			end = i + 1;
	}
	for (size_t i = 0; i < end; i++)
		fprintf(out, "%*s %*s", i ? 0 : VARIANT_WIDTH + 2, "", columns[i].width, text[i]);
	if (end)
		fputc('\n', out);
}

static void print_row(const struct audited_cell *a, FILE *out)
{
	struct spread spread[COLUMNS];
	char text[64];

	snprintf(text, sizeof(text), "%s/pools:%u", a->cell->allocator->name, a->cell->npools);
	fprintf(out, "  %-*s", VARIANT_WIDTH, text);
	if (a->failed == a->seeds) {
		fprintf(out, " failed\n");
		return;
	}
	for (size_t i = 0; i < COLUMNS; i++) {
		spread[i] = spread_of(&columns[i], a);
		format(&columns[i], spread[i].median, text, sizeof(text));
		fprintf(out, " %*s", columns[i].width, text);
	}
	fputc('\n', out);
	print_ranges(spread, out);
	if (a->failed)
		fprintf(out, "    (%u of %u seeds failed)\n", a->failed, a->seeds);
}

/* Rows of one group differ in allocator, pools and nothing else. */
static bool same_group(const struct cell *a, const struct cell *b)
{
	return a->workload == b->workload && a->occupancy == b->occupancy && a->cpus == b->cpus &&
	       a->lock == b->lock;
}

bool audited_same_variant(const struct cell *a, const struct cell *b)
{
	return a->allocator == b->allocator && a->npools == b->npools;
}

static void print_words(unsigned int seeds, FILE *out)
{
	char spread[80] = "";

	if (seeds > 1)
		snprintf(spread, sizeof(spread),
			 "; medians of %u seeds, below them least..most where they differ", seeds);
	fputc('\n', out);
	print_wrapped(out,
		      "op: a map and an unmap; reuse: an allocation of what was used before; stale "
		      "reuse: %% of all allocations that a flush should have come before; stale "
		      "hits: DMAs through an old translation; windows: ops from a free to the end "
		      "of the first flush (IOTLB invalidation) that covers it%s",
		      spread);
	fputc('\n', out);
}

void audit_table_print(const struct audited_cell *audited, size_t count, FILE *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct cell *c = audited[i].cell;

		if (i == 0 || !same_group(audited[i - 1].cell, c)) {
			fprintf(out, "%s%s   utilization %u %%   CPU numbers %u   lock %s\n",
				i ? "\n" : "", c->workload->name, c->occupancy, c->cpus,
				lock_kind_name(c->lock));
			print_heads(out);
		}
		print_row(&audited[i], out);
	}
	print_words(count ? audited[0].seeds : 1, out);
	for (size_t i = 0; i < count; i++) {
		bool told = false;

		for (size_t j = 0; j < i; j++)
			told |= audited_same_variant(audited[j].cell, audited[i].cell);
		if (!told)
			audit_verdict_print(audited, count, audited[i].cell, out);
	}
}
