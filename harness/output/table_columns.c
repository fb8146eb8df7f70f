// SPDX-License-Identifier: GPL-2.0-or-later
/* Chooses and fills the columns of a table by the list of figures. */
#include "output/table_columns.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/median.h"
#include "base/wrapped.h"

#define INDENT     2
#define CPUS_WIDTH 4

static bool has_any(const struct figure *f, const struct table_rows *r)
{
	return figure_values(f, r->samples, r->sample_count, r->values) > 0;
}

/* The figures of one sample that were counted and are not in the list: --events, likwid. */
static void find_events(struct table_columns *c, const json_t *sample, const json_t *counted)
{
	static json_t *passes;
	const char *key;
	json_t *value;

	if (!passes)
		passes = json_pack("[s]", "counters");
	json_object_foreach((json_t *)sample, key, value)
	{
		bool known = figure_is_listed(key) || !json_is_number(value) ||
			     (strncmp(key, "likwid:", 7) != 0 && !json_object_get(counted, key));
		void *more;

		for (size_t i = 0; !known && i < c->own_count; i++)
			known = strcmp(c->own[i].name, key) == 0;
		more = known ? NULL : realloc(c->own, (c->own_count + 1) * sizeof(*c->own));
		if (!more)
			continue;
		c->own = more;
		c->own[c->own_count++] = (struct figure){
			.name = key,
			.title = key,
			.heads = {key, "/op"},
			.passes = passes,
			.table = FIGURE_DEFAULT,
			.scale = 1,
			.decimals = -1,
			.counted = true,
			.low = -INFINITY,
			.high = INFINITY,
		};
	}
}

static void find_all_events(struct table_columns *c, const struct table_rows *r,
			    const json_t *suite)
{
	const json_t *present = json_object_get(json_object_get(suite, "counters"), "present");
	json_t *counted = json_object(), *entry;
	size_t i;

	json_array_foreach (present, i, entry)
		json_object_set(counted, json_string_value(json_object_get(entry, "name")),
				json_true());
	for (i = 0; present && i < r->sample_count; i++)
		find_events(c, r->samples[i], counted);
	json_decref(counted);
}

static void add(struct table_columns *c, const struct figure *f, enum table_column_kind kind,
		const char *first, const char *second)
{
	struct table_column *column = &c->column[c->count++];

	column->figure = f;
	column->kind = kind;
	snprintf(column->heads[0], sizeof(column->heads[0]), "%s", first);
	snprintf(column->heads[1], sizeof(column->heads[1]), "%s", second);
}

/* Does a row of several CPUs have a value, and so does that of one? */
static bool any_scaling(const struct table_rows *r, const struct figure *f)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct table_row *row = &r->row[i], *one = table_row_of_one_cpu(r, row);

		if (row->cell.cpus > 1 && one && table_median(r, one, f) > 0 &&
		    !isnan(table_median(r, row, f)))
			return true;
	}
	return false;
}

static bool any_spread(const struct table_rows *r, const struct figure *f)
{
	for (size_t i = 0; i < r->count; i++) {
		if (figure_values(f, r->row[i].samples, r->row[i].sample_count, r->values) > 1)
			return true;
	}
	return false;
}

/* Were the counters chosen by name? Then all of them are columns. */
static bool named_events(const json_t *suite)
{
	json_t *argument;
	size_t i;

	json_array_foreach (json_object_get(suite, "arguments"), i, argument) {
		const char *text = json_string_value(argument);

		if (text && strncmp(text, "--events", strlen("--events")) == 0)
			return true;
	}
	return false;
}

static void consider(struct table_columns *c, const struct table_rows *r, const struct figure *f,
		     bool wide)
{
	if (f->table == FIGURE_NONE || !has_any(f, r))
		return;
	if (!wide && f->table != FIGURE_DEFAULT && !(f->counted && c->named_events)) {
		c->left_out[c->left_out_count++] = f;
		return;
	}
	add(c, f, COLUMN_MEDIAN, f->heads[0], f->heads[1]);
	/* Heads of a spread depend on what it turns out to be. */
	if (f->spread && any_spread(r, f))
		add(c, f, COLUMN_SPREAD, "", "");
	if (f->scaling && any_scaling(r, f))
		add(c, f, COLUMN_SCALING, "scaling", "");
}

