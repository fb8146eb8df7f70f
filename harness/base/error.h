/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the harness reports what went wrong: one line for the user, exit codes for scripts. */
#ifndef IOMMUBENCH_ERROR_H
#define IOMMUBENCH_ERROR_H

#define EXIT_DONE    0  /* done */
#define EXIT_CHECK   1  /* measured, but a check failed */
#define EXIT_USAGE   2  /* wrong usage or input */
#define EXIT_NOTHING 77 /* nothing could be measured here */

/* One line: what, where, what to do. No newline. */
struct error {
	char text[512];
};

/* Fills *e from a printf format and returns -EINVAL. Thread-safe for distinct @e. */
__attribute__((format(printf, 2, 3))) int error_set(struct error *e, const char *format, ...);

/* Prints "iommubench: TEXT" on stderr and returns EXIT_USAGE. */
int error_usage(const struct error *e);

#endif
