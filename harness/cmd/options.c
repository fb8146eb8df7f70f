// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads a command line by the table of options, and then what it leaves to the defaults. */
#include "cmd/options.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/options_table.h"

const char *const options_commands[OPTIONS_USES] = {
	[OPTIONS_RUN] = "run",       [OPTIONS_SAMPLE] = "run",      [OPTIONS_AUDIT] = "audit",
	[OPTIONS_SIM] = "sim",       [OPTIONS_COMPARE] = "compare", [OPTIONS_LIST] = "list",
	[OPTIONS_REPLAY] = "replay", [OPTIONS_DOCTOR] = "doctor",   [OPTIONS_OPTIONS] = "options",
};

static int unknown_option(const char *word, enum options_use use, struct error *e)
{
	const char *command = options_commands[use];

	if (strcmp(word, "--lock-sample") == 0 || strncmp(word, "--lock-sample=", 14) == 0)
		return error_set(
			e, "--lock-sample is gone: what is timed are single acquisitions now, "
			   "drawn at random: leave it out");
	if (strncmp(word, "--benchmark_", strlen("--benchmark_")) == 0)
		return error_set(e,
				 "%.60s: this Google Benchmark flag has no meaning here: "
				 "iommubench %s --help lists those that do",
				 word, command);
	if (*word != '-')
		return error_set(
			e,
			"'%.60s' is not an option: options begin with --: see iommubench %s --help",
			word, command);
	return error_set(e, "unknown option '%.60s': see iommubench %s --help", word, command);
}

static bool is_given(const struct option_line *l, const struct option_row *row)
{
	for (unsigned int i = 0; i < l->given_count; i++) {
		if (l->given[i]->field == row->field)
			return true;
	}
	return false;
}

bool option_was_given(const struct option_line *l, const char *name)
{
	return is_given(l, option_find(name, strlen(name), l->use));
}

/* Two options that say the same contradict each other; of --quick and --smoke the larger one holds. */
static int check_twins(const struct option_line *l, const struct option_row *row, const char *name,
		       struct error *e)
{
	/* A sample's options are the runner's. */
	if (row->kind == OPTION_SET || l->use == OPTIONS_SAMPLE)
		return 0;
	for (unsigned int i = 0; i < l->given_count; i++) {
		if (l->given[i]->field == row->field && l->given[i] != row)
			return error_set(e, "%s cannot be given with %s: leave one of them out",
					 name, l->given[i]->name);
	}
	return 0;
}

/* Reads what belongs to @row, and keeps in mind that it has been. */
static int take(struct option_line *l, const struct option_row *row, const char *name,
		const char *text, struct error *e)
{
	const struct option_value v = {.row = row, .name = name, .text = text, .to = l->to};

	if (!is_given(l, row)) {
		assert(l->given_count < OPTION_ROWS_MAX);
		l->given[l->given_count++] = row;
	}
	return option_read(&v, e);
}

void option_default(struct option_line *l, const char *name, const char *value)
{
	const struct option_row *row = option_find(name, strlen(name), l->use);
	struct error never;
	int err = is_given(l, row) ? 0 : take(l, row, name, value, &never);

	assert(!err);
	(void)err;
}

static void set_presets(struct option_line *l)
{
	const struct option_row *row;

	for (unsigned int i = 0; (row = option_row(i)); i++) {
		if (row->preset && (row->commands & OPTIONS_BIT(l->use)))
			option_default(l, row->name, row->preset);
	}
}

/* For --resume to read back. */
static int remember(const struct option_row *row, const char *value, struct plan_request *p,
		    struct error *e)
{
	if (row->flags & OPTION_NOT_PLANNED)
		return 0;
	if (p->given_count == OPTIONS_LIST_MAX)
		return error_set(e, "more than %d options", OPTIONS_LIST_MAX);
	p->given[p->given_count++] = (struct option_given){.name = row->name, .value = value};
	return 0;
}

static int read_operand(struct option_line *l, const char *word, struct error *e)
{
	const struct option_row *row = option_operand(l->use);

	if (!row)
		return unknown_option(word, l->use, e);
	if (is_given(l, row))
		return error_set(e, "one %s at a time: '%.60s' is one too many", row->argument,
				 word);
	return take(l, row, row->name, word, e);
}

static int read_word(struct option_line *l, int argc, char *const *argv, int *i, struct error *e)
{
	const char *word = argv[*i];
	const size_t length = strcspn(word, "=");
	const struct option_row *row = option_find(word, length, l->use);
	const char *value = word[length] ? word + length + 1 : NULL;
	const char *name;
	int err;

	if (!row && (*word != '-' || !word[1]))
		return read_operand(l, word, e);
	if (!row)
		return unknown_option(word, l->use, e);
	name = strncmp(row->name, word, length) == 0 && !row->name[length] ? row->name : row->alias;
	if (!row->argument && value && row->kind != OPTION_SWITCH)
		return error_set(e, "%s takes no value", name);
	if (row->argument && !value) {
		if (*i + 1 >= argc)
			return error_set(e, "%s needs a value: %s %s", name, name, row->argument);
		value = argv[++*i];
	}
	l->words++;
	err = remember(row, value, &l->to->plan, e);
	if (!err)
		err = take(l, row, name, value, e);
	return err ? err : check_twins(l, row, name, e);
}

static int check_alone(const struct option_line *l, struct error *e)
{
	for (unsigned int i = 0; i < l->given_count; i++) {
		if ((l->given[i]->flags & OPTION_ALONE) && l->words > 1)
			return error_set(e, "%s takes no other options beside it: give it alone",
					 l->given[i]->name);
	}
	return 0;
}

static int set_defaults(struct option_line *l, struct error *e)
{
	int err = 0;

	if (l->use == OPTIONS_RUN || l->use == OPTIONS_SAMPLE)
		err = options_run_defaults(l, e);
	else if (l->use == OPTIONS_SIM)
		err = options_sim_defaults(l, e);
	else if (l->use == OPTIONS_AUDIT)
		err = options_audit_defaults(l, e);
	else if (l->use == OPTIONS_COMPARE)
		err = options_compare_defaults(l, e);
	if (!err)
		set_presets(l);
	return err;
}

int options_parse(int argc, char *const *argv, enum options_use use, struct options *o,
		  struct error *e)
{
	struct option_line l = {.use = use, .to = o};
	int err;

	memset(o, 0, sizeof(*o));
	/* Of commands that have no options for these. */
	o->plan.repetitions = 1;
	o->sample.details_fd = -1;
	o->sample.json_fd = STDOUT_FILENO;
	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0)
			return 1;
		err = read_word(&l, argc, argv, &i, e);
		if (err)
			return err;
	}
	err = check_alone(&l, e);
	return err ? err : set_defaults(&l, e);
}
