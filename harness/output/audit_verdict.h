/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an audit says of an allocator, and the evidence for it. */
#ifndef IOMMUBENCH_AUDIT_VERDICT_H
#define IOMMUBENCH_AUDIT_VERDICT_H

#include "output/audit_table.h"

/* So many times must each entry have been handed out again in each cell, on average, before anything is called safe. */
#define AUDIT_ROUNDS 3

/* Prints the verdict on the variant of @of by those of the @count cells that are of it. */
void audit_verdict_print(const struct audited_cell *audited, size_t count, const struct cell *of,
			 FILE *out);

#endif
