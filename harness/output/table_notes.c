// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the lines under a table. */
#include "output/table_notes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "allocator.h"
#include "base/plural.h"
#include "output/counter_table.h"
#include "base/wrapped.h"

static bool has_column(const struct table_columns *c, enum table_column_kind kind)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->column[i].kind == kind)
			return true;
	}
	return false;
}

static void print_words(const struct table_columns *c, FILE *out)
{
	fprintf(out, "op: a map and an unmap; ns/op: per CPU; %sflushes: IOTLB invalidations\n",
		has_column(c, COLUMN_SCALING) ? "scaling: over 1 CPU; " : "");
	if (c->any_range && c->simulated)
		fputs("range of seeds: smallest and largest; what the seed alone changes\n", out);
	if (!c->any_range || c->simulated)
		return;
	print_wrapped(out, c->any_interval ? "*: smallest and largest sample; a 95 %% interval "
					     "needs at least 6" :
					     "no 95 %% interval: it needs at least 6 samples");
}

/* @cells of them simulated, or 0: they were measured. */
static void print_counts(const json_t *benchmarks, size_t cells, FILE *out)
{
	const size_t samples = json_array_size(benchmarks);
	unsigned int failed = 0, noisy = 0;
	json_t *b;
	size_t i;

	json_array_foreach (benchmarks, i, b) {
		failed += json_is_true(json_object_get(b, "error_occurred"));
		noisy += json_number_value(json_object_get(b, "noisy")) > 0;
	}
	if (!cells)
		fprintf(out, "%zu sample%s: %u failed, %u noisy (kept)\n", samples, plural(samples),
			failed, noisy);
	else if (cells == samples)
		fprintf(out, "%zu cell%s simulated, %u failed\n", cells, plural(cells), failed);
	else
		fprintf(out, "%zu cell%s simulated, %zu sample%s: %u failed\n", cells,
			plural(cells), samples, plural(samples), failed);
}

/* In how many cells a figure is beyond its limit, and where it is furthest. */
static void print_footnote(const struct figure *f, const struct table_rows *r, FILE *out)
{
	const bool below = f->low > -INFINITY;
	const double limit = below ? f->low : f->high;
	const struct table_row *worst = NULL;
	size_t cells = 0, beyond = 0;
	char text[32], limit_text[32];
	double most = limit;

	for (size_t i = 0; i < r->count; i++) {
		double median = table_median(r, &r->row[i], f);

		if (!isnan(median))
			cells++;
		if (below ? median < limit : median > limit)
			beyond++;
		if (below ? median < most : median > most) {
			most = median;
			worst = &r->row[i];
		}
	}
	if (!worst)
		return;
	table_format(f, most, 0, text, sizeof(text));
	snprintf(limit_text, sizeof(limit_text), "%g", limit * f->scale);
	print_wrapped(out, "%s %s %s%s in %zu of %zu cell%s; %s %s%s in %.*s", f->title,
		      below ? "below" : "above", limit_text, f->shown_unit, beyond, cells,
		      plural(cells), below ? "least" : "most", text, f->shown_unit,
		      cell_parts_short(worst->name), worst->name);
}

static void print_footnotes(const struct table_rows *r, FILE *out)
{
	size_t count;
	const struct figure *list = figure_list(&count);

	for (size_t i = 0; i < count; i++) {
		if (list[i].table == FIGURE_FOOTNOTE)
			print_footnote(&list[i], r, out);
	}
}

static void print_omissions(const json_t *suite, FILE *out)
{
	json_t *omitted = json_object_get(suite, "omitted"), *o;
	size_t i;

	json_array_foreach (omitted, i, o)
		print_wrapped(out, "left out: %s: %s",
			      json_string_value(json_object_get(o, "cell")),
			      json_string_value(json_object_get(o, "reason")));
}

/* Which tree the allocators k-NAME are of. */
static void print_kernel(const json_t *suite, FILE *out)
{
	const json_t *kernel = json_object_get(suite, "kernel");
	const char *commit = json_string_value(json_object_get(kernel, "commit"));

	if (kernel)
		print_wrapped(out, "k-NAME: NAME as in Linux %s, commit %.12s%s",
			      json_string_value(json_object_get(kernel, "version")), commit,
			      json_is_true(json_object_get(kernel, "dirty")) ?
				      " with local changes" :
				      "");
}

static const char hcall_words[] = "; allocators without hypercalls get no flush";

static void print_flushes(const json_t *suite, FILE *out)
{
	json_t *models = json_object_get(suite, "flush_models"), *m;
	size_t i;

	json_array_foreach (models, i, m) {
		const char *name = json_string_value(json_object_get(m, "name"));
		json_t *asked = json_object_get(m, "requested_ns");

		if (json_is_number(asked))
			print_wrapped(out, "flush %s: %.0f ns asked for%s, %.0f ns achieved%s",
				      name, json_number_value(asked),
				      json_object_get(m, "assumed") ? " (assumed)" : "",
				      json_number_value(json_object_get(m, "achieved_ns")),
				      strncmp(name, "hcall:", 6) == 0 ? hcall_words : "");
	}
}

/* Which allocators' flushes are hypercalls, if any of them made some here. */
static void print_hypercalls(const json_t *benchmarks, FILE *out)
{
	const struct iommu_allocator *const *all;
	size_t allocators, i;
	char names[200] = "";
	json_t *sample;

	all = iommu_allocators(&allocators);
	for (size_t a = 0; a < allocators; a++) {
		struct cell_parts cell = {.allocator = ""};
		bool made = false;

		if (!all[a]->hypercalls)
			continue;
		json_array_foreach (benchmarks, i, sample)
			made |= json_number_value(json_object_get(sample, "flushes_per_kop")) > 0 &&
				cell_parts_read(json_string_value(json_object_get(sample, "name")),
						&cell) &&
				strcmp(cell.allocator, all[a]->name) == 0;
		if (made)
			snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
				 *names ? " and " : "", all[a]->name);
	}
	if (*names)
		print_wrapped(out, "flushes of %s: hypercalls, one a map and one an unmap", names);
}

static void print_left_out(const struct table_columns *c, FILE *out)
{
	char text[1000] = "";

	for (size_t i = 0; i < c->left_out_count; i++) {
		size_t length = strlen(text);

		snprintf(text + length, sizeof(text) - length, "%s%s", i ? "; " : "",
			 c->left_out[i]->title);
	}
	if (*text)
		print_wrapped(out, "with --wide also: %s", text);
}

void table_notes_print(const json_t *root, const struct table_columns *c,
		       const struct table_rows *r, bool wide, FILE *out)
{
	const json_t *suite = json_object_get(json_object_get(root, "context"), "iommubench");
	const json_t *benchmarks = json_object_get(root, "benchmarks");
	const bool simulated = json_object_get(suite, "simulator");

	fputc('\n', out);
	print_words(c, out);
	print_counts(benchmarks, simulated ? r->count : 0, out);
	if (!wide)
		print_footnotes(r, out);
	if (!simulated)
		lock_passes_print(r, out);
	print_kernel(suite, out);
	print_flushes(suite, out);
	print_hypercalls(benchmarks, out);
	print_omissions(suite, out);
	counter_table_notes(suite, benchmarks, out);
	print_left_out(c, out);
}
