/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packs text as gzip does, for tests of what unpacks it. */
#ifndef IOMMUBENCH_TEST_GZIP_H
#define IOMMUBENCH_TEST_GZIP_H

#include <stdlib.h>
#include <string.h>

#include <zlib.h>

/* @text as a gzip member in memory that the caller frees, NULL without; *packed gets its size. */
static inline char *gzip(const char *text, size_t size, size_t *packed)
{
	z_stream z;
	uLong room;
	char *to;

	*packed = 0;
	memset(&z, 0, sizeof(z));
	if (deflateInit2(&z, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		return NULL;
	room = deflateBound(&z, (uLong)size);
	to = malloc(room);
	z.next_in = (unsigned char *)(uintptr_t)text;
	z.avail_in = (uInt)size;
	z.next_out = (unsigned char *)to;
	z.avail_out = (uInt)room;
	if (to && deflate(&z, Z_FINISH) != Z_STREAM_END) {
		free(to);
		to = NULL;
	}
	*packed = z.total_out;
	deflateEnd(&z);
	return to;
}

#endif
