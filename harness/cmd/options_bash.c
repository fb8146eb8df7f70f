// SPDX-License-Identifier: GPL-2.0-or-later
/* Prints a script with which bash completes what the table of options has. */
#include "cmd/options.h"

#include <stdio.h>

#include "cmd/options_table.h"

static const char *const completions[] = {
	[COMPLETE_NOTHING] = "nothing", [COMPLETE_WORD] = "word",     [COMPLETE_LIST] = "list",
	[COMPLETE_FILE] = "file",       [COMPLETE_FOLDER] = "folder",
};

/* Those that people give. */
static const enum options_use commands[] = {
	OPTIONS_LIST,  OPTIONS_RUN,    OPTIONS_COMPARE, OPTIONS_SIM,
	OPTIONS_AUDIT, OPTIONS_REPLAY, OPTIONS_DOCTOR,
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

/*
 * The words of the line are taken apart here, at blanks: bash's own words end at = and : too. What it takes
 * for the last word is replaced, so what stands before that is cut off the completions.
 */
static const char head[] =
	"# SPDX-License-Identifier: GPL-2.0-or-later\n"
	"# Completes iommubench's commands, options and values in bash: printed by iommubench "
	"options "
	"--bash.\n"
	"_iommubench()\n"
	"{\n"
	"\tlocal IFS=$' \\t\\n' line=${COMP_LINE:0:COMP_POINT}\n"
	"\tlocal option value before='' kind='' words='' options='' "
	"breaks=${COMP_WORDBREAKS//[^=:]/}\n"
	"\tlocal -a typed\n"
	"\tread -ra typed <<<\"$line\"\n"
	"\t[[ $line == *[[:space:]] ]] && typed+=(\"\")\n"
	"\tvalue=${typed[-1]}\n"
	"\toption=${typed[-2]}\n"
	"\tif [[ $value == --*=* ]]; then\n"
	"\t\toption=${value%%=*} before=${value%%=*}= value=${value#*=}\n"
	"\tfi\n"
	"\t((${#typed[@]} > 2)) || option=\n";

static const char tail[] =
	"\tcase $kind in\n"
	"\tlist)\n"
	"\t\tbefore+=${value%\"${value##*,}\"} value=${value##*,} ;;\n"
	"\tfolder)\n"
	"\t\tif [[ $value == *=* ]]; then\n"
	"\t\t\tbefore+=${value%%=*}= value=${value#*=} kind=folders words=\n"
	"\t\telse\n"
	"\t\t\twords=\"${words// /= }=\"\n"
	"\t\tfi ;;\n"
	"\t'')\n"
	"\t\twords=$options\n"
	"\t\t[[ $value == -* || $options != '--allocator '* ]] || kind='file' ;;\n"
	"\tesac\n"
	"\tmapfile -t COMPREPLY < <(\n"
	"\t\tcompgen -P \"$before\" -W \"$words\" -- \"$value\"\n"
	"\t\t[[ $kind != file ]] || compgen -P \"$before\" -f -- \"$value\"\n"
	"\t\t[[ $kind != folders ]] || compgen -P \"$before\" -d -- \"$value\"\n"
	"\t)\n"
	"\t[[ $kind != file* && $kind != folders ]] || compopt -o filenames 2>/dev/null\n"
	"\t[[ ${COMPREPLY[0]-} != *[=:] ]] || compopt -o nospace 2>/dev/null\n"
	"\tvalue=${typed[-1]}\n"
	"\tif [[ $breaks && $value == *[\"$breaks\"]* ]]; then\n"
	"\t\tCOMPREPLY=(\"${COMPREPLY[@]#\"${value%\"${value##*[\"$breaks\"]}\"}\"}\")\n"
	"\tfi\n"
	"}\n"
	"complete -F _iommubench iommubench\n";

static void print_word(void *first, const char *word)
{
	bool *is_first = first;

	printf("%s%s", *is_first ? "" : " ", word);
	*is_first = false;
}

/* The pattern of an option: each command that has it, and each of its names. */
static bool print_pattern(const struct option_row *row)
{
	const char *bar = "";

	for (size_t i = 0; i < COMMANDS; i++) {
		const char *command = options_commands[commands[i]];

		if (!(row->commands & OPTIONS_BIT(commands[i])))
			continue;
		printf("%s'%s %s'", *bar ? bar : "\t", command, row->name);
		bar = " | ";
		if (row->alias)
			printf("%s'%s %s'", bar, command, row->alias);
	}
	return *bar;
}

static void print_values(const struct option_row *row)
{
	bool first = true;

	if (!row->argument || (row->flags & OPTION_OPERAND) || !print_pattern(row))
		return;
	printf(")\n\t\tkind=%s words='", completions[option_completion(row)]);
	option_words(row, print_word, &first);
	printf("' ;;\n");
}

static void print_options(enum options_use use)
{
	const struct option_row *row;

	printf("\t%s) options='", options_commands[use]);
	for (unsigned int i = 0; (row = option_row(i)); i++) {
		if ((row->commands & OPTIONS_BIT(use)) && !(row->flags & OPTION_OPERAND))
			printf("%s ", row->name);
	}
	printf("--help' ;;\n");
}

void options_bash(void)
{
	const struct option_row *row;

	printf("%s\tcase \"${typed[1]} $option\" in\n", head);
	for (unsigned int i = 0; (row = option_row(i)); i++)
		print_values(row);
	printf("\tesac\n\tcase ${typed[1]} in\n");
	for (size_t i = 0; i < COMMANDS; i++)
		print_options(commands[i]);
	printf("\tesac\n\tif ((${#typed[@]} == 2)); then\n\t\toptions='");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("%s ", options_commands[commands[i]]);
	printf("--help --version'\n\tfi\n%s", tail);
}
