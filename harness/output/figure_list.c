// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads the list of figures that is built into the program. */
#include "output/figure_list.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Made by the Makefile from results/figures.json. */
extern const char *const figure_builtin_texts[];

/* Behind all figures that say where they stand. */
#define COLUMN_LAST 1000.0

static struct {
	json_t *root; /* owns the strings */
	struct figure *figure;
	size_t count;
} list;

static const char *text_of(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static double number_of(const json_t *object, const char *key, double if_absent)
{
	const json_t *value = json_object_get(object, key);

	return json_is_number(value) ? json_number_value(value) : if_absent;
}

static enum figure_table table_of(const json_t *entry)
{
	static const char *const names[] = {
		[FIGURE_NONE] = "none",
		[FIGURE_FOOTNOTE] = "footnote",
		[FIGURE_WIDE] = "wide",
		[FIGURE_DEFAULT] = "default",
	};
	const char *table = text_of(entry, "table");

	for (size_t i = 0; table && i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(table, names[i]) == 0)
			return (enum figure_table)i;
	}
	return FIGURE_NONE;
}

static bool is_counted(const json_t *entry)
{
	const char *unit = text_of(entry, "unit");
	const char *pass = json_string_value(json_array_get(json_object_get(entry, "passes"), 0));

	return (unit && strcmp(unit, "/op") == 0) || (pass && strcmp(pass, "counters") == 0);
}

static void read_entry(const json_t *entry, size_t place, struct figure *f)
{
	const json_t *heads = json_object_get(entry, "heads");
	const json_t *footnote = json_object_get(entry, "footnote");
	const char *second = json_string_value(json_array_get(heads, 1));
	const char *of = text_of(entry, "of");
	const char *unit =
		text_of(entry, json_object_get(entry, "shown_unit") ? "shown_unit" : "unit");

	*f = (struct figure){
		.name = of ? of : text_of(entry, "name"),
		.per = text_of(entry, "per"),
		.format1 = text_of(entry, "format1"),
		.title = text_of(entry, "title"),
		.heads = {json_string_value(json_array_get(heads, 0)), second ? second : ""},
		.passes = json_object_get(entry, "passes"),
		.table = table_of(entry),
		.column = number_of(entry, "column", COLUMN_LAST + (double)place),
		.scale = number_of(entry, "scale", 1),
		.decimals = (int)number_of(entry, "decimals", -1),
		.clocked = json_is_true(json_object_get(entry, "clocked")),
		.counted = is_counted(entry),
		.spread = json_is_true(json_object_get(entry, "spread")),
		.scaling = json_is_true(json_object_get(entry, "scaling")),
		.low = number_of(footnote, "below", -INFINITY),
		.high = number_of(footnote, "above", INFINITY),
	};
	if (unit && *unit)
		snprintf(f->shown_unit, sizeof(f->shown_unit), " %s", unit);
}

static int by_column(const void *a, const void *b)
{
	const struct figure *x = a, *y = b;

	return (x->column > y->column) - (x->column < y->column);
}

static void read_list(void)
{
	const json_t *figures, *ratios;
	size_t count;

	list.root = json_loads(figure_builtin_texts[0], JSON_REJECT_DUPLICATES, NULL);
	figures = json_object_get(list.root, "figures");
	ratios = json_object_get(list.root, "ratios");
	count = json_array_size(figures) + json_array_size(ratios);
	list.figure = calloc(count + 1, sizeof(*list.figure));
	if (!list.figure)
		return;
	for (size_t i = 0; i < count; i++) {
		const size_t before = json_array_size(figures);
		const json_t *entry = i < before ? json_array_get(figures, i) :
						   json_array_get(ratios, i - before);

		read_entry(entry, i, &list.figure[i]);
	}
	qsort(list.figure, count, sizeof(*list.figure), by_column);
	list.count = count;
}

const struct figure *figure_list(size_t *count)
{
	if (!list.figure)
		read_list();
	*count = list.count;
	return list.figure;
}

bool figure_is_listed(const char *name)
{
	size_t count;
	const struct figure *f = figure_list(&count);

	for (size_t i = 0; i < count; i++) {
		if (!f[i].per && strcmp(f[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool is_of_pass(const struct figure *f, const json_t *sample)
{
	const char *pass = text_of(sample, "pass");
	json_t *one;
	size_t i;

	json_array_foreach (f->passes, i, one) {
		if (pass && strcmp(json_string_value(one), pass) == 0)
			return true;
	}
	return false;
}

bool figure_of_sample(const struct figure *f, const json_t *sample, double *value)
{
	const json_t *of = json_object_get(sample, f->name);
	const double per = f->per ? number_of(sample, f->per, 0) : 1;

	if (!json_is_number(of) || !(per > 0) || !is_of_pass(f, sample) ||
	    json_is_true(json_object_get(sample, "error_occurred")))
		return false;
	*value = json_number_value(of) / per;
	return true;
}
