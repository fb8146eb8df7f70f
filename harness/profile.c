// SPDX-License-Identifier: GPL-2.0-or-later
/* See profile.h. */
#include "profile.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "flush.h"
#include "parse.h"

/* Made by the Makefile from harness/profiles/. */
extern const char *const profile_builtin_names[];
extern const char *const profile_builtin_texts[];
extern const size_t profile_builtin_count;

const char *const *profile_names(size_t *count)
{
	*count = profile_builtin_count;
	return profile_builtin_names;
}

/* Cuts blanks off both ends of [text, text + length) and copies the rest; false if too long. */
static bool copy_trimmed(char *to, size_t size, const char *text, size_t length)
{
	while (length && *text == ' ') {
		text++;
		length--;
	}
	while (length && text[length - 1] == ' ')
		length--;
	if (length >= size)
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

static int set_figure(const struct place *at, const char *key, const char *value,
		      const char *source, struct profile *p, unsigned int *seen)
{
	const struct {
		const char *key;
		struct profile_figure *figure;
		uint64_t max; /* 0: a rule of replacement, by name */
	} figures[] = {
		{ "flush_writes", &p->flush_writes, FLUSH_NS_MAX },
		{ "flush_write_ns", &p->flush_write_ns, FLUSH_NS_MAX },
		{ "flush_read_ns", &p->flush_read_ns, FLUSH_NS_MAX },
		{ "iotlb_tags", &p->iotlb_tags, IOTLB_TAGS_MAX },
		{ "iotlb_ways", &p->iotlb_ways, IOTLB_TAGS_MAX },
		{ "iotlb_replacement", &p->iotlb_replacement, 0 },
	};

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		if (strcmp(key, figures[i].key) != 0)
			continue;
		if (*seen & 1U << i)
			return error_set(at->e, "profile %s:%u: %s is given twice", at->name,
					 at->line, key);
		if (figures[i].max && !parse_u64(value, 0, figures[i].max, &figures[i].figure->value))
			return error_set(at->e, "profile %s:%u: %s must be a number up to %llu",
					 at->name, at->line, key, (unsigned long long)figures[i].max);
		if (!figures[i].max && !iotlb_replacement_parse(value, &p->iotlb.replacement))
			return error_set(at->e, "profile %s:%u: %s must be lru, fifo or random",
					 at->name, at->line, key);
		if (!*source)
			return error_set(at->e,
					 "profile %s:%u: %s has no source: add '| SOURCE' or "
					 "'| assumed: WHY'", at->name, at->line, key);
		strcpy(figures[i].figure->source, source);
		*seen |= 1U << i;
		return 0;
	}
	return error_set(at->e, "profile %s:%u: unknown key '%s'", at->name, at->line, key);
}

static int parse_line(const struct place *at, const char *line, size_t length, struct profile *p,
		      unsigned int *seen)
{
	const char *equals = memchr(line, '=', length);
	const char *bar = memchr(line, '|', length);
	const char *end = line + length;
	char key[32], value[120], source[200] = "";

	if (!equals || (bar && bar < equals) ||
	    !copy_trimmed(key, sizeof(key), line, (size_t)(equals - line)) ||
	    !copy_trimmed(value, sizeof(value), equals + 1,
			  (size_t)((bar ? bar : end) - equals - 1)) ||
	    (bar && !copy_trimmed(source, sizeof(source), bar + 1, (size_t)(end - bar - 1))))
		return error_set(at->e, "profile %s:%u: expected 'key = value | source'", at->name,
				 at->line);
	if (strcmp(key, "summary") == 0) {
		strcpy(p->summary, value);
		return 0;
	}
	return set_figure(at, key, value, source, p, seen);
}

/* Bits of *seen: the figures of a flush, and of an IOTLB. */
#define SEEN_FLUSH 7U
#define SEEN_IOTLB (7U << 3)

static int check_flush(const char *name, unsigned int seen, struct profile *p, struct error *e)
{
	seen &= SEEN_FLUSH;
	if (seen && seen != SEEN_FLUSH)
		return error_set(e, "profile %s: a flush needs all of flush_writes, "
				    "flush_write_ns and flush_read_ns", name);
	p->has_flush = seen;
	if (seen && p->flush_writes.value * p->flush_write_ns.value + p->flush_read_ns.value >
			    FLUSH_NS_MAX)
		return error_set(e, "profile %s: the flush takes longer than %llu ns", name,
				 (unsigned long long)FLUSH_NS_MAX);
	return 0;
}

static int check_iotlb(const char *name, unsigned int seen, struct profile *p, struct error *e)
{
	const char *why;

	seen &= SEEN_IOTLB;
	if (seen && seen != SEEN_IOTLB)
		return error_set(e, "profile %s: an IOTLB needs all of iotlb_tags, iotlb_ways and "
				    "iotlb_replacement", name);
	p->has_iotlb = seen;
	p->iotlb.tags = (unsigned int)p->iotlb_tags.value;
	p->iotlb.ways = (unsigned int)p->iotlb_ways.value;
	p->iotlb_replacement.value = p->iotlb.replacement;
	why = seen ? iotlb_check(&p->iotlb) : NULL;
	return why ? error_set(e, "profile %s: %s", name, why) : 0;
}

int profile_parse(const char *name, const char *text, struct profile *p, struct error *e)
{
	struct place at = { .name = name, .e = e };
	unsigned int seen = 0;

	memset(p, 0, sizeof(*p));
	snprintf(p->name, sizeof(p->name), "%s", name);
	while (*text) {
		size_t length = strcspn(text, "\n");
		int err;

		at.line++;
		if (length && *text != '#') {
			err = parse_line(&at, text, length, p, &seen);
			if (err)
				return err;
		}
		text += length + (text[length] == '\n');
	}
	return check_flush(name, seen, p, e) ? -EINVAL : check_iotlb(name, seen, p, e);
}

int profile_load(const char *name, struct profile *p, struct error *e)
{
	for (size_t i = 0; i < profile_builtin_count; i++) {
		if (strcmp(profile_builtin_names[i], name) == 0)
			return profile_parse(name, profile_builtin_texts[i], p, e);
	}
	return -ENOENT;
}
