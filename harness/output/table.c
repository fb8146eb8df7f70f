// SPDX-License-Identifier: GPL-2.0-or-later
/* See table.h. */
#include "output/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/median.h"
#include "output/counter_table.h"
#include "plan/cell.h"

/* A cell's name taken apart: what heads a group, and what makes a row of it. */
struct row {
	char name[CELL_NAME_MAX];
	char group[CELL_NAME_MAX]; /* "ring   flush:none   occupancy:5 ..." */
	char variant[64];          /* "pooled/pools:16" */
	char cpus[16];
	size_t first; /* order of the first sample in the plan */
};

/* How a column makes its values. */
enum column_kind {
	PLAIN,
	WITH_INTERVAL, /* and the median's interval beside it */
	TIME,          /* ns by a clock with steps: none shorter is told */
};

struct column {
	const char *pass, *key;
	const char *per; /* divide by this figure of the same sample, or NULL */
	const char *heads[2];
	int width;
	int decimals; /* -1: as many as make about four digits */
	double scale;
	enum column_kind kind;
	bool only_if_any; /* left out where all values of the table are 0 or absent */
};

static const struct column columns[] = {
	{"timing", "real_time", NULL, {"ns a pair", "and CPU"}, 9, -1, 1, WITH_INTERVAL, false},
	{"timing", "ops_per_second", NULL, {"pairs/s", "million"}, 8, -1, 1e-6, PLAIN, false},
	{"timing", "fairness", NULL, {"fair-", "ness"}, 5, 2, 1, PLAIN, false},
	{"timing", "flushes_per_kop", NULL, {"flushes", "a 1000"}, 7, -1, 1, PLAIN, false},
	{"timing", "alloc_failures", NULL, {"failed", "allocs"}, 8, 0, 1, PLAIN, true},
	{"timing", "fallback_pool_share", NULL, {"remote", "pool %"}, 6, 1, 100, PLAIN, true},
	{"timing", "local_pool_utilization", NULL, {"own pool", "taken %"}, 8, 1, 1, PLAIN, false},
	{"counters", "cycles", NULL, {"cycles", "a pair"}, 7, -1, 1, PLAIN, true},
	{"counters", "instructions", NULL, {"instr.", "a pair"}, 7, -1, 1, PLAIN, true},
	{"counters", "l1d_misses", NULL, {"L1D", "misses"}, 7, -1, 1, PLAIN, true},
	{"counters", "llc_misses", NULL, {"LLC", "misses"}, 7, -1, 1, PLAIN, true},
	{"counters", "remote_misses", NULL, {"remote", "misses"}, 7, -1, 1, PLAIN, true},
	{"counters", "simulated_l1d_misses", NULL, {"simul.", "L1D m."}, 8, -1, 1, PLAIN, true},
	{"counters", "simulated_llc_misses", NULL, {"simul.", "LLC m."}, 8, -1, 1, PLAIN, true},
	{"locks", "hold_ns_p50", NULL, {"hold", "p50 ns"}, 6, -1, 1, TIME, true},
	{"locks", "hold_ns_p99", NULL, {"hold", "p99 ns"}, 6, -1, 1, TIME, true},
	{"locks", "wait_ns_mean", NULL, {"wait", "mean ns"}, 7, -1, 1, TIME, true},
	{"locks", "contentions", "acquisitions", {"cont.", "%"}, 5, 1, 100, PLAIN, true},
	{"sim", "coherence_misses", NULL, {"coher.", "misses"}, 6, -1, 1, PLAIN, true},
	{"sim", "stale_reuse_per_kop", NULL, {"stale", "reuse"}, 6, -1, 1, PLAIN, true},
};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

#define VARIANT_WIDTH  20
#define INTERVAL_WIDTH 20

/* A table being printed. */
struct table {
	const json_t *benchmarks;
	FILE *out;
	double step_ns; /* of the clock */
	double *values; /* room for one of each sample */
	bool shown[COLUMNS];
	bool all_intervals;
};

