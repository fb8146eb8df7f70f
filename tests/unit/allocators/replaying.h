/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replays text as a trace. */
#ifndef IOMMUBENCH_TEST_REPLAYING_H
#define IOMMUBENCH_TEST_REPLAYING_H

#include "unit/helpers.h"

#include "audit/replay.h"

struct outcome {
	int err;
	struct replay_result result;
	struct error e;
	char *report; /* the caller frees it */
};

static inline struct outcome replay_file(FILE *in, const char *name,
					 const struct replay_request *request)
{
	struct outcome o = {0};
	size_t report_size;
	FILE *out = open_memstream(&o.report, &report_size);

	assert_non_null(in);
	assert_non_null(out);
	o.err = replay_trace(in, name, request, out, &o.result, &o.e);
	fclose(in);
	fclose(out);
	return o;
}

static inline struct outcome replay_bytes(const char *name, const char *text, size_t size,
					  const struct replay_request *request)
{
	/* fmemopen() refuses size 0 in some C libraries. */
	return replay_file(size ? fmemopen((void *)(uintptr_t)text, size, "r") :
				  fopen("/dev/null", "r"),
			   name, request);
}

#endif
