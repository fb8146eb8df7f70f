// SPDX-License-Identifier: GPL-2.0-or-later
/* A stream that unpacks gzip as it is read, by zlib. */
#include "base/gunzip.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <zlib.h>

/* What a read fails with; no file gives these by itself. */
#define GZIP_CUT     ENODATA
#define GZIP_DAMAGED EBADMSG

/* To zlib: the largest window, and gzip's header and trailer around the data. */
#define GZIP_WINDOW (MAX_WBITS + 16)

struct gunzip {
	FILE *file;
	bool begun;    /* the first bytes have been looked at */
	bool packed;   /* they are gzip's */
	bool complete; /* the gzip member read last has ended: another may follow */
	z_stream z;    /* next_in and avail_in are used for plain files too */
	unsigned char in[16384];
};

/* Reads on when all is used up. False at the end, and on an error, which errno tells. */
static bool refill(struct gunzip *g)
{
	if (g->z.avail_in)
		return true;
	errno = 0;
	g->z.next_in = g->in;
	g->z.avail_in = (uInt)fread(g->in, 1, sizeof(g->in), g->file);
	if (!ferror(g->file))
		errno = 0;
	else if (!errno)
		errno = EIO;
	return g->z.avail_in != 0;
}

/* Is it gzip? 0, or an errno. */
static int begin(struct gunzip *g)
{
	static const unsigned char magic[] = {0x1f, 0x8b};

	g->begun = true;
	if (!refill(g))
		return errno;
	if (g->z.avail_in < sizeof(magic) || memcmp(g->in, magic, sizeof(magic)) != 0)
		return 0;
	if (inflateInit2(&g->z, GZIP_WINDOW) != Z_OK)
		return ENOMEM;
	g->packed = true;
	return 0;
}

static ssize_t read_plain(struct gunzip *g, char *to, size_t size)
{
	size_t n;

	if (!refill(g))
		return errno ? -1 : 0;
	n = g->z.avail_in < size ? g->z.avail_in : size;
	memcpy(to, g->z.next_in, n);
	g->z.next_in += n;
	g->z.avail_in -= (uInt)n;
	return (ssize_t)n;
}

/* Unpacks until there is something to return: 0 if there may be more, or an errno. */
static int inflate_some(struct gunzip *g)
{
	if (g->complete && inflateReset(&g->z) != Z_OK)
		return ENOMEM;
	g->complete = false;
	switch (inflate(&g->z, Z_NO_FLUSH)) {
	case Z_STREAM_END:
		g->complete = true;
		return 0;
	case Z_OK:
	case Z_BUF_ERROR: /* it needs more to go on */
		return 0;
	case Z_MEM_ERROR:
		return ENOMEM;
	default:
		return GZIP_DAMAGED;
	}
}

static ssize_t read_packed(struct gunzip *g, char *to, size_t size)
{
	g->z.next_out = (unsigned char *)to;
	g->z.avail_out = (uInt)size;
	while (g->z.avail_out == size) {
		if (!refill(g)) {
			if (!errno && g->complete)
				return 0;
			errno = errno ? errno : GZIP_CUT;
			return -1;
		}
		errno = inflate_some(g);
		if (errno)
			return -1;
	}
	return (ssize_t)(size - g->z.avail_out);
}

static ssize_t gunzip_read(void *cookie, char *to, size_t size)
{
	struct gunzip *g = cookie;

	if (!g->begun) {
		errno = begin(g);
		if (errno)
			return -1;
	}
	return g->packed ? read_packed(g, to, size) : read_plain(g, to, size);
}

static int gunzip_close(void *cookie)
{
	struct gunzip *g = cookie;

	if (g->packed)
		inflateEnd(&g->z);
	free(g);
	return 0;
}

FILE *gunzip_stream(FILE *file)
{
	const cookie_io_functions_t functions = {.read = gunzip_read, .close = gunzip_close};
	struct gunzip *g = calloc(1, sizeof(*g));
	FILE *stream = NULL;

	if (g) {
		g->file = file;
		stream = fopencookie(g, "r", functions);
	}
	if (!stream)
		free(g);
	return stream;
}

const char *gunzip_strerror(int error)
{
	switch (error) {
	case GZIP_CUT:
		return "the gzip data ends too early: the file has been cut";
	case GZIP_DAMAGED:
		return "the gzip data is damaged, or something else follows it";
	default:
		return strerror(error);
	}
}
