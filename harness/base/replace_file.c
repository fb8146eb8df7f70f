// SPDX-License-Identifier: GPL-2.0-or-later
/* Replaces a file by a temporary one and a rename, so that a full disk or a kill costs nothing. */
#include "base/replace_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int write_file(const char *path, bool (*write)(FILE *file, const void *what),
		      const void *what)
{
	FILE *f = fopen(path, "we");
	bool good;

	if (!f)
		return -errno;
	errno = 0;
	good = write(f, what) && !ferror(f);
	good &= fclose(f) == 0;
	return good ? 0 : errno ? -errno : -EIO;
}

/* A second name, not a move, so that @path is there at any moment; where there are no links, a move must do. */
static int keep_old(const char *path, const char *old)
{
	struct stat st;

	if (stat(path, &st))
		return 0;
	unlink(old);
	return link(path, old) && rename(path, old) ? -errno : 0;
}

/* Both names are of files beside @path; @old may be NULL. */
static int replace_by(const char *path, const char *temporary, const char *old,
		      bool (*write)(FILE *file, const void *what), const void *what)
{
	int err = write_file(temporary, write, what);

	if (!err && old)
		err = keep_old(path, old);
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	return err;
}

static int replace(const char *path, bool keep, bool (*write)(FILE *file, const void *what),
		   const void *what)
{
	char *temporary = NULL, *old = NULL;
	struct stat st;
	int err = -ENOMEM;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_file(path, write, what);
	if (asprintf(&temporary, "%s.tmp", path) < 0)
		return err;
	if (asprintf(&old, "%s~", path) >= 0) {
		err = replace_by(path, temporary, keep ? old : NULL, write, what);
		free(old);
	}
	free(temporary);
	return err;
}

int replace_file(const char *path, bool (*write)(FILE *file, const void *what), const void *what)
{
	return replace(path, false, write, what);
}

int replace_file_keep(const char *path, bool (*write)(FILE *file, const void *what),
		      const void *what)
{
	return replace(path, true, write, what);
}