/* Length of what comes before WORKLOAD: "sim/PROFILE/", or nothing. */
static size_t prefix_length(const char *name)
{
	size_t sim = strlen("sim/");

	if (strncmp(name, "sim/", sim) != 0 || !strchr(name + sim, '/'))
		return 0;
	return (size_t)(strchr(name + sim, '/') + 1 - name);
}

/*
 * [sim/PROFILE/]WORKLOAD/ALLOCATOR/pools:P/cpus:C/REST. False for a name that is not built so.
 */
static bool split_name(const char *name, struct row *r)
{
	const size_t prefix = prefix_length(name);
	const char *const whole = name;
	const char *part[5];
	size_t length[5];

	name += prefix;
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
	snprintf(r->group, sizeof(r->group), "%.*s%.*s  %.150s", (int)prefix, whole, (int)length[0],
		 part[0], part[4]);
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

	json_array_foreach (benchmarks, i, b) {
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

/* A column's values of a cell's samples; @cell NULL: of all. Returns how many. */
static size_t figures(const json_t *benchmarks, const char *cell, const struct column *c,
		      double *values)
{
	json_t *b;
	size_t i, n = 0;

	json_array_foreach (benchmarks, i, b) {
		const char *name = json_string_value(json_object_get(b, "name"));
		const char *pass = json_string_value(json_object_get(b, "pass"));
		json_t *value = json_object_get(b, c->key);
		double per = c->per ? json_number_value(json_object_get(b, c->per)) : 1;

		/* A simulation has the figures of all passes at once. */
		if (name && pass && (strcmp(pass, c->pass) == 0 || strcmp(pass, "sim") == 0) &&
		    (!cell || strcmp(name, cell) == 0) && json_is_number(value) && per > 0 &&
		    !json_is_true(json_object_get(b, "error_occurred")))
			values[n++] = json_number_value(value) / per;
	}
	return n;
}

/* Which columns have something to say. */
static void choose_columns(struct table *t)
{
	for (size_t i = 0; i < COLUMNS; i++) {
		size_t n = figures(t->benchmarks, NULL, &columns[i], t->values);
		bool any = false;

		for (size_t j = 0; j < n; j++)
			any |= t->values[j] != 0;
		t->shown[i] = any || !columns[i].only_if_any;
	}
}

static void print_heads(const struct table *t)
{
	for (int line = 0; line < 2; line++) {
		fprintf(t->out, "  %-*s %4s", VARIANT_WIDTH, line ? "" : "allocator",
			line ? "" : "CPUs");
		for (size_t i = 0; i < COLUMNS; i++) {
			if (!t->shown[i])
				continue;
			fprintf(t->out, " %*s", columns[i].width, columns[i].heads[line]);
			if (columns[i].kind == WITH_INTERVAL)
				fprintf(t->out, " %-*s", INTERVAL_WIDTH,
					line ? "" : "  95 % interval");
		}
		fputc('\n', t->out);
	}
}

static void format_value(const struct table *t, const struct column *c, double value, char *text,
			 size_t size)
{
	int decimals = c->decimals;

	value *= c->scale;
	/* One step is what no time at all can look like; medians may lie between steps. */
	if (c->kind == TIME && value < 1.01 * t->step_ns) {
		snprintf(text, size, "<%.0f", t->step_ns);
		return;
	}
	if (decimals < 0)
		decimals = value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0;
	/* Digits below the clock's step would be invented. */
	if (c->kind == TIME)
		decimals = 0;
	snprintf(text, size, "%.*f", decimals, value);
}

static void print_cell(struct table *t, const struct column *c, const struct row *r)
{
	size_t n = figures(t->benchmarks, r->name, c, t->values);
	char text[32], low[32], high[32], interval[80];
	struct median m;

	if (!n) {
		fprintf(t->out, " %*s", c->width, "-");
		if (c->kind == WITH_INTERVAL)
			fprintf(t->out, " %-*s", INTERVAL_WIDTH, "");
		return;
	}
	m = median_of(t->values, n);
	format_value(t, c, m.median, text, sizeof(text));
	fprintf(t->out, " %*s", c->width, text);
	if (c->kind != WITH_INTERVAL)
		return;
	/* One sample, as of a simulation: there is nothing to be uncertain of. */
	if (n == 1) {
		fprintf(t->out, " %-*s", INTERVAL_WIDTH, "");
		return;
	}
	format_value(t, c, m.low, low, sizeof(low));
	format_value(t, c, m.high, high, sizeof(high));
	snprintf(interval, sizeof(interval), " [%s .. %s]%s", low, high, m.is_interval ? "" : "*");
	fprintf(t->out, " %-*s", INTERVAL_WIDTH, interval);
	t->all_intervals &= m.is_interval;
}

static void count_flagged(const json_t *benchmarks, unsigned int *failed, unsigned int *noisy)
{
	json_t *b;
	size_t i;

	json_array_foreach (benchmarks, i, b) {
		*failed += json_is_true(json_object_get(b, "error_occurred"));
		*noisy += json_number_value(json_object_get(b, "noisy")) > 0;
	}
}

static void print_omissions(const json_t *suite, FILE *out)
{
	json_t *omitted = json_object_get(suite, "omitted"), *o;
	size_t i;

	json_array_foreach (omitted, i, o)
		fprintf(out, "left out: %s: %s\n", json_string_value(json_object_get(o, "cell")),
			json_string_value(json_object_get(o, "reason")));
}

static void print_flushes(const json_t *suite, FILE *out)
{
	json_t *models = json_object_get(suite, "flush_models"), *m;
	size_t i;

	json_array_foreach (models, i, m) {
		const char *name = json_string_value(json_object_get(m, "name"));
		json_t *asked = json_object_get(m, "requested_ns");

		if (json_is_number(asked))
			fprintf(out, "flush %s: %.0f ns asked for, %.0f ns achieved\n", name,
				json_number_value(asked),
				json_number_value(json_object_get(m, "achieved_ns")));
	}
}

/* What recording costs: how much slower the cells are with it, by the medians of both passes. */
static void print_perturbation(struct table *t, const struct row *rows, size_t count)
{
	static const struct column timing = {.pass = "timing", .key = "real_time"};
	static const struct column locks = {.pass = "locks", .key = "real_time"};
	double *slower = calloc(count + 1, sizeof(*slower));
	struct median m;
	size_t cells = 0;

	for (size_t i = 0; slower && i < count; i++) {
		size_t n = figures(t->benchmarks, rows[i].name, &timing, t->values);
		double without = n ? median_of(t->values, n).median : 0;

		n = figures(t->benchmarks, rows[i].name, &locks, t->values);
		if (n && without > 0)
			slower[cells++] = 100 * (median_of(t->values, n).median / without - 1);
	}
	if (cells) {
		m = median_of(slower, cells);
		fprintf(t->out,
			"lock statistics made a pair %.1f %% slower (median of %zu cells; %.1f to "
			"%.1f %%): times are of samples without them\n",
			m.median, cells, slower[0], slower[cells - 1]);
	}
	free(slower);
}

static void print_notes(struct table *t, const json_t *suite)
{
	unsigned int failed = 0, noisy = 0;

	fputc('\n', t->out);
	if (!t->all_intervals)
		fprintf(t->out,
			"*: smallest and largest sample; a 95 %% interval needs at least 6\n");
	count_flagged(t->benchmarks, &failed, &noisy);
	if (json_object_get(suite, "simulator"))
		fprintf(t->out, "%zu cells simulated, %u failed\n", json_array_size(t->benchmarks),
			failed);
	else
		fprintf(t->out,
			"%zu samples, medians of those that did not fail: %u failed, %u noisy "
			"(kept)\n",
			json_array_size(t->benchmarks), failed, noisy);
	print_flushes(suite, t->out);
	print_omissions(suite, t->out);
	counter_table_notes(suite, t->benchmarks, t->out);
}

void table_print(const json_t *root, FILE *out)
{
	const json_t *suite = json_object_get(json_object_get(root, "context"), "iommubench");
	struct table t = {.out = out, .all_intervals = true};
	const char *group = "";
	struct row *rows;
	size_t count;

	t.benchmarks = json_object_get(root, "benchmarks");
	t.step_ns = json_number_value(json_object_get(json_object_get(suite, "clock"), "step_ns"));
	t.values = calloc(json_array_size(t.benchmarks) + 1, sizeof(*t.values));
	rows = collect_rows(t.benchmarks, &count);
	if (!t.values || !rows)
		count = 0;
	else
		choose_columns(&t);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(group, rows[i].group) != 0) {
			group = rows[i].group;
			fprintf(out, "\n%s\n", group);
			print_heads(&t);
		}
		fprintf(out, "  %-*s %4s", VARIANT_WIDTH, rows[i].variant, rows[i].cpus);
		for (size_t c = 0; c < COLUMNS; c++) {
			if (t.shown[c])
				print_cell(&t, &columns[c], &rows[i]);
		}
		fputc('\n', out);
	}
	print_notes(&t, suite);
	if (!json_object_get(suite, "simulator"))
		print_perturbation(&t, rows, count);
	free(rows);
	free(t.values);
}

