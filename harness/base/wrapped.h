/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of text that fit a page. */
#ifndef IOMMUBENCH_WRAPPED_H
#define IOMMUBENCH_WRAPPED_H

#include <stdio.h>

/* No line of a table is longer. */
#define PAGE_WIDTH 100

/* Prints a line broken at blanks to PAGE_WIDTH, what follows indented by two more than it; ends it. */
__attribute__((format(printf, 2, 3))) void print_wrapped(FILE *out, const char *format, ...);

#endif
