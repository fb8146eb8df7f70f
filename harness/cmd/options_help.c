// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the options of a command as --help shows them. */
#include "cmd/options.h"

#include <stdio.h>
#include <string.h>

#include "cmd/options_table.h"

#define HELP_COLUMN 35
#define HELP_WIDTH  100

/* Prints @text from HELP_COLUMN on, in as many lines as it takes; @at is the column. */
static void print_wrapped(const char *text, size_t at)
{
	while (*text) {
		size_t length = strcspn(text, " ");

		if (at + 1 + length > HELP_WIDTH) {
			printf("\n%*s", HELP_COLUMN - 1, "");
			at = HELP_COLUMN - 1;
		}
		printf(" %.*s", (int)length, text);
		at += length + 1;
		text += length;
		text += strspn(text, " ");
	}
	printf("\n");
}

static void print_option(const struct option_row *row)
{
	const char *fallback = row->otherwise ? row->otherwise : row->preset;
	char left[HELP_WIDTH], text[4 * HELP_WIDTH];
	int at;

	snprintf(left, sizeof(left), "%s%s%s", row->name, row->argument ? " " : "",
		 row->argument ? row->argument : "");
	if (row->flags & OPTION_OPERAND)
		snprintf(left, sizeof(left), "%s", row->name);
	snprintf(text, sizeof(text), "%s%s%s%s", row->help, fallback ? " (default: " : "",
		 fallback ? fallback : "", fallback ? ")" : "");
	at = printf("  %-*s", HELP_COLUMN - 3, left);
	print_wrapped(text, (size_t)at);
}

/* Spellings of before, and Google Benchmark's. */
static void print_aliases(enum options_use use)
{
	const struct option_row *row;
	char text[4 * HELP_WIDTH] = "";
	size_t length = 0;

	for (unsigned int i = 0; (row = option_row(i)); i++) {
		if (!row->alias || !(row->commands & OPTIONS_BIT(use)))
			continue;
		length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%s for %s",
					   length ? ", " : "", row->alias, row->name);
	}
	if (!length)
		return;
	print_wrapped(text, (size_t)printf("  %-*s", HELP_COLUMN - 3, "also"));
}

void options_help(enum options_use use)
{
	const struct option_row *row;

	for (unsigned int i = 0; (row = option_row(i)); i++) {
		if (row->commands & OPTIONS_BIT(use))
			print_option(row);
	}
	print_aliases(use);
}
