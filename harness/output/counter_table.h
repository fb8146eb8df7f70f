/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the table says of counters in words. */
#ifndef IOMMUBENCH_COUNTER_TABLE_H
#define IOMMUBENCH_COUNTER_TABLE_H

#include <jansson.h>
#include <stdio.h>

/*
 * Prints which counters are absent, a line for each reason, and what else a reader of the figures
 * has to know of them. Nothing without a pass counters.
 */
void counter_table_notes(const json_t *suite, const json_t *benchmarks, FILE *out);

#endif
