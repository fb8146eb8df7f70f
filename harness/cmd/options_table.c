// SPDX-License-Identifier: GPL-2.0-or-later
/* Looks options up in their table. */
#include "cmd/options_table.h"

#include <string.h>

#include "cmd/option_rows.h"

const struct option_row *option_row(unsigned int i)
{
	if (i < option_rows_single.count)
		return &option_rows_single.row[i];
	i -= option_rows_single.count;
	return i < option_rows_shared.count ? &option_rows_shared.row[i] : NULL;
}

static bool is_called(const char *called, const char *name, size_t length)
{
	return called && strlen(called) == length && strncmp(called, name, length) == 0;
}

const struct option_row *option_find(const char *name, size_t length, enum options_use use)
{
	const struct option_row *row;

	for (unsigned int i = 0; (row = option_row(i)); i++) {
		if ((row->commands & OPTIONS_BIT(use)) && !(row->flags & OPTION_OPERAND) &&
		    (is_called(row->name, name, length) || is_called(row->alias, name, length)))
			return row;
	}
	return NULL;
}

const struct option_row *option_operand(enum options_use use)
{
	const struct option_row *row;

	for (unsigned int i = 0; (row = option_row(i)); i++) {
		if ((row->commands & OPTIONS_BIT(use)) && (row->flags & OPTION_OPERAND))
			return row;
	}
	return NULL;
}
