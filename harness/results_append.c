// SPDX-License-Identifier: GPL-2.0-or-later
/* See results.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "results.h"

/* How results_write() ends the document. */
static char end[] = "\n]\n}\n";

static int write_over_end(const char *path, char *text, size_t length)
{
	const struct iovec parts[] = { { text, length }, { end, strlen(end) } };
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;
	const off_t kept = (off_t)strlen(end);
	struct stat st;

	errno = 0;
	if (fd < 0 || fstat(fd, &st) || st.st_size < kept ||
	    pwritev(fd, parts, 2, st.st_size - kept) != (ssize_t)(length + strlen(end)))
		err = errno ? -errno : -EIO;
	if (fd >= 0)
		close(fd);
	return err;
}

int results_append(struct results *r, json_t *sample, size_t order, struct error *e)
{
	const size_t before = r->length;
	int err;

	json_object_set_new(sample, "order", json_integer((json_int_t)order));
	err = results_add_line(r, sample, e);
	json_decref(sample);
	if (err)
		return err;
	/* A line begins with the comma that divides it from the one before. */
	err = write_over_end(r->path, r->lines + before, r->length - before);
	return err ? error_set(e, "cannot write %.300s: %s", r->path, strerror(-err)) : 0;
}
