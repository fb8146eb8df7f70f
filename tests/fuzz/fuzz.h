/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets share. tests/fuzz/run.sh builds and runs them. */
#ifndef IOMMUBENCH_FUZZ_H
#define IOMMUBENCH_FUZZ_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_CHECK(condition)                                                           \
	do {                                                                            \
		if (!(condition)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                        \
		}                                                                       \
	} while (0)

/* Either it worked, or one line says why not. */
static inline void fuzz_check_error(int err, const struct error *e)
{
	FUZZ_CHECK(err == 0 || err == -EINVAL);
	if (err)
		FUZZ_CHECK(e->text[0] && !strchr(e->text, '\n'));
}

#endif
