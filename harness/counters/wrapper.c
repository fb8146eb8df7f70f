// SPDX-License-Identifier: GPL-2.0-or-later
/* The result file of a program that counts for us: reading and removing it. */
#include "counters/wrapper.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define FILE_MAX (64L << 20)

char *spawn_wrapper_read(const struct spawn_wrapper *w)
{
	FILE *f = fopen(w->path, "re");
	char *text = NULL;
	long size;

	if (f && fseek(f, 0, SEEK_END) == 0 && (size = ftell(f)) > 0 && size < FILE_MAX) {
		rewind(f);
		text = malloc((size_t)size + 1);
		if (text)
			text[fread(text, 1, (size_t)size, f)] = '\0';
	}
	if (f)
		fclose(f);
	return text;
}

void spawn_wrapper_remove(struct spawn_wrapper *w)
{
	if (!w->folder[0])
		return;
	unlink(w->path);
	rmdir(w->folder);
	w->folder[0] = '\0';
}
