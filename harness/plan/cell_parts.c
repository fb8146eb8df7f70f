// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads cell names by the grammar that results/schema.json has as a pattern. */
#include "plan/cell_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/parse.h"

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* The characters of a part, and those it may begin with. */
struct alphabet {
	const char *all, *first;
};

static const struct alphabet word = {LOWER DIGITS "_-", LOWER};
static const struct alphabet allocator = {LOWER DIGITS "_.-", LOWER};
static const struct alphabet profile = {LOWER UPPER DIGITS "_.+-", LOWER UPPER DIGITS "_.+-"};
static const struct alphabet model = {LOWER UPPER DIGITS "_.:,+-", LOWER UPPER DIGITS "_.:,+-"};
static const struct alphabet key = {LOWER, LOWER};
static const struct alphabet value = {LOWER DIGITS ".", LOWER DIGITS "."};

/* What the cell itself has after the allocator: no parameter may be called so. */
static const char *const own_keys[] = {"entries",   "pools", "cpus", "flush",
				       "occupancy", "lock",  "think"};

/* Moves *at past a part and, unless it is the @last one, past the slash behind it. */
static bool read_part(const char **at, const struct alphabet *a, bool last, char to[CELL_PART_MAX])
{
	size_t length = strspn(*at, a->all);

	if (!length || length >= CELL_PART_MAX || !strchr(a->first, **at) ||
	    (*at)[length] != (last ? '\0' : '/'))
		return false;
	memcpy(to, *at, length);
	to[length] = '\0';
	*at += length + !last;
	return true;
}

static bool read_number(const char **at, const char *label, uint64_t min, bool last, uint64_t *to)
{
	static const struct alphabet digits = {DIGITS, DIGITS};
	char text[CELL_PART_MAX];

	return parse_word(at, label) && read_part(at, &digits, last, text) &&
	       (text[0] != '0' || !text[1]) && parse_u64(text, min, UINT64_MAX, to);
}

/* A whole number of percent or one with a fraction; no leading zeros. */
static bool read_percent(const char **at, char to[CELL_PART_MAX])
{
	static const struct alphabet digits = {DIGITS ".", DIGITS};
	const char *dot;

	if (!parse_word(at, "occupancy:") || !read_part(at, &digits, false, to))
		return false;
	dot = strchr(to, '.');
	if (dot && (!dot[1] || strchr(dot + 1, '.')))
		return false;
	return to[0] != '0' || !to[1] || to[1] == '.';
}

static bool is_own_key(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++) {
		if (strlen(own_keys[i]) == length && memcmp(own_keys[i], text, length) == 0)
			return true;
	}
	return false;
}

/* Is there a "/key:" among the @length characters at @text? */
static bool has_key(const char *text, size_t length, const char *of, size_t of_length)
{
	for (const char *at = text; at < text + length; at += 1 + strcspn(at + 1, "/")) {
		if (strncmp(at + 1, of, of_length) == 0 && at[1 + of_length] == ':')
			return true;
	}
	return false;
}

size_t cell_parameters_length(const char *text)
{
	const char *at = text;

	while (*at == '/') {
		size_t name = strspn(at + 1, key.all), length;

		if (!name || at[1 + name] != ':' || is_own_key(at + 1, name) ||
		    has_key(text, (size_t)(at - text), at + 1, name))
			break;
		length = strspn(at + name + 2, value.all);
		if (!length || (at[name + 2 + length] && at[name + 2 + length] != '/'))
			break;
		at += name + 2 + length;
	}
	return (size_t)(at - text);
}

/* The one key of the cell's own that may be missing. */
static bool read_entries(const char **at, struct cell_parts *p)
{
	return strncmp(*at, "entries:", strlen("entries:")) != 0 ||
	       read_number(at, "entries:", 1, false, &p->entries);
}

static bool read_allocator(const char **at, struct cell_parts *p)
{
	size_t length;

	if (!read_part(at, &allocator, false, p->allocator) || !read_entries(at, p))
		return false;
	/* From the slash on. */
	length = cell_parameters_length(*at - 1);
	if (length >= sizeof(p->parameters))
		return false;
	memcpy(p->parameters, *at - 1, length);
	p->parameters[length] = '\0';
	*at += length;
	return (*at)[-1] == '/';
}

bool cell_parts_read(const char *name, struct cell_parts *p)
{
	const char *at = name;

	memset(p, 0, sizeof(*p));
	if (parse_word(&at, "audit/"))
		p->audit = true;
	else if (parse_word(&at, "sim/") && !read_part(&at, &profile, false, p->profile))
		return false;
	return read_part(&at, &word, false, p->workload) && read_allocator(&at, p) &&
	       read_number(&at, "pools:", 1, false, &p->npools) &&
	       read_number(&at, "cpus:", 1, false, &p->cpus) && parse_word(&at, "flush:") &&
	       read_part(&at, &model, false, p->flush) && read_percent(&at, p->occupancy) &&
	       parse_word(&at, "lock:") && read_part(&at, &word, false, p->lock) &&
	       read_number(&at, "think:", 0, true, &p->think_ns);
}

int cell_parts_short(const char *name)
{
	const char *end = strstr(name, "/flush:");

	return (int)(end ? (size_t)(end - name) : strlen(name));
}

void cell_parts_variant(const struct cell_parts *p, char *text, size_t size)
{
	snprintf(text, size, "%s%s/pools:%llu", p->allocator, p->parameters,
		 (unsigned long long)p->npools);
}
