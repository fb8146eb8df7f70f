/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the programs of a side are spoken to: a whole tree of another day has names and habits of its own. */
#ifndef IOMMUBENCH_SIDE_WORDS_H
#define IOMMUBENCH_SIDE_WORDS_H

#include "plan/cell.h"
#include "run/sides.h"

#define SIDE_REFUSAL_MAX 160

/* Asks a side that is a whole tree, and sets what sides.h says of it. */
void side_learn(struct side_programs *s);

/* Does a side that is a whole tree take the cell @c? Its program says; if it refuses, *why is its reason. */
bool side_takes(const struct side_programs *s, const struct cell *c, char why[SIDE_REFUSAL_MAX]);

/* What a side calls them; NULL: this program. */
const char *side_allocator_name(const struct side_programs *s, const struct iommu_allocator *a);
const char *side_lock_name(const struct side_programs *s, enum lock_kind kind);

#endif
