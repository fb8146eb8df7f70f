// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints the options of all commands as a section of the man page: make man puts it into docs/iommubench.1. */
#include "cmd/options.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cmd/options_table.h"

/*
 * Prints text a sentence a line, as mdoc wants it. `word` becomes bold, and a dash that begins an option stays
 * one that can be copied.
 */
static void print_text(const char *text, bool sentence)
{
	bool bold = false;

	for (const char *at = text; *at; at++) {
		if (*at == '`')
			fputs((bold = !bold) ? "\\fB" : "\\fR", stdout);
		else if (strncmp(at, ". ", 2) == 0 && isupper((unsigned char)at[2]))
			printf(".\n"), at++;
		else if (*at == '-' && (at == text || !isalnum((unsigned char)at[-1])))
			printf("\\-");
		else
			putchar(at == text && sentence ? toupper((unsigned char)*at) : *at);
	}
}

static void print_option(const struct option_row *row)
{
	const char *text = row->manual ? row->manual : row->help;
	const char *fallback = row->otherwise ? row->otherwise : row->preset;

	if (row->flags & OPTION_OPERAND)
		printf(".It Ar %s\n", row->argument);
	else if (row->argument)
		printf(".It Fl %s Ar %s\n", row->name + 1, row->argument);
	else
		printf(".It Fl %s\n", row->name + 1);
	print_text(text, true);
	printf("%s\n", text[strlen(text) - 1] == '.' ? "" : ".");
	if (fallback) {
		printf("Default: ");
		print_text(fallback, false);
		printf(".\n");
	}
	if (row->alias)
		printf("Also spelt\n.Fl %s .\n", row->alias + 1);
}

static bool is_in(const struct option_row *row, enum options_use use)
{
	return row->commands & OPTIONS_BIT(use);
}

/* What is as `run` has it is only named. */
static void print_shared(enum options_use use)
{
	const struct option_row *row;
	bool any = false;

	for (unsigned int i = 0; use != OPTIONS_RUN && (row = option_row(i)); i++) {
		if (!is_in(row, use) || !is_in(row, OPTIONS_RUN))
			continue;
		printf("%s\n.Fl %s", any ? " ," : "As\n.Cm run\nhas them:", row->name + 1);
		any = true;
	}
	printf("%s", any ? " .\n" : "");
}

static void print_command(enum options_use use)
{
	const struct option_row *row;
	bool any = false;

	printf(".Ss Options of iommubench %s\n", options_commands[use]);
	print_shared(use);
	for (unsigned int i = 0; (row = option_row(i)); i++) {
		if (!is_in(row, use) || (use != OPTIONS_RUN && is_in(row, OPTIONS_RUN)))
			continue;
		printf("%s", any ? "" : ".Bl -tag -width Ds\n");
		any = true;
		print_option(row);
	}
	printf("%s", any ? ".El\n" : "");
}

void options_man(void)
{
	printf(".Sh OPTIONS\n"
	       "Options take their value as the next word or behind an equals sign.\n"
	       "Every command takes\n"
	       ".Fl -help .\n");
	print_command(OPTIONS_RUN);
	print_command(OPTIONS_COMPARE);
	print_command(OPTIONS_SIM);
	print_command(OPTIONS_AUDIT);
	print_command(OPTIONS_LIST);
	print_command(OPTIONS_REPLAY);
	print_command(OPTIONS_DOCTOR);
}
