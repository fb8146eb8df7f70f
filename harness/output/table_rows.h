/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows of a table: the cells of a results document, each with its samples. */
#ifndef IOMMUBENCH_TABLE_ROWS_H
#define IOMMUBENCH_TABLE_ROWS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "output/figure_list.h"
#include "output/lock_passes.h"
#include "plan/cell_parts.h"

struct table_row {
	const char *name;
	struct cell_parts cell;
	char group[2 * CELL_NAME_MAX]; /* what heads the rows that differ in nothing more than: */
	char variant[2 * CELL_PART_MAX + 32];
	const json_t *block; /* the platform it is of, or NULL */
	bool hypothetical;   /* it did not run there */
	size_t place;        /* of the cell in the plan */
	struct lock_changes
		locks;          /* if distorted, samples has none of the passes that record locks */
	const json_t **samples; /* in the order of the document */
	size_t sample_count;
};

struct table_rows {
	struct table_row *row;
	size_t count;
	const json_t **samples; /* of all rows */
	size_t sample_count;
	double *values; /* room for one of each sample */
};

/* Of a document, which must outlive them. Without memory there are no rows. */
void table_rows_open(struct table_rows *r, const json_t *root);
void table_rows_close(struct table_rows *r);

/* Puts @f's values of @count samples into @values; returns how many have one. */
size_t figure_values(const struct figure *f, const json_t *const *samples, size_t count,
		     double *values);

/* The median of @f in a row; NAN if no sample has it. */
double table_median(const struct table_rows *r, const struct table_row *row,
		    const struct figure *f);

/* The row that differs from @row in having one CPU; NULL if there is none. */
const struct table_row *table_row_of_one_cpu(const struct table_rows *r,
					     const struct table_row *row);

#endif
