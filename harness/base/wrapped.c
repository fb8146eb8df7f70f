// SPDX-License-Identifier: GPL-2.0-or-later
/* Breaks long lines where there is a blank. */
#include "base/wrapped.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* How much of @text goes on a line of @width: up to the last blank that fits, or one long word. */
static size_t line_length(const char *text, size_t width)
{
	size_t fits = 0;

	for (size_t end = strcspn(text, " "); end <= width || !fits;
	     end += 1 + strcspn(text + end + 1, " ")) {
		fits = end;
		if (!text[end])
			break;
	}
	return fits;
}

void print_wrapped(FILE *out, const char *format, ...)
{
	size_t width = PAGE_WIDTH, indent;
	const char *at;
	va_list args;
	char *text;
	int length;

	va_start(args, format);
	length = vasprintf(&text, format, args);
	va_end(args);
	if (length < 0)
		return;
	at = text;
	indent = strspn(text, " ") + 2;
	for (;;) {
		size_t n = line_length(at, width);

		fprintf(out, "%.*s\n", (int)n, at);
		at += n + strspn(at + n, " ");
		if (!*at)
			break;
		fprintf(out, "%*s", (int)indent, "");
		width = PAGE_WIDTH - indent;
	}
	free(text);
}
