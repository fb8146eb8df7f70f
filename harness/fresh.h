/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts a program so that nothing of which program it is can be felt but what it does. */
#ifndef IOMMUBENCH_FRESH_H
#define IOMMUBENCH_FRESH_H

/*
 * In place of this process executes a copy of the program at @path, with @words: a copy made for
 * this process alone, so that its code lies in other physical pages each time. The words are padded by
 * an environment variable, so that the stack begins at the same depth whatever they are. Executes
 * the program itself where no copy can be made. Returns only on failure, errno set.
 */
void fresh_exec(const char *path, char *const *words);

#endif
