/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table that `audit` prints, with a verdict for each allocator. */
#ifndef IOMMUBENCH_AUDIT_TABLE_H
#define IOMMUBENCH_AUDIT_TABLE_H

#include <stdio.h>

#include "audit/audit.h"
#include "plan/plan.h"

/* A cell of the plan, audited with some seeds. */
struct audited_cell {
	const struct cell *cell;
	unsigned int seeds, failed;  /* all of them; those that have no result */
	struct audit_result *result; /* of the others */
	/* Of a variant's first cell: what two threads at once found, see audit/together.h; NULL: not looked at. */
	struct audit_result *together;
};

/* Of the same allocator, with as many pools? */
bool audited_same_variant(const struct cell *a, const struct cell *b);

/* A line for each cell, and a verdict for each allocator. @count of them in the plan's order. */
void audit_table_print(const struct audited_cell *audited, size_t count, FILE *out);

#endif
