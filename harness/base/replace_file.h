/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes files so that they are whole at any moment, and keeps what was there before. */
#ifndef IOMMUBENCH_REPLACE_FILE_H
#define IOMMUBENCH_REPLACE_FILE_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Writes @path anew: @write(file, @what) fills a temporary file, which is then renamed. Pipes, devices and the
 * like are written as they are. 0, or -errno, with what was at @path still there; @write returns false if it fails.
 */
int replace_file(const char *path, bool (*write)(FILE *file, const void *what), const void *what);

/* The same, and what was at @path is kept as "@path~": once the new file is whole, so that a failure loses neither. */
int replace_file_keep(const char *path, bool (*write)(FILE *file, const void *what),
		      const void *what);

#endif
