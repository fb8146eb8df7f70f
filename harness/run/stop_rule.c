// SPDX-License-Identifier: GPL-2.0-or-later
/* Asks the report which cells of a comparison to go on with, and reads its answer. */
#include "run/stop_rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "base/run_program.h"
#include "output/progress.h"

/* How often it is asked: seldom enough that asking takes a small part of the time. */
#define STRETCH_S         20.0
#define ASKING_SHARE      0.1
#define ASKING_S_MAX      120.0
#define COMMAND_WORDS_MAX 20
#define ANSWER_EXTRA      4096

double seconds_now(void)
{
	return (double)clock_ns(CLOCK_MONOTONIC) / 1e9;
}

void stop_rule_begin(struct stop_rule *r, const char *command)
{
	*r = (struct stop_rule){.command = command, .next = seconds_now() + STRETCH_S};
}

/* Splits @command, in place, into words, and adds the file. False if there are no words. */
static bool split_words(char *command, const char *file, const char **words)
{
	unsigned int count = 0;
	char *rest = command, *word;

	while ((word = strsep(&rest, " "))) {
		if (*word && count < COMMAND_WORDS_MAX)
			words[count++] = word;
	}
	words[count] = file;
	words[count + 1] = NULL;
	return count > 0;
}

/* A cell goes on if a line is its name on either side. @text is split in place. */
static void read_answer(char *text, struct compare_plan *p)
{
	char *rest = text, *line;

	for (unsigned int i = 0; i < p->cell_count; i++)
		p->cells[i].goes_on = false;
	while ((line = strsep(&rest, "\n"))) {
		for (unsigned int i = 0; i < p->cell_count; i++) {
			struct compare_cell *c = &p->cells[i];

			c->goes_on |= strcmp(c->cell[SIDE_BASE]->name, line) == 0 ||
				      strcmp(c->cell[SIDE_NEW]->name, line) == 0;
		}
	}
}

static void ask(const struct stop_rule *r, const char *file, struct compare_plan *p)
{
	const size_t size = 2 * CELL_NAME_MAX * (size_t)p->cell_count + ANSWER_EXTRA;
	char *command = strdup(r->command), *text = calloc(1, size);
	const char *words[COMMAND_WORDS_MAX + 2];
	char path[PATH_MAX], line[200];
	int status = -ENOMEM;

	if (command && text && split_words(command, file, words)) {
		if (!strchr(words[0], '/') && find_program(words[0], path))
			words[0] = path;
		status = run_program(words, ASKING_S_MAX, text, size);
	}
	if (status == 0) {
		read_answer(text, p);
	} else {
		last_line_of(text ? text : "", line, sizeof(line));
		if (status < 0)
			progress_note("%s: %s: all cells go on", r->command, strerror(-status));
		else
			progress_note("%s: exit status %d%s%s: all cells go on", r->command, status,
				      *line ? ": " : "", line);
		for (unsigned int i = 0; i < p->cell_count; i++)
			p->cells[i].goes_on = true;
	}
	free(command);
	free(text);
}

bool stop_rule_apply(struct stop_rule *r, const char *file, struct compare_plan *p)
{
	const double begin = seconds_now();
	double pause;

	if (begin < r->next)
		return false;
	if (r->command)
		ask(r, file, p);
	pause = (seconds_now() - begin) / ASKING_SHARE;
	r->next = seconds_now() + (pause > STRETCH_S ? pause : STRETCH_S);
	return true;
}

unsigned int stop_rule_undecided(const struct compare_plan *p)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < p->cell_count; i++)
		count += p->cells[i].goes_on && !p->cells[i].hung;
	return count;
}
