// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the medians of a run, a row a cell, in as many blocks of columns as fit a page. */
#include "output/table.h"

#include <string.h>

#include "output/platform_block.h"
#include "output/table_columns.h"
#include "output/table_notes.h"
#include "output/table_rows.h"
#include "base/wrapped.h"

/* Has a column of the block a second line of heads? */
static bool has_second_heads(const struct table_columns *c, unsigned int block)
{
	for (size_t j = 0; j < c->count; j++) {
		if (c->column[j].block == block && *c->column[j].heads[1])
			return true;
	}
	return false;
}

static void print_heads(const struct table_columns *c, unsigned int block, FILE *out)
{
	const int lines = has_second_heads(c, block) ? 2 : 1;

	for (int line = 0; line < lines; line++) {
		int pending = 0;

		fprintf(out, "  %-*s%*s%4s", c->variant_width, line ? "" : "allocator", c->gap, "",
			line ? "" : "CPUs");
		for (size_t j = 0; j < c->count; j++) {
			const struct table_column *column = &c->column[j];
			const char *head = column->heads[line];
			const int length = (int)strlen(head);

			if (column->block != block)
				continue;
			/* No blanks at the end of a line. */
			if (!length) {
				pending += c->gap + column->width;
				continue;
			}
			if (column->kind == COLUMN_SPREAD) {
				fprintf(out, "%*s%s", pending + c->gap, "", head);
				pending = column->width - length;
				continue;
			}
			fprintf(out, "%*s%*s", pending + c->gap, "", column->width, head);
			pending = 0;
		}
		fputc('\n', out);
	}
}

static void print_row(const struct table_columns *c, const struct table_row *row,
		      char (*text)[TABLE_TEXT_MAX], unsigned int block, FILE *out)
{
	int pending = 0;

	fprintf(out, "  %-*s%*s%4llu", c->variant_width, row->variant, c->gap, "",
		(unsigned long long)row->cell.cpus);
	for (size_t j = 0; j < c->count; j++) {
		const struct table_column *column = &c->column[j];
		const int length = (int)strlen(text[j]);

		if (column->block != block)
			continue;
		if (column->kind == COLUMN_SPREAD) {
			fprintf(out, "%*s%s", pending + c->gap, "", text[j]);
			pending = column->width - length;
		} else {
			fprintf(out, "%*s%*s", pending + c->gap, "", column->width, text[j]);
			pending = 0;
		}
	}
	fputc('\n', out);
}

/* What is said of a group, broken between two of its parts where it is too long. */
static void print_title(FILE *out, const char *title)
{
	const char *end = title + strlen(title), *at = end;

	while (at - title > PAGE_WIDTH) {
		do
			at--;
		while (at > title && strncmp(at, "   ", 3) != 0);
	}
	if (at == title)
		at = end;
	fprintf(out, "\n%.*s\n", (int)(at - title), title);
	if (at < end)
		fprintf(out, "  %s\n", at + 3);
}

/* The rows from @begin to @end, which are of one group. */
static void print_group(const struct table_columns *c, const struct table_rows *r, size_t begin,
			size_t end, FILE *out)
{
	print_title(out, r->row[begin].group);
	for (unsigned int block = 0; block < c->blocks; block++) {
		print_heads(c, block, out);
		for (size_t i = begin; i < end; i++) {
			if (r->row[i].hypothetical && (i == begin || !r->row[i - 1].hypothetical))
				platform_block_print_rule(r->row[i].block, out);
			print_row(c, &r->row[i], c->text + i * c->count, block, out);
		}
	}
}

static void print_rows(const struct table_columns *c, const struct table_rows *r, FILE *out)
{
	const json_t *block = NULL;

	for (size_t begin = 0, end; begin < r->count; begin = end) {
		if (r->row[begin].block && r->row[begin].block != block) {
			fputc('\n', out);
			platform_block_print(r->row[begin].block, out);
		}
		block = r->row[begin].block;
		for (end = begin + 1; end < r->count; end++) {
			if (strcmp(r->row[begin].group, r->row[end].group) != 0)
				break;
		}
		print_group(c, r, begin, end, out);
	}
}

void table_print(const json_t *root, bool wide, FILE *out)
{
	const json_t *suite = json_object_get(json_object_get(root, "context"), "iommubench");
	struct table_columns c;
	struct table_rows r;

	table_rows_open(&r, root);
	if (table_columns_open(&c, &r, suite, wide) == 0) {
		print_rows(&c, &r, out);
		table_notes_print(root, &c, &r, wide, out);
	}
	table_columns_close(&c);
	table_rows_close(&r);
}
