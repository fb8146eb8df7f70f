/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict parsing of numbers: all of the text or nothing, never wrapping. */
#ifndef IOMMUBENCH_PARSE_H
#define IOMMUBENCH_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Reads a decimal or 0x number at *text and moves *text behind it. False, with *text
 * unmoved, if there is none or it does not fit 64 bits. No sign, no blanks.
 */
bool parse_u64_prefix(const char **text, uint64_t *value);

/* The same for a whole string, within [min, max]. */
bool parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *value);

/* A finite decimal number such as 0.2 or 1e-3 in [min, max]: a whole string. */
bool parse_double(const char *text, double min, double max, double *value);

/* Moves *text behind @word if it stands there. */
bool parse_word(const char **text, const char *word);

#endif
