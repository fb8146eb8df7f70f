// SPDX-License-Identifier: GPL-2.0-or-later
/* See event_map.h. */
#include "event_map.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* Made by the Makefile from harness/events/. */
extern const char *const event_builtin_names[];
extern const char *const event_builtin_texts[];
extern const size_t event_builtin_count;

const char *const event_key_names[EVENT_KEYS] = {
	[EVENT_CYCLES] = "cycles",
	[EVENT_INSTRUCTIONS] = "instructions",
	[EVENT_L1D_MISSES] = "l1d_misses",
	[EVENT_LLC_MISSES] = "llc_misses",
	[EVENT_BRANCH_MISSES] = "branch_misses",
	[EVENT_DTLB_MISSES] = "dtlb_misses",
	[EVENT_STALLS] = "stalls",
	[EVENT_REMOTE_MISSES] = "remote_misses",
};

const char *const *event_map_names(size_t *count)
{
	*count = event_builtin_count;
	return event_builtin_names;
}

/* Copies what lies between blanks; false if it is empty or too long. */
static bool copy_trimmed(char *to, size_t size, const char *text, size_t length)
{
	while (length && *text == ' ') {
		text++;
		length--;
	}
	while (length && text[length - 1] == ' ')
		length--;
	if (!length || length >= size)
		return false;
	memcpy(to, text, length);
	to[length] = '\0';
	return true;
}

struct place {
	const char *name;
	unsigned int line;
	struct error *e;
};

static int set_key(const struct place *at, const char *key, const char *value, const char *source,
		   struct event_map *m)
{
	for (int k = 0; k < EVENT_KEYS; k++) {
		if (strcmp(key, event_key_names[k]) != 0)
			continue;
		if (m->key[k].event[0])
			return error_set(at->e, "events %s:%u: %s is given twice", at->name, at->line,
					 key);
		if (!*source)
			return error_set(at->e, "events %s:%u: %s has no source: add '| SOURCE'",
					 at->name, at->line, key);
		strcpy(m->key[k].event, value);
		strcpy(m->key[k].source, source);
		return 0;
	}
	return error_set(at->e, "events %s:%u: unknown key '%s'", at->name, at->line, key);
}

static int parse_line(const struct place *at, const char *line, size_t length,
		      struct event_map *m)
{
	const char *equals = memchr(line, '=', length);
	const char *bar = memchr(line, '|', length);
	const char *end = line + length;
	char key[32], value[EVENT_TEXT_MAX], source[EVENT_TEXT_MAX + 100] = "";

	if (!equals || (bar && bar < equals) ||
	    !copy_trimmed(key, sizeof(key), line, (size_t)(equals - line)) ||
	    !copy_trimmed(value, sizeof(value), equals + 1,
			  (size_t)((bar ? bar : end) - equals - 1)) ||
	    (bar && !copy_trimmed(source, sizeof(source), bar + 1, (size_t)(end - bar - 1))))
		return error_set(at->e, "events %s:%u: expected 'key = EVENT | source'", at->name,
				 at->line);
	if (strcmp(key, "summary") == 0) {
		snprintf(m->summary, sizeof(m->summary), "%.119s", value);
		return 0;
	}
	if (strcmp(key, "models") == 0) {
		strcpy(m->models, value);
		return 0;
	}
	return set_key(at, key, value, source, m);
}

int event_map_parse(const char *name, const char *text, struct event_map *m, struct error *e)
{
	struct place at = { .name = name, .e = e };

	memset(m, 0, sizeof(*m));
	snprintf(m->name, sizeof(m->name), "%s", name);
	while (*text) {
		size_t length = strcspn(text, "\n");

		at.line++;
		if (length && *text != '#' && parse_line(&at, text, length, m))
			return -EINVAL;
		text += length + (text[length] == '\n');
	}
	if (!m->models[0])
		return error_set(e, "events %s: no line 'models = ...' says which PMUs it is for",
				 name);
	return 0;
}

int event_map_load(const char *name, struct event_map *m, struct error *e)
{
	for (size_t i = 0; i < event_builtin_count; i++) {
		if (strcmp(event_builtin_names[i], name) == 0)
			return event_map_parse(name, event_builtin_texts[i], m, e);
	}
	return -ENOENT;
}

static bool lists_model(const char *models, const char *model)
{
	size_t length = strlen(model);

	for (const char *at = models; (at = strstr(at, model)); at += length) {
		if ((at == models || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	}
	return false;
}

int event_map_of_model(const char *model, struct event_map *m, struct error *e)
{
	for (size_t i = 0; i < event_builtin_count; i++) {
		int err = event_map_parse(event_builtin_names[i], event_builtin_texts[i], m, e);

		if (err)
			return err;
		if (lists_model(m->models, model))
			return 0;
	}
	return -ENOENT;
}
