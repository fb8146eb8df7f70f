/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what may be gzipped as if it were not. */
#ifndef IOMMUBENCH_GUNZIP_H
#define IOMMUBENCH_GUNZIP_H

#include <stdio.h>

/*
 * A stream of what @file holds: unpacked if it begins as gzip does, whatever it is called, else as it
 * is. It can only be read; fclose() ends it and leaves @file open. NULL without memory. The memory
 * it needs does not grow with what is read. Where the gzip data is damaged or ends too early a read
 * fails, as any read may, with an errno that gunzip_strerror() explains.
 */
FILE *gunzip_stream(FILE *file);

/* What an errno of such a stream says, in words; strerror() for those that any read may set. */
const char *gunzip_strerror(int error);

#endif
