/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands under a table: what its words mean, what was noisy, failed or left out. */
#ifndef IOMMUBENCH_TABLE_NOTES_H
#define IOMMUBENCH_TABLE_NOTES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "output/table_columns.h"

/* Of the document @root, whose table has @c and @r. */
void table_notes_print(const json_t *root, const struct table_columns *c,
		       const struct table_rows *r, bool wide, FILE *out);

#endif
