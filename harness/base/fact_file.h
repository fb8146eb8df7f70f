/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of facts: lines `key = value | source`, empty ones, and comments that begin with #. Blanks
 * around the three do not count. What keys there are, and which need a source, its reader knows.
 */
#ifndef IOMMUBENCH_FACTS_H
#define IOMMUBENCH_FACTS_H

#include "base/error.h"

#define FACT_KEY_MAX    32
#define FACT_VALUE_MAX  200
#define FACT_SOURCE_MAX 300

/* One line. Texts end in NUL; key and value are not empty, source is if there is none. */
struct fact_line {
	const char *kind;  /* of file, for messages: "profile", "events" */
	const char *file;  /* its name */
	unsigned int line; /* from 1 */
	char key[FACT_KEY_MAX];
	char value[FACT_VALUE_MAX];
	char source[FACT_SOURCE_MAX];
};

/* Takes one line: 0, or the result of fact_error(). */
typedef int (*fact_fn)(const struct fact_line *fact, void *arg, struct error *e);

/*
 * Hands each line of @text, which is the file called @file, to @take. 0, or -EINVAL with *e set if
 * a line is none of facts or too long, or what @take returned.
 */
int fact_file_parse(const char *kind, const char *file, const char *text, fact_fn take, void *arg,
		    struct error *e);

/* Sets *e to what is wrong with @fact, behind the place it stands at. Returns -EINVAL. */
int fact_error(const struct fact_line *fact, struct error *e, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
