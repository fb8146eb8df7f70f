/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of things, in sentences. */
#ifndef IOMMUBENCH_PLURAL_H
#define IOMMUBENCH_PLURAL_H

#include <stddef.h>

/* What the name of the thing ends with: printf("%zu cell%s", n, plural(n)). */
static inline const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

#endif
