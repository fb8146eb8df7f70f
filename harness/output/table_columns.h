/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of a table: which there are, what they say of each row, and how they fit a page. */
#ifndef IOMMUBENCH_TABLE_COLUMNS_H
#define IOMMUBENCH_TABLE_COLUMNS_H

#include <jansson.h>
#include <stdbool.h>

#include "output/figure_list.h"
#include "output/table_rows.h"

#define TABLE_TEXT_MAX 64

/* What a column says of its figure. */
enum table_column_kind {
	COLUMN_MEDIAN,
	COLUMN_SPREAD,  /* between which values the median lies */
	COLUMN_SCALING, /* the median over that of one CPU */
};

struct table_column {
	const struct figure *figure;
	enum table_column_kind kind;
	char heads[2][TABLE_TEXT_MAX];
	int width;
	unsigned int block; /* columns that stand beside each other */
};

struct table_columns {
	struct table_column *column;
	size_t count;
	unsigned int blocks;
	char (*text)[TABLE_TEXT_MAX]; /* of each row, of each column */
	int variant_width, gap;       /* between columns */
	double step_ns;               /* of the clock: no shorter time is told */
	bool named_events;            /* by --events */
	bool simulated;               /* samples are seeds: a spread is the range of them */
	bool any_interval;            /* some spread is a 95 % interval */
	bool any_range;               /* some is just the smallest and the largest sample */
	struct figure *own;           /* of events that the list does not have */
	size_t own_count;
	const struct figure **left_out; /* what a wide table would have besides */
	size_t left_out_count;
};

/*
 * Chooses the columns of @r's table, @wide or not, and fills in its texts. @suite is
 * context.iommubench of the document, which must outlive *c. -ENOMEM.
 */
int table_columns_open(struct table_columns *c, const struct table_rows *r, const json_t *suite,
		       bool wide);
void table_columns_close(struct table_columns *c);

/* A value as tables have it: times the figure's scale, to its decimals. */
void table_format(const struct figure *f, double value, double step_ns, char *text, size_t size);

#endif
