/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whether the passes that record locks measured the same as the pass that does not. Recording takes time, and what it
 * takes is taken under locks: so the ops of the passes contention and locks are held against those of timing.
 */
#ifndef IOMMUBENCH_LOCK_PASSES_H
#define IOMMUBENCH_LOCK_PASSES_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Beyond that the figures of locks are of something else, and nothing is told of them: report/read/lock_passes.py. */
#define LOCK_PASSES_CHANGE_MAX 0.2

enum lock_pass { LOCK_PASS_CONTENTION, LOCK_PASS_LOCKS, LOCK_PASSES };

/* By how much an op of a cell took longer in each pass than in timing, of the medians: 0.05 is 5 %; NAN: not known. */
struct lock_changes {
	double change[LOCK_PASSES];
};

/* Of the @count samples of one cell. @values has room for one of each. */
struct lock_changes lock_passes_changes(const json_t *const *samples, size_t count, double *values);

/* Is nothing to be told of the cell's locks? */
bool lock_passes_distorted(const struct lock_changes *c);

/* Is it a sample of one of these passes? */
bool lock_passes_has(const json_t *sample);

/* Says how far the passes are apart, over all rows, and of how many nothing is told. */
struct table_rows;
void lock_passes_print(const struct table_rows *r, FILE *out);

#endif
