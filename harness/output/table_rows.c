// SPDX-License-Identifier: GPL-2.0-or-later
/* Gathers a document's samples by cell, in the plan's order. */
#include "output/table_rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/median.h"
#include "output/platform_block.h"

/* A sample on its way into a row. */
struct named {
	const char *name;
	const json_t *sample;
	size_t index;
};

static int by_name(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static int by_plan(const void *a, const void *b)
{
	const struct table_row *x = a, *y = b;

	return (x->place > y->place) - (x->place < y->place);
}

/* How many entries, unless that is the usual or its platform's. */
static void name_entries(const struct table_row *r, char *text, size_t size)
{
	text[0] = '\0';
	if (!r->block && r->cell.entries)
		snprintf(text, size, "%llu entries   ", (unsigned long long)r->cell.entries);
}

static void name_group(struct table_row *r, const json_t *suite)
{
	const struct cell_parts *c = &r->cell;
	char entries[40];

	r->block = platform_block_of(suite, c);
	name_entries(r, entries, sizeof(entries));
	cell_parts_variant(c, r->variant, sizeof(r->variant));
	r->hypothetical = platform_block_is_hypothetical(r->block, r->variant);
	snprintf(r->group, sizeof(r->group),
		 "%s%s%s%s%s%s   %sflush %s   utilization %s %%   lock %s   think %llu ns",
		 c->profile[0] ? "sim " : "", c->profile, c->profile[0] ? "   " : "",
		 r->block ? platform_block_name(r->block) : "", r->block ? "   " : "", c->workload,
		 entries, c->flush, c->occupancy, c->lock, (unsigned long long)c->think_ns);
}

/* The samples that have a cell's name, sorted by it. Returns how many. */
static size_t sort_samples(const json_t *benchmarks, struct named *all)
{
	struct cell_parts parts;
	size_t i, n = 0;
	json_t *b;

	json_array_foreach (benchmarks, i, b) {
		const char *name = json_string_value(json_object_get(b, "name"));

		if (name && cell_parts_read(name, &parts))
			all[n++] = (struct named){name, b, i};
	}
	qsort(all, n, sizeof(*all), by_name);
	return n;
}

static size_t count_names(const struct named *all, size_t count)
{
	size_t names = 0;

	for (size_t i = 0; i < count; i++)
		names += !i || strcmp(all[i].name, all[i - 1].name) != 0;
	return names;
}

/* Nothing is told of locks that recording has distorted. */
static void leave_out_distorted(struct table_row *row, double *values)
{
	size_t kept = 0;

	row->locks = lock_passes_changes(row->samples, row->sample_count, values);
	if (!lock_passes_distorted(&row->locks))
		return;
	for (size_t i = 0; i < row->sample_count; i++) {
		if (!lock_passes_has(row->samples[i]))
			row->samples[kept++] = row->samples[i];
	}
	row->sample_count = kept;
}

static void make_rows(struct table_rows *r, const json_t *suite, const struct named *all,
		      size_t count)
{
	struct table_row *row = NULL;

	r->row = calloc(count_names(all, count) + 1, sizeof(*r->row));
	if (!r->row)
		return;
	for (size_t i = 0; i < count; i++) {
		r->samples[i] = all[i].sample;
		if (!row || strcmp(row->name, all[i].name) != 0) {
			json_t *place = json_object_get(all[i].sample, "family_index");

			row = &r->row[r->count++];
			row->name = all[i].name;
			row->samples = &r->samples[i];
			row->place = (size_t)json_integer_value(place);
			cell_parts_read(row->name, &row->cell);
			name_group(row, suite);
		}
		row->sample_count++;
	}
	r->sample_count = count;
	for (size_t i = 0; i < r->count; i++)
		leave_out_distorted(&r->row[i], r->values);
	qsort(r->row, r->count, sizeof(*r->row), by_plan);
}

void table_rows_open(struct table_rows *r, const json_t *root)
{
	const json_t *suite = json_object_get(json_object_get(root, "context"), "iommubench");
	const json_t *benchmarks = json_object_get(root, "benchmarks");
	const size_t most = json_array_size(benchmarks) + 1;
	struct named *all = calloc(most, sizeof(*all));

	*r = (struct table_rows){
		.samples = calloc(most, sizeof(*r->samples)),
		.values = calloc(most, sizeof(*r->values)),
	};
	if (all && r->samples && r->values)
		make_rows(r, suite, all, sort_samples(benchmarks, all));
	free(all);
}

void table_rows_close(struct table_rows *r)
{
	free(r->row);
	free(r->samples);
	free(r->values);
}

size_t figure_values(const struct figure *f, const json_t *const *samples, size_t count,
		     double *values)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += figure_of_sample(f, samples[i], &values[n]);
	return n;
}

double table_median(const struct table_rows *r, const struct table_row *row, const struct figure *f)
{
	size_t n = figure_values(f, row->samples, row->sample_count, r->values);

	return n ? median_of(r->values, n).median : NAN;
}

const struct table_row *table_row_of_one_cpu(const struct table_rows *r,
					     const struct table_row *row)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct table_row *other = &r->row[i];

		if (other->cell.cpus == 1 && strcmp(other->variant, row->variant) == 0 &&
		    strcmp(other->group, row->group) == 0)
			return other;
	}
	return NULL;
}
