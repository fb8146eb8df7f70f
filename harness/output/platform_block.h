/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The platforms of a run, as its context has them (results/README.md): each is a block of the table, whose cells
 * have its entries and one of its flushes.
 */
#ifndef IOMMUBENCH_PLATFORM_BLOCK_H
#define IOMMUBENCH_PLATFORM_BLOCK_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "plan/cell_parts.h"
#include "plan/plan.h"

/* context.iommubench.platforms; empty if the plan is of none. */
json_t *platform_blocks_json(const struct plan *plan);

/* The block of @suite, context.iommubench, that a cell is of; NULL: of none. */
const json_t *platform_block_of(const json_t *suite, const struct cell_parts *cell);

const char *platform_block_name(const json_t *block);

/* Is this variant one that did not run there? */
bool platform_block_is_hypothetical(const json_t *block, const char *variant);

/* What its rows share, and what of that is assumed: a line, or more. */
void platform_block_print(const json_t *block, FILE *out);

/* The line above the variants that did not run there. */
void platform_block_print_rule(const json_t *block, FILE *out);

#endif
