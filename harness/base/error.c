// SPDX-License-Identifier: GPL-2.0-or-later
/* Errors as a line of text, with what a terminal should not get made harmless. */
#include "base/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

int error_set(struct error *e, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(e->text, sizeof(e->text), format, args);
	va_end(args);
	/* One line, whatever was in an argument or a file's name. */
	for (char *c = e->text; *c; c++) {
		if (iscntrl((unsigned char)*c))
			*c = '?';
	}
	return -EINVAL;
}

int error_usage(const struct error *e)
{
	fprintf(stderr, "iommubench: %s\n", e->text);
	return EXIT_USAGE;
}