/* One line of /proc/lock_stat: times in microseconds. */
static void print_lock(const json_t *lock, FILE *out)
{
	static const char *const times[] = {"wait", "hold"};
	static const char *const counts[][2] = {{"con_bounces", "contentions"},
						{"acq_bounces", "acquisitions"}};

	fprintf(out, "%39s:", json_string_value(json_object_get(lock, "lock")));
	for (int i = 0; i < 2; i++) {
		const json_t *t = json_object_get(lock, times[i]);
		double n = json_number_value(json_object_get(lock, counts[i][1]));
		double total = json_number_value(json_object_get(t, "total_ns")) / 1e3;

		fprintf(out, " %14.0f %14.0f %14.2f %14.2f %14.2f %14.2f",
			json_number_value(json_object_get(lock, counts[i][0])), n,
			json_number_value(json_object_get(t, "min_ns")) / 1e3,
			json_number_value(json_object_get(t, "max_ns")) / 1e3, total,
			n > 0 ? total / n : 0);
	}
	fputc('\n', out);
}

/* Is sample @index the first of its cell that has locks? */
static bool is_first_with_locks(const json_t *root, size_t index)
{
	const json_t *benchmarks = json_object_get(root, "benchmarks");
	const json_t *sample = json_array_get(benchmarks, index);
	const char *name = json_string_value(json_object_get(sample, "name"));

	if (!name || !json_object_get(sample, "locks"))
		return false;
	while (index-- > 0) {
		const json_t *b = json_array_get(benchmarks, index);
		const char *other = json_string_value(json_object_get(b, "name"));

		if (other && json_object_get(b, "locks") && strcmp(name, other) == 0)
			return false;
	}
	return true;
}

void table_print_lock_stat(const json_t *root, FILE *out)
{
	json_t *b, *lock;
	size_t i, j;

	fprintf(out, "\nlocks of each cell's first sample, as in /proc/lock_stat (times in us)\n");
	fprintf(out, "%40s %14s %14s %14s %14s %14s %14s %14s %14s %14s %14s %14s %14s\n",
		"class name", "con-bounces", "contentions", "waittime-min", "waittime-max",
		"waittime-total", "waittime-avg", "acq-bounces", "acquisitions", "holdtime-min",
		"holdtime-max", "holdtime-total", "holdtime-avg");
	json_array_foreach (json_object_get(root, "benchmarks"), i, b) {
		if (!is_first_with_locks(root, i))
			continue;
		fprintf(out, "%s\n", json_string_value(json_object_get(b, "name")));
		json_array_foreach (json_object_get(b, "locks"), j, lock)
			print_lock(lock, out);
	}
}
