/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plain-text table at the end of a run. */
#ifndef IOMMUBENCH_TABLE_H
#define IOMMUBENCH_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/*
 * Prints medians with their spread for each cell of a results document, in groups that differ
 * in workload, flush, utilization, lock or think time; below them what a reader has to know. Not @wide: at
 * most 100 columns, with what matters most.
 */
void table_print(const json_t *root, bool wide, FILE *out);

/* Prints the locks of the locks pass in the columns of /proc/lock_stat. */
void table_print_lock_stat(const json_t *root, FILE *out);

#endif
