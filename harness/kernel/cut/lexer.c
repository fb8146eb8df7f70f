// SPDX-License-Identifier: GPL-2.0-or-later
/* The lexer: just enough C to find where definitions begin and end. */
#include "lexer.h"

#include <ctype.h>
#include <string.h>

struct lexer lexer_begin(const char *source, size_t length)
{
	return (struct lexer){.at = source, .end = source + length, .line = 1, .line_begins = 1};
}

/* The character @ahead of here, or '\0'. */
static char peek(const struct lexer *l, size_t ahead)
{
	return (size_t)(l->end - l->at) > ahead ? l->at[ahead] : '\0';
}

static void step(struct lexer *l)
{
	if (*l->at == '\n') {
		l->line++;
		l->line_begins = 1;
	}
	l->at++;
}

/* The length of a line's continuation here, or 0: compilers let blanks stand behind the backslash, so CR LF too. */
static size_t continuation(const struct lexer *l)
{
	size_t n = 1;

	if (peek(l, 0) != '\\')
		return 0;
	while (peek(l, n) == ' ' || peek(l, n) == '\t' || peek(l, n) == '\r')
		n++;
	return peek(l, n) == '\n' ? n + 1 : 0;
}

/* Goes on behind it, on the next line, which does not begin for a directive. */
static void skip_continuation(struct lexer *l)
{
	l->at += continuation(l);
	l->line++;
}

static void skip_comment(struct lexer *l)
{
	const int to_end_of_line = peek(l, 1) == '/';
	const int line_began = l->line_begins;

	l->at += 2;
	while (l->at < l->end) {
		if (to_end_of_line && *l->at == '\n')
			return;
		if (!to_end_of_line && *l->at == '*' && peek(l, 1) == '/') {
			l->at += 2;
			break;
		}
		step(l);
	}
	l->line_begins = line_began || l->line_begins;
}

static void skip_blanks(struct lexer *l)
{
	while (l->at < l->end) {
		if (*l->at == '/' && (peek(l, 1) == '/' || peek(l, 1) == '*'))
			skip_comment(l);
		else if (isspace((unsigned char)*l->at))
			step(l);
		else if (continuation(l))
			skip_continuation(l);
		else
			return;
	}
}

static void read_directive(struct lexer *l)
{
	while (l->at < l->end && *l->at != '\n') {
		if (*l->at == '/' && peek(l, 1) == '*') {
			skip_comment(l);
			continue;
		}
		if (continuation(l))
			skip_continuation(l);
		else
			step(l);
	}
	l->line_begins = 1;
}

static void read_quoted(struct lexer *l)
{
	const char quote = *l->at++;

	while (l->at < l->end && *l->at != quote) {
		if (*l->at == '\\' && l->end - l->at > 1)
			step(l);
		step(l);
	}
	if (l->at < l->end)
		l->at++;
}

static int is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

struct token lexer_next(struct lexer *l)
{
	struct token t = {.kind = TOKEN_END};
	int line_begins;

	skip_blanks(l);
	t.text = l->at;
	t.line = l->line;
	if (l->at == l->end)
		return t;
	line_begins = l->line_begins;
	l->line_begins = 0;
	if (*l->at == '#' && line_begins) {
		t.kind = TOKEN_DIRECTIVE;
		read_directive(l);
	} else if (*l->at == '"' || *l->at == '\'') {
		t.kind = TOKEN_LITERAL;
		read_quoted(l);
	} else if (is_word(*l->at)) {
		t.kind = isdigit((unsigned char)*l->at) ? TOKEN_LITERAL : TOKEN_WORD;
		while (l->at < l->end && is_word(*l->at))
			l->at++;
	} else {
		t.kind = TOKEN_PUNCT;
		l->at++;
	}
	t.length = (size_t)(l->at - t.text);
	return t;
}

int token_is(const struct token *t, const char *text)
{
	return t->length == strlen(text) && memcmp(t->text, text, t->length) == 0;
}