static void choose(struct table_columns *c, const struct table_rows *r, bool wide)
{
	size_t count, at = 0;
	const struct figure *list = figure_list(&count);

	/* What was asked for by name comes behind the counters that the list has, all of it together. */
	while (at < count && list[at].column <= FIGURE_EVENTS_COLUMN)
		consider(c, r, &list[at++], wide);
	for (size_t i = 0; i < c->own_count; i++)
		consider(c, r, &c->own[i], wide);
	for (size_t i = at; i < count && c->named_events; i++) {
		if (list[i].counted)
			consider(c, r, &list[i], wide);
	}
	for (size_t i = at; i < count; i++) {
		if (!list[i].counted || !c->named_events)
			consider(c, r, &list[i], wide);
	}
}

void table_format(const struct figure *f, double value, double step_ns, char *text, size_t size)
{
	int decimals = f->decimals;

	value *= f->scale;
	/* One step is what no time at all can look like; medians may lie between steps. */
	if (f->clocked && value < 1.01 * step_ns) {
		snprintf(text, size, "<%.0f", step_ns);
		return;
	}
	if (decimals < 0)
		decimals = value < 10 ? 3 : value < 100 ? 2 : value < 1000 ? 1 : 0;
	/* Digits below the clock's step would be invented. */
	if (f->clocked)
		decimals = 0;
	snprintf(text, size, "%.*f", decimals, value);
}

static void fill_spread(struct table_columns *c, const struct figure *f, struct median m,
			const double *sorted, size_t n, char text[TABLE_TEXT_MAX])
{
	char low[24], high[24];

	/* What seeds do is the range of all of them. */
	if (c->simulated) {
		m.low = sorted[0];
		m.high = sorted[n - 1];
		m.is_interval = false;
	}
	table_format(f, m.low, c->step_ns, low, sizeof(low));
	table_format(f, m.high, c->step_ns, high, sizeof(high));
	snprintf(text, TABLE_TEXT_MAX, "[%s .. %s]%s", low, high, m.is_interval ? "" : "*");
	c->any_interval |= m.is_interval;
	c->any_range |= !m.is_interval;
}

static void fill(struct table_columns *c, const struct table_column *column,
		 const struct table_rows *r, const struct table_row *row, char text[TABLE_TEXT_MAX])
{
	const struct figure *f = column->figure;
	const size_t n = figure_values(f, row->samples, row->sample_count, r->values);
	const struct table_row *one;
	struct median m;

	strcpy(text, column->kind == COLUMN_SPREAD ? "" : "-");
	if (!n)
		return;
	m = median_of(r->values, n);
	if (column->kind == COLUMN_MEDIAN)
		table_format(f, m.median, c->step_ns, text, TABLE_TEXT_MAX);
	/* One sample has no spread. */
	else if (column->kind == COLUMN_SPREAD && n > 1)
		fill_spread(c, f, m, r->values, n, text);
	one = column->kind == COLUMN_SCALING ? table_row_of_one_cpu(r, row) : NULL;
	if (one && table_median(r, one, f) > 0)
		snprintf(text, TABLE_TEXT_MAX, "%.2f", m.median / table_median(r, one, f));
}

static void head_spreads(struct table_columns *c, size_t rows)
{
	for (size_t i = 0; i < c->count; i++) {
		struct table_column *column = &c->column[i];

		if (column->kind != COLUMN_SPREAD)
			continue;
		/* No mark is needed where all are of one kind. */
		for (size_t row = 0; !c->any_interval && row < rows; row++)
			*strchrnul(c->text[row * c->count + i], '*') = '\0';
		strcpy(column->heads[0], c->any_interval ? "95 % interval" : "range of");
		strcpy(column->heads[1], c->simulated     ? "seeds" :
					 !c->any_interval ? "samples" :
					 c->any_range     ? "(*: range)" :
							    "");
	}
}

