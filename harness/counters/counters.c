// SPDX-License-Identifier: GPL-2.0-or-later
/* Opens, reads and closes the counters of a thread, whatever source each has. */
#include "counters.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "counters/perf.h"

static const struct counter_source *const sources[] = {
	&counter_source_perf,
	&counter_source_software,
	&counter_source_likwid,
};
#define SOURCES (sizeof(sources) / sizeof(sources[0]))

/* The counters of one source, which it opens together. */
struct part {
	const struct counter_source *source;
	void *set;
	unsigned int count;
	unsigned int place[COUNTERS_MAX]; /* in the list */
};

struct counters {
	unsigned int parts;
	struct part part[SOURCES];
	struct counter_value value[COUNTERS_MAX];
};

const struct counter_source *counter_source_find(const char *name)
{
	for (size_t i = 0; i < SOURCES; i++) {
		if (strcmp(sources[i]->name, name) == 0)
			return sources[i];
	}
	return NULL;
}

static struct part *part_of(struct counters *c, const struct counter_source *source)
{
	for (unsigned int i = 0; i < c->parts; i++) {
		if (c->part[i].source == source)
			return &c->part[i];
	}
	if (c->parts == SOURCES)
		return NULL;
	c->part[c->parts].source = source;
	return &c->part[c->parts++];
}

static int open_part(struct part *p, const struct counter_spec *list, unsigned int *failed)
{
	const struct counter_spec *mine[COUNTERS_MAX];
	unsigned int which = 0;
	int err;

	for (unsigned int i = 0; i < p->count; i++)
		mine[i] = &list[p->place[i]];
	err = p->source->open(mine, p->count, &p->set, &which);
	if (err) {
		*failed = p->place[which];
		p->set = NULL;
	}
	return err;
}

int counters_open(const struct counter_spec *list, unsigned int count, struct counters **result,
		  unsigned int *failed, struct error *e)
{
	struct counters *c = count <= COUNTERS_MAX ? calloc(1, sizeof(*c)) : NULL;
	unsigned int which = 0;
	int err = c ? 0 : -ENOMEM;

	for (unsigned int i = 0; !err && i < count; i++) {
		struct part *p = part_of(c, list[i].source);

		if (p)
			p->place[p->count++] = i;
		else
			err = -EINVAL;
	}
	for (unsigned int i = 0; !err && i < c->parts; i++)
		err = open_part(&c->part[i], list, &which);
	if (err) {
		counters_close(c);
		error_set(e, "counter %s cannot be opened: %s", count ? list[which].name : "?",
			  strerror(-err));
		if (failed)
			*failed = which;
		return err;
	}
	*result = c;
	return 0;
}

int counters_begin(struct counters *c)
{
	for (unsigned int i = 0; c && i < c->parts; i++) {
		int err = c->part[i].source->begin(c->part[i].set);

		if (err)
			return err;
	}
	return 0;
}

int counters_end(struct counters *c)
{
	/* Nested: the last to begin is the first to end. */
	for (unsigned int i = c ? c->parts : 0; i-- > 0;) {
		struct part *p = &c->part[i];
		struct counter_value values[COUNTERS_MAX];
		int err = p->source->end(p->set, values);

		if (err)
			return err;
		for (unsigned int j = 0; j < p->count; j++)
			c->value[p->place[j]] = values[j];
	}
	return 0;
}

const struct counter_value *counters_value(const struct counters *c, unsigned int i)
{
	return &c->value[i];
}

const char *counters_how(const struct counters *c, unsigned int i)
{
	for (unsigned int p = 0; p < c->parts; p++) {
		for (unsigned int j = 0; j < c->part[p].count; j++) {
			if (c->part[p].place[j] == i)
				return c->part[p].source->how(c->part[p].set);
		}
	}
	return "?";
}

void counters_close(struct counters *c)
{
	for (unsigned int i = 0; c && i < c->parts; i++) {
		if (c->part[i].set)
			c->part[i].source->close(c->part[i].set);
	}
	free(c);
}

double counter_running(const struct counter_value *v)
{
	if (!v->enabled_ns || v->running_ns >= v->enabled_ns)
		return 1;
	return (double)v->running_ns / (double)v->enabled_ns;
}

double counter_scaled(const struct counter_value *v)
{
	double running = counter_running(v);

	return running > 0 ? (double)v->count / running : 0;
}

/* SOURCE:SCOPE:TYPE:CONFIG:CONFIG1:CONFIG2:NAME, the name last, as it may contain colons. */
int counters_to_word(const struct counter_spec *list, unsigned int count, char *word, size_t size,
		     struct error *e)
{
	size_t length = 0;

	word[0] = '\0';
	for (unsigned int i = 0; i < count && length < size; i++) {
		const struct counter_spec *s = &list[i];

		length += (size_t)snprintf(word + length, size - length,
					   "%s%s:%d:%" PRIu32 ":%" PRIu64 ":%" PRIu64 ":%" PRIu64
					   ":%s",
					   i ? "," : "", s->source->name, (int)s->scope, s->type,
					   s->config, s->config1, s->config2, s->name);
	}
	return length < size ? 0 : error_set(e, "too many counters for one sample");
}

static bool read_field(const char **text, uint64_t max, uint64_t *value)
{
	return parse_u64_prefix(text, value) && *value <= max && parse_word(text, ":");
}

static bool read_spec(const char *text, size_t length, struct counter_spec *s)
{
	char copy[COUNTER_NAME_MAX + 200], *colon;
	uint64_t scope, type;
	const char *rest;

	if (length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	colon = strchr(copy, ':');
	if (!colon)
		return false;
	*colon = '\0';
	rest = colon + 1;
	s->source = counter_source_find(copy);
	if (!s->source || !read_field(&rest, COUNTER_ALL, &scope) ||
	    !read_field(&rest, UINT32_MAX, &type) || !read_field(&rest, UINT64_MAX, &s->config) ||
	    !read_field(&rest, UINT64_MAX, &s->config1) ||
	    !read_field(&rest, UINT64_MAX, &s->config2) || !*rest ||
	    strlen(rest) >= sizeof(s->name))
		return false;
	s->scope = (enum counter_scope)scope;
	s->type = (uint32_t)type;
	strcpy(s->name, rest);
	return true;
}

int counters_from_word(const char *word, struct counter_spec *list, unsigned int *count,
		       struct error *e)
{
	*count = 0;
	for (;;) {
		size_t length = strcspn(word, ",");

		if (*count == COUNTERS_MAX || !read_spec(word, length, &list[*count]))
			return error_set(e, "'%.60s' is not a list of counters", word);
		++*count;
		if (!word[length])
			return 0;
		word += length + 1;
	}
}
