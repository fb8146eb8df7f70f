/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user should know although nothing is wrong: one line on stderr, each said once. */
#ifndef IOMMUBENCH_NOTE_H
#define IOMMUBENCH_NOTE_H

/* Prints "iommubench: TEXT" from a printf format, unless it said the same before. Not thread-safe. */
__attribute__((format(printf, 1, 2))) void note_once(const char *format, ...);

#endif