/* Room for the longest text of each column. */
static void measure(struct table_columns *c, const struct table_rows *r)
{
	c->variant_width = (int)strlen("allocator");
	for (size_t i = 0; i < r->count; i++) {
		if ((int)strlen(r->row[i].variant) > c->variant_width)
			c->variant_width = (int)strlen(r->row[i].variant);
	}
	for (size_t j = 0; j < c->count; j++) {
		struct table_column *column = &c->column[j];
		size_t most = strlen(column->heads[0]);

		if (strlen(column->heads[1]) > most)
			most = strlen(column->heads[1]);
		for (size_t i = 0; i < r->count; i++) {
			if (strlen(c->text[i * c->count + j]) > most)
				most = strlen(c->text[i * c->count + j]);
		}
		column->width = (int)most;
	}
}

/* What stands left of the columns. */
static int margin(const struct table_columns *c)
{
	return INDENT + c->variant_width + c->gap + CPUS_WIDTH;
}

/* What column @j takes, with the spread of it behind it: a block does not begin with that. */
static int width_from(const struct table_columns *c, size_t j)
{
	int width = c->gap + c->column[j].width;

	if (j + 1 < c->count && c->column[j + 1].kind == COLUMN_SPREAD)
		width += c->gap + c->column[j + 1].width;
	return width;
}

/* Puts the columns that are @counted, or are not, into blocks from @block on. */
static unsigned int lay(struct table_columns *c, bool counted, unsigned int block)
{
	int at = margin(c);

	for (size_t j = 0; j < c->count; j++) {
		struct table_column *column = &c->column[j];

		if (column->figure->counted != counted)
			continue;
		if (at > margin(c) && at + width_from(c, j) > PAGE_WIDTH) {
			at = margin(c);
			block++;
		}
		at += c->gap + column->width;
		column->block = block;
	}
	return at > margin(c) ? block + 1 : block;
}

static bool fits_a_page(const struct table_columns *c)
{
	int all = margin(c);

	for (size_t j = 0; j < c->count; j++)
		all += c->gap + c->column[j].width;
	return all <= PAGE_WIDTH;
}

/* One block where all fits a page, if need be closer together, or may be wide; else counts below. */
static void lay_out(struct table_columns *c, bool wide)
{
	c->blocks = 1;
	c->gap = 2;
	if (wide || fits_a_page(c))
		return;
	c->gap = 1;
	if (fits_a_page(c))
		return;
	c->gap = 2;
	c->blocks = lay(c, true, lay(c, false, 0));
}

int table_columns_open(struct table_columns *c, const struct table_rows *r, const json_t *suite,
		       bool wide)
{
	size_t most;

	memset(c, 0, sizeof(*c));
	c->named_events = named_events(suite);
	c->simulated = json_object_get(suite, "simulator");
	c->step_ns = json_number_value(json_object_get(json_object_get(suite, "clock"), "step_ns"));
	find_all_events(c, r, suite);
	figure_list(&most);
	most += c->own_count;
	/* At most three columns a figure. */
	c->column = calloc(3 * most + 1, sizeof(*c->column));
	c->left_out = calloc(most + 1, sizeof(*c->left_out));
	if (!c->column || !c->left_out)
		return -ENOMEM;
	choose(c, r, wide);
	c->text = calloc(r->count * c->count + 1, sizeof(*c->text));
	if (!c->text)
		return -ENOMEM;
	for (size_t i = 0; i < r->count; i++) {
		for (size_t j = 0; j < c->count; j++)
			fill(c, &c->column[j], r, &r->row[i], c->text[i * c->count + j]);
	}
	head_spreads(c, r->count);
	measure(c, r);
	lay_out(c, wide);
	return 0;
}

void table_columns_close(struct table_columns *c)
{
	free(c->column);
	free(c->text);
	free(c->own);
	free(c->left_out);
}
