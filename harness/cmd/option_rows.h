/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a row of the table of options is written: for the files that have rows, and those that join them. */
#ifndef IOMMUBENCH_OPTION_ROWS_H
#define IOMMUBENCH_OPTION_ROWS_H

#include <stddef.h>

#include "cmd/options_table.h"

#define ON(use) OPTIONS_BIT(OPTIONS_##use)
/* Commands that measure cells natively or simulate them, and those that have repetitions. */
#define RUNS  (ON(RUN) | ON(SAMPLE))
#define CELLS (RUNS | ON(SIM) | ON(COMPARE))
#define ALL   (CELLS | ON(AUDIT))

#define ROW(n, arg, what, type, to, in)                                        \
	.name = (n), .argument = (arg), .help = (what), .kind = OPTION_##type, \
	.field = offsetof(struct options, to), .commands = (in)

struct option_rows {
	const struct option_row *row;
	unsigned int count;
};

/* Options that only one command has, which come first, and those that several have. */
extern const struct option_rows option_rows_shared, option_rows_single;

#endif
