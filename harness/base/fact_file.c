// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads files of facts line by line, and names file and line of what is wrong. */
#include "base/fact_file.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

int fact_error(const struct fact_line *fact, struct error *e, const char *format, ...)
{
	char what[FACT_KEY_MAX + FACT_VALUE_MAX + 200];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	return error_set(e, "%s %s:%u: %s", fact->kind, fact->file, fact->line, what);
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

static bool split(const char *line, size_t length, struct fact_line *fact)
{
	const char *equals = memchr(line, '=', length);
	const char *bar = memchr(line, '|', length);
	const char *end = line + length;

	if (!equals || (bar && bar < equals))
		return false;
	fact->source[0] = '\0';
	return copy_trimmed(fact->key, sizeof(fact->key), line, (size_t)(equals - line)) &&
	       copy_trimmed(fact->value, sizeof(fact->value), equals + 1,
			    (size_t)((bar ? bar : end) - equals - 1)) &&
	       (!bar ||
		copy_trimmed(fact->source, sizeof(fact->source), bar + 1, (size_t)(end - bar - 1)));
}

int fact_file_parse(const char *kind, const char *file, const char *text, fact_fn take, void *arg,
		    struct error *e)
{
	struct fact_line fact = {.kind = kind, .file = file};

	while (*text) {
		const size_t length = strcspn(text, "\n");
		int err = 0;

		fact.line++;
		if (length && *text != '#')
			err = split(text, length, &fact) ?
				      take(&fact, arg, e) :
				      fact_error(&fact, e, "expected 'key = value | source'");
		if (err)
			return err;
		text += length + (text[length] == '\n');
	}
	return 0;
}
