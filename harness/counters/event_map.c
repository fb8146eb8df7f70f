// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads which of a PMU's events answers to each short name. */
#include "counters/event_map.h"

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

static int set_key(const struct fact_line *fact, struct event_map *m, struct error *e)
{
	for (int k = 0; k < EVENT_KEYS; k++) {
		if (strcmp(fact->key, event_key_names[k]) != 0)
			continue;
		if (m->key[k].event[0])
			return fact_error(fact, e, "%s is given twice", fact->key);
		if (!*fact->source)
			return fact_error(fact, e, "%s has no source: add '| SOURCE'", fact->key);
		strcpy(m->key[k].event, fact->value);
		strcpy(m->key[k].source, fact->source);
		return 0;
	}
	return fact_error(fact, e, "unknown key '%s'", fact->key);
}

static int take_fact(const struct fact_line *fact, void *arg, struct error *e)
{
	struct event_map *m = arg;

	if (strcmp(fact->key, "summary") == 0) {
		strcpy(m->summary, fact->value);
		return 0;
	}
	if (strcmp(fact->key, "models") == 0) {
		strcpy(m->models, fact->value);
		return 0;
	}
	return set_key(fact, m, e);
}

int event_map_parse(const char *name, const char *text, struct event_map *m, struct error *e)
{
	int err;

	memset(m, 0, sizeof(*m));
	snprintf(m->name, sizeof(m->name), "%s", name);
	err = fact_file_parse("events", name, text, take_fact, m, e);
	if (!err && !m->models[0])
		return error_set(e, "events %s: no line 'models = ...' says which PMUs it is for",
				 name);
	return err;
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
