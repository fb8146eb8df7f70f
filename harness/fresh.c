// SPDX-License-Identifier: GPL-2.0-or-later
/* See fresh.h. */
#include "fresh.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* Words of any cell, its name included, are shorter. */
#define PADDED_TO 4096

#define PAD "IOMMUBENCH_PAD"

static void pad_words(char *const *words)
{
	char pad[PADDED_TO + 1];
	size_t length = 0;

	for (char *const *w = words; *w; w++)
		length += strlen(*w);
	length = length < PADDED_TO ? PADDED_TO - length : 0;
	memset(pad, 'x', length);
	pad[length] = '\0';
	setenv(PAD, pad, 1);
}

/* A copy in memory, or -1. */
static int copy(const char *path)
{
	int from = open(path, O_RDONLY | O_CLOEXEC), to = memfd_create("iommubench", MFD_CLOEXEC);
	struct stat st;
	off_t left;

	if (from < 0 || to < 0 || fstat(from, &st))
		return -1;
	for (left = st.st_size; left > 0;) {
		ssize_t sent = sendfile(to, from, NULL, (size_t)left);

		if (sent <= 0)
			return -1;
		left -= sent;
	}
	return to;
}

void fresh_exec(const char *path, char *const *words)
{
	int fd;

	pad_words(words);
	fd = copy(path);
	if (fd >= 0)
		fexecve(fd, words, environ);
	execv(path, words);
}
