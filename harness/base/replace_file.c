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

int replace_file(const char *path, bool (*write)(FILE *file, const void *what), const void *what)
{
	size_t length = strlen(path) + sizeof(".tmp");
	char *temporary;
	struct stat st;
	int err;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return write_file(path, write, what);
	temporary = malloc(length);
	if (!temporary)
		return -ENOMEM;
	snprintf(temporary, length, "%s.tmp", path);
	err = write_file(temporary, write, what);
	if (!err && rename(temporary, path))
		err = -errno;
	if (err)
		unlink(temporary);
	free(temporary);
	return err;
}

int keep_old_file(const char *path, struct error *e)
{
	size_t length = strlen(path) + 2;
	struct stat st;
	char *old;
	int err = 0;

	if (stat(path, &st))
		return 0;
	/* Renaming over a device or a folder would destroy it. */
	if (!S_ISREG(st.st_mode))
		return error_set(e, "%s is not a regular file: choose another with --out", path);
	old = malloc(length);
	if (!old)
		return error_set(e, "no memory");
	snprintf(old, length, "%s~", path);
	/* A second name, not a move: until the first write succeeds the file stays where it is. */
	unlink(old);
	/* Where there are no hard links, a move must do. */
	if (link(path, old) && rename(path, old))
		err = error_set(e, "cannot keep %s as %s: %s", path, old, strerror(errno));
	free(old);
	return err;
}
