/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Splits C source into tokens, comments and white space left out. */
#ifndef IOMMUBENCH_KERNEL_LEXER_H
#define IOMMUBENCH_KERNEL_LEXER_H

#include <stddef.h>

enum token_kind {
	TOKEN_END,
	TOKEN_WORD,      /* identifier or keyword */
	TOKEN_LITERAL,   /* number, string or character */
	TOKEN_PUNCT,     /* one character */
	TOKEN_DIRECTIVE, /* a preprocessor line, with those it continues on, without its newline */
};

struct token {
	enum token_kind kind;
	const char *text; /* within the source, not terminated */
	size_t length;
	unsigned int line; /* from 1 */
};

struct lexer {
	const char *at, *end;
	unsigned int line;
	int line_begins; /* nothing but white space and comments since the last newline */
};

struct lexer lexer_begin(const char *source, size_t length);

/* The next token; TOKEN_END for ever once the source is used up. What is not closed ends with it. */
struct token lexer_next(struct lexer *l);

/* Is it the word or character @text? */
int token_is(const struct token *t, const char *text);

#endif
