/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs other programs that may fail, hang or not be there. */
#ifndef IOMMUBENCH_TOOL_H
#define IOMMUBENCH_TOOL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

/* Is there an executable @name in PATH? Its path is put in @path. */
bool find_program(const char *name, char path[PATH_MAX]);

/*
 * Runs @words[0] (a path) with nothing on its input and waits at most @seconds; then it is killed,
 * with all it started. What it printed on both outputs goes to @text, cut to @size. Returns its exit
 * status, 128 + signal, or -errno; -ETIMEDOUT if it was killed.
 */
int run_program(const char *const *words, double seconds, char *text, size_t size);

/* The last line of @text that says something, without its newline: what tools say when they fail. */
void last_line_of(const char *text, char *line, size_t size);

#endif
