// SPDX-License-Identifier: GPL-2.0-or-later
/* See table.h. */
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cell.h"
#include "median.h"

/* A cell's name taken apart: what heads a group, and what makes a row of it. */
struct row {
	char name[CELL_NAME_MAX];
	char group[CELL_NAME_MAX];  /* "ring   flush:none   occupancy:5 ..." */
	char variant[64];	    /* "pooled/pools:16" */
	char cpus[16];
	size_t first;		    /* order of the first sample in the plan */
};

struct column {
	const char *key;
	const char *heads[2];
	int width;
	int decimals; /* -1: as many as make about four digits */
	double scale;
	bool with_interval;
};

static const struct column columns[] = {
	{ "real_time", { "ns a pair", "and CPU" }, 9, -1, 1, true },
	{ "pairs_per_second", { "pairs/s", "million" }, 9, -1, 1e-6, false },
	{ "fairness", { "fair-", "ness" }, 6, 2, 1, false },
	{ "flushes_per_kpair", { "flushes", "a 1000" }, 9, -1, 1, false },
	{ "alloc_failures", { "failed", "allocs" }, 8, 0, 1, false },
	{ "remote_pool_share", { "remote", "pool %" }, 7, 1, 100, false },
	{ "own_pool_occupancy", { "own pool", "taken %" }, 9, 1, 1, false },
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

#define VARIANT_WIDTH  20
#define INTERVAL_WIDTH 20

/*
 * WORKLOAD/ALLOCATOR/pools:P/cpus:C/REST. False for a name that is not built so.
 */
static bool split_name(const char *name, struct row *r)
{
	const char *part[5];
	size_t length[5];

	for (int i = 0; i < 5; i++) {
		part[i] = name;
		length[i] = i < 4 ? strcspn(name, "/") : strlen(name);
		if (!length[i] || (i < 4 && !name[length[i]]))
			return false;
		name += length[i] + (i < 4);
	}
	if (strncmp(part[3], "cpus:", 5) != 0)
		return false;
	snprintf(r->variant, sizeof(r->variant), "%.*s/%.*s", (int)length[1], part[1],
		 (int)length[2], part[2]);
	snprintf(r->cpus, sizeof(r->cpus), "%.*s", (int)length[3] - 5, part[3] + 5);
	snprintf(r->group, sizeof(r->group), "%.*s  %.200s", (int)length[0], part[0], part[4]);
	for (char *slash = r->group; (slash = strchr(slash, '/'));)
		*slash = ' ';
	return true;
}

static int by_plan(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return (x->first > y->first) - (x->first < y->first);
}

/* The cells in the plan's order. */
static struct row *collect_rows(const json_t *benchmarks, size_t *count)
{
	struct row *rows = calloc(json_array_size(benchmarks) + 1, sizeof(*rows));
	json_t *b;
	size_t i, n = 0;

	json_array_foreach(benchmarks, i, b) {
		const char *name = json_string_value(json_object_get(b, "name"));
		json_t *index = json_object_get(b, "family_index");
		bool known = !rows || !name || strlen(name) >= CELL_NAME_MAX;

		for (size_t j = 0; !known && j < n; j++)
			known = strcmp(rows[j].name, name) == 0;
		if (known || !split_name(name, &rows[n]))
			continue;
		strcpy(rows[n].name, name);
		rows[n++].first = (size_t)json_integer_value(index);
	}
	*count = n;
	if (rows)
		qsort(rows, n, sizeof(*rows), by_plan);
	return rows;
}

/* The values of one figure of a cell's samples. Returns how many. */
static size_t figures(const json_t *benchmarks, const char *cell, const char *key, double *values)
{
	json_t *b;
	size_t i, n = 0;

	json_array_foreach(benchmarks, i, b) {
		const char *name = json_string_value(json_object_get(b, "name"));
		json_t *value = json_object_get(b, key);

		if (name && strcmp(name, cell) == 0 && json_is_number(value) &&
		    !json_is_true(json_object_get(b, "error_occurred")))
			values[n++] = json_number_value(value);
	}
	return n;
}

static void print_heads(FILE *out)
{
	for (int line = 0; line < 2; line++) {
		fprintf(out, "  %-*s %4s", VARIANT_WIDTH, line ? "" : "allocator", line ? "" : "CPUs");
		for (size_t i = 0; i < COLUMNS; i++) {
			fprintf(out, " %*s", columns[i].width, columns[i].heads[line]);
			if (columns[i].with_interval)
				fprintf(out, " %-*s", INTERVAL_WIDTH, line ? "" : "  95 % interval");
		}
		fputc('\n', out);
	}
}

static void format_value(const struct column *c, double value, char *text, size_t size)
{
	int decimals = c->decimals;

	value *= c->scale;
	if (decimals < 0)
		decimals = value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0;
	snprintf(text, size, "%.*f", decimals, value);
}

static void print_cell(const struct column *c, const json_t *benchmarks, const struct row *r,
		       double *values, bool *all_intervals, FILE *out)
{
	size_t n = figures(benchmarks, r->name, c->key, values);
	char text[32], low[32], high[32], interval[80];
	struct median m;

	if (!n) {
		fprintf(out, " %*s", c->width, "-");
		if (c->with_interval)
			fprintf(out, " %-*s", INTERVAL_WIDTH, "");
		return;
	}
	m = median_of(values, n);
	format_value(c, m.median, text, sizeof(text));
	fprintf(out, " %*s", c->width, text);
	if (!c->with_interval)
		return;
	format_value(c, m.low, low, sizeof(low));
	format_value(c, m.high, high, sizeof(high));
	snprintf(interval, sizeof(interval), " [%s .. %s]%s", low, high, m.is_interval ? "" : "*");
	fprintf(out, " %-*s", INTERVAL_WIDTH, interval);
	*all_intervals &= m.is_interval;
}

static void count_flagged(const json_t *benchmarks, unsigned int *failed, unsigned int *disturbed)
{
	json_t *b;
	size_t i;

	json_array_foreach(benchmarks, i, b) {
		*failed += json_is_true(json_object_get(b, "error_occurred"));
		*disturbed += json_number_value(json_object_get(b, "disturbed")) > 0;
	}
}

static void print_omissions(const json_t *suite, FILE *out)
{
	json_t *omitted = json_object_get(suite, "omitted"), *o;
	size_t i;

	json_array_foreach(omitted, i, o)
		fprintf(out, "left out: %s: %s\n", json_string_value(json_object_get(o, "cell")),
			json_string_value(json_object_get(o, "reason")));
}

static void print_flushes(const json_t *suite, FILE *out)
{
	json_t *models = json_object_get(suite, "flush_models"), *m;
	size_t i;

	json_array_foreach(models, i, m) {
		const char *name = json_string_value(json_object_get(m, "name"));
		json_t *asked = json_object_get(m, "requested_ns");

		if (json_is_number(asked))
			fprintf(out, "flush %s: %.0f ns asked for, %.0f ns achieved\n", name,
				json_number_value(asked),
				json_number_value(json_object_get(m, "achieved_ns")));
	}
}

static void print_notes(const json_t *suite, const json_t *benchmarks, bool all_intervals,
			FILE *out)
{
	unsigned int failed = 0, disturbed = 0;

	fputc('\n', out);
	if (!all_intervals)
		fprintf(out, "*: smallest and largest sample; a 95 %% interval needs at least 6\n");
	count_flagged(benchmarks, &failed, &disturbed);
	fprintf(out, "%zu samples, medians of those that did not fail: %u failed, %u disturbed "
		     "(kept)\n", json_array_size(benchmarks), failed, disturbed);
	print_flushes(suite, out);
	print_omissions(suite, out);
}

void table_print(const json_t *root, FILE *out)
{
	const json_t *benchmarks = json_object_get(root, "benchmarks");
	const json_t *suite = json_object_get(json_object_get(root, "context"), "iommubench");
	double *values = calloc(json_array_size(benchmarks) + 1, sizeof(*values));
	bool all_intervals = true;
	const char *group = "";
	struct row *rows;
	size_t count;

	rows = collect_rows(benchmarks, &count);
	for (size_t i = 0; values && rows && i < count; i++) {
		if (strcmp(group, rows[i].group) != 0) {
			group = rows[i].group;
			fprintf(out, "\n%s\n", group);
			print_heads(out);
		}
		fprintf(out, "  %-*s %4s", VARIANT_WIDTH, rows[i].variant, rows[i].cpus);
		for (size_t c = 0; c < COLUMNS; c++)
			print_cell(&columns[c], benchmarks, &rows[i], values, &all_intervals, out);
		fputc('\n', out);
	}
	print_notes(suite, benchmarks, all_intervals, out);
	free(rows);
	free(values);
}
