// SPDX-License-Identifier: GPL-2.0-or-later
/* Says what the user should know, once. */
#include "base/note.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Those beyond are said each time. */
#define NOTES_MAX 8

void note_once(const char *format, ...)
{
	static char said[NOTES_MAX][200];
	static unsigned int count;
	char text[sizeof(said[0])];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	for (unsigned int i = 0; i < count; i++) {
		if (strcmp(said[i], text) == 0)
			return;
	}
	if (count < NOTES_MAX)
		strcpy(said[count++], text);
	fprintf(stderr, "iommubench: %s\n", text);
}
