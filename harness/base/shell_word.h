/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words as a shell reads them, for commands that are printed to be copied. */
#ifndef IOMMUBENCH_SHELL_WORD_H
#define IOMMUBENCH_SHELL_WORD_H

/* @text as one word of a command line: in quotes where it needs them. Free it; NULL if memory is short. */
char *shell_word(const char *text);

#endif
