/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where each member of the maps' structs is: a table for each build that layouts.c is compiled for. */
#ifndef IOMMUBENCH_TEST_LAYOUTS_H
#define IOMMUBENCH_TEST_LAYOUTS_H

#include <stddef.h>

struct layout_row {
	const char *type, *member; /* "": of the type itself */
	size_t offset, bytes;
};

/* Ends with a row without a type. */
extern const struct layout_row layouts_plain[], layouts_checked[], layouts_stat[], layouts_sim[];

#endif
