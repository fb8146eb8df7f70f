// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Asks the program of another tree what it knows, by dry runs: whatever its age, it refuses what it does not know and
 * says why.
 */
#include "run/side_words.h"

#include <stdio.h>
#include <string.h>

#include "base/run_program.h"

#define ANSWER_S_MAX 60.0
#define OPTIONS_MAX  8
#define OPTION_MAX   CELL_NAME_MAX

struct question {
	unsigned int count;
	char option[OPTIONS_MAX][OPTION_MAX];
};

/* Would the program measure what @q asks for? If not, *line is the last that it said. */
static bool ask(const struct side_programs *s, const struct question *q, char *line, size_t size)
{
	const char *words[OPTIONS_MAX + 4];
	char path[40], text[4096];
	unsigned int n = 0;
	int status;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", s->program[0].fd);
	words[n++] = path;
	words[n++] = "run";
	words[n++] = "--dry-run";
	for (unsigned int i = 0; i < q->count; i++)
		words[n++] = q->option[i];
	words[n] = NULL;
	status = run_program(words, ANSWER_S_MAX, text, sizeof(text));
	if (status < 0)
		snprintf(line, size, "its program does not answer: %s", strerror(-status));
	else
		last_line_of(text, line, size);
	return status == 0;
}

static bool knows(const struct side_programs *s, const char *option)
{
	struct question q = {.count = 1};
	char line[SIDE_REFUSAL_MAX];

	snprintf(q.option[0], sizeof(q.option[0]), "%s", option);
	return ask(s, &q, line, sizeof(line));
}

void side_learn(struct side_programs *s)
{
	if (!s->tree)
		return;
	/* Each is known since the change whose sign it is. */
	s->old_names = !knows(s, "--lock=queued");
	s->old_workloads = !knows(s, "--workloads=coherent");
	s->no_platforms = !knows(s, "--platform=sun4u");
}

/* "iommubench: WHY: choose from ..." to WHY. */
static void shorten(char *line)
{
	static const char name[] = "iommubench: ";
	char *choice = strstr(line, ": choose from");

	if (choice)
		*choice = '\0';
	if (strncmp(line, name, strlen(name)) == 0)
		memmove(line, line + strlen(name), strlen(line + strlen(name)) + 1);
}

bool side_takes(const struct side_programs *s, const struct cell *c, char why[SIDE_REFUSAL_MAX])
{
	struct question q = {.count = OPTIONS_MAX};
	bool takes;

	snprintf(q.option[0], OPTION_MAX, "--workloads=%s", c->workload->name);
	snprintf(q.option[1], OPTION_MAX, "--allocators=%s/pools:%u",
		 side_allocator_name(s, c->allocator), c->npools);
	snprintf(q.option[2], OPTION_MAX, "--cpus=%u", c->cpus);
	snprintf(q.option[3], OPTION_MAX, "--flush=%s", c->flush.name);
	snprintf(q.option[4], OPTION_MAX, "--occupancy=%u", c->occupancy);
	snprintf(q.option[5], OPTION_MAX, "--lock=%s", side_lock_name(s, c->lock));
	snprintf(q.option[6], OPTION_MAX, "--think=%llu", (unsigned long long)c->think_ns);
	snprintf(q.option[7], OPTION_MAX, "--entries=%lu", c->entries);
	takes = ask(s, &q, why, SIDE_REFUSAL_MAX);
	shorten(why);
	return takes;
}

const char *side_allocator_name(const struct side_programs *s, const struct iommu_allocator *a)
{
	return s && s->old_names && strcmp(a->name, "gart") == 0 ? "advance" : a->name;
}

const char *side_lock_name(const struct side_programs *s, enum lock_kind kind)
{
	return s && s->old_names && kind == LOCK_QUEUED ? "mcs" : lock_kind_name(kind);
}
