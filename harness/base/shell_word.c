// SPDX-License-Identifier: GPL-2.0-or-later
/* Quotes words for a shell. */
#include "base/shell_word.h"

#include <stdlib.h>
#include <string.h>

/* What no shell takes for anything but itself. */
static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
			    "@%+=:,./_-";
/* A quote inside of quotes: they end, it stands by itself, they begin again. */
static const char quote[] = "'\\''";

char *shell_word(const char *text)
{
	char *word, *to;

	if (*text && !text[strspn(text, plain)])
		return strdup(text);
	word = malloc(strlen(text) * strlen(quote) + sizeof("''"));
	if (!word)
		return NULL;
	to = stpcpy(word, "'");
	for (; *text; text++) {
		if (*text == '\'')
			to = stpcpy(to, quote);
		else
			*to++ = *text;
	}
	strcpy(to, "'");
	return word;
}
