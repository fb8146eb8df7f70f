/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts a program so that nothing of which program it is can be felt but what it does. */
#ifndef IOMMUBENCH_FRESH_H
#define IOMMUBENCH_FRESH_H

#include <stdbool.h>

struct program_copies {
	int fd;      /* the program, opened to be read; whatever becomes of its name */
	bool copied; /* each process executes a copy of its own */
};

/* Can this host execute a copy of @program, a file's number? Tries it. */
bool program_copy_possible(int program);

/*
 * In place of this process executes the program @p with @words, copied for this process alone if p->copied,
 * so that its code lies in other physical pages each time. The words are padded by an environment
 * variable, so that the stack begins at the same depth whatever they are. Returns only on
 * failure, errno set.
 */
void program_copy_exec(const struct program_copies *p, char *const *words);

#endif
