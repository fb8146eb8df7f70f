// SPDX-License-Identifier: GPL-2.0-or-later
/* Appends samples to a results file that would take too long to be written anew each time. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/shell_word.h"
#include "output/results.h"

/* pwritev() takes no constants. */
static char end[] = RESULTS_END;

/* Restores the file after a failed write, which overwrote its old end. */
static int undo(int fd, off_t size)
{
	const size_t length = strlen(end);

	if (ftruncate(fd, size) || pwrite(fd, end, length, size - (off_t)length) != (ssize_t)length)
		return -EIO;
	return 0;
}

static int write_over_end(const char *path, char *text, size_t length)
{
	const struct iovec parts[] = {{text, length}, {end, strlen(end)}};
	int fd = open(path, O_WRONLY | O_CLOEXEC), err = 0;
	const off_t kept = (off_t)strlen(end);
	struct stat st;

	errno = 0;
	if (fd < 0 || fstat(fd, &st) || st.st_size < kept) {
		err = errno ? -errno : -EIO;
	} else if (pwritev(fd, parts, 2, st.st_size - kept) != (ssize_t)(length + strlen(end))) {
		/* Only a part was written: there was no room for the rest. */
		err = errno ? -errno : -ENOSPC;
		if (undo(fd, st.st_size))
			err = -EIO;
	}
	if (fd >= 0)
		close(fd);
	return err;
}

int results_append(struct results *r, json_t *sample, size_t order, struct error *e)
{
	const size_t before = r->length;
	char *word;
	int err;

	json_object_set_new(sample, "order", json_integer((json_int_t)order));
	err = results_add_line(r, sample, e);
	json_decref(sample);
	if (err)
		return err;
	/* A line begins with the comma that divides it from the one before. */
	err = write_over_end(r->path, r->lines + before, r->length - before);
	if (!err)
		return 0;
	r->length = before;
	word = shell_word(r->path);
	error_set(e,
		  "cannot write %.200s: %s: it has what was taken before; make room and go on "
		  "with: iommubench compare --resume %.200s",
		  r->path, strerror(-err), word ? word : r->path);
	free(word);
	return -EINVAL;
}
