/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The items of a C file: its definitions, declarations and preprocessor lines, and the names in each. */
#ifndef IOMMUBENCH_KERNEL_ITEMS_H
#define IOMMUBENCH_KERNEL_ITEMS_H

#include <stddef.h>

#include "lexer.h"

enum item_kind {
	ITEM_CODE,        /* a definition or declaration */
	ITEM_MACRO,       /* #define */
	ITEM_CONDITIONAL, /* #if and what belongs to it */
	ITEM_OTHER,       /* other preprocessor lines */
};

struct name {
	const char *text;
	size_t length;
};

struct names {
	struct name *name;
	size_t count, room;
};

struct item {
	enum item_kind kind;
	const char *text;
	size_t length;
	unsigned int line;
	struct names defines; /* what it gives a meaning to */
	struct names uses;    /* what else occurs in it, but for members behind . and -> */
	struct names tags;    /* of structs and unions it defines */
	int wanted;
};

struct items {
	struct item *item;
	size_t count, room;
};

/* Splits @source, which must outlive the result. Ends the program if memory is short. */
struct items items_of(const char *source, size_t length);
void items_free(struct items *items);

int names_have(const struct names *names, const struct name *name);

#endif
