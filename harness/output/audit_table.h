/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table that `audit` prints, with a verdict for each allocator. */
#ifndef IOMMUBENCH_AUDIT_TABLE_H
#define IOMMUBENCH_AUDIT_TABLE_H

#include <stdio.h>

#include "audit/audit.h"
#include "plan/plan.h"

/* A cell of the plan, audited. */
struct audited_cell {
	const struct cell *cell;
	bool failed; /* there is no result */
	struct audit_result result;
};

/* A line for each cell, and a verdict for each allocator. @count of them in the plan's order. */
void audit_table_print(const struct audited_cell *audited, size_t count, FILE *out);

#endif
