/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Strict parsing of numbers and lists: all of the text or nothing, never wrapping. */
#ifndef IOMMUBENCH_PARSE_H
#define IOMMUBENCH_PARSE_H

#include <stdbool.h>
#include <stddef.h>
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

/* A time in seconds, or with a unit, such as 90, 90s, 1.5m or 1h, in [min, max] seconds. */
bool parse_time(const char *text, double min, double max, double *seconds);

/*
 * Takes the next item of a comma list: copies it to @item and moves *list behind its comma, or to NULL
 * behind the last one. 1 if there was one, 0 if *list is NULL, -EINVAL if it is empty or has @size
 * bytes or more.
 */
int parse_item(const char **list, char *item, size_t size);

/* Moves *text behind @word if it stands there. */
bool parse_word(const char **text, const char *word);

#endif
