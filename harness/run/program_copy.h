/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starts a program so that two programs differ in nothing but what they do: not in where their code
 * happens to lie in memory, nor in how deep their stack begins.
 */
#ifndef IOMMUBENCH_FRESH_H
#define IOMMUBENCH_FRESH_H

#include <stdbool.h>

struct program_copies {
	int fd;      /* the program, open for reading: its name may come to mean another file */
	bool copied; /* each process executes a copy of its own */
};

/* Can this host execute a copy of @program, a file descriptor? Tries it. */
bool program_copy_possible(int program);

/*
 * Replaces this process by the program @p with @words. If p->copied it is a copy for this process
 * alone, so that its code lies in other physical pages each time. An environment variable makes up
 * for the length of the words, so that the stack always begins at the same depth. Returns only on
 * failure, with errno set.
 */
void program_copy_exec(const struct program_copies *p, char *const *words);

#endif
