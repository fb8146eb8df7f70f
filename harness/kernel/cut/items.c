// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Where an item of C begins and ends: at the top level it ends with a semicolon, or with the brace that closes a
 * function's body. It is not parsed further than its names need. A name too many only has an item cut out that
 * nobody needs.
 */
#include "items.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *grown(void *array, size_t count, size_t *room, size_t each)
{
	if (count < *room)
		return array;
	*room = *room ? 2 * *room : 16;
	array = reallocarray(array, *room, each);
	if (!array) {
		fputs("kernel-cut: no memory\n", stderr);
		exit(2);
	}
	return array;
}

static void add_name(struct names *names, const struct token *t)
{
	names->name = grown(names->name, names->count, &names->room, sizeof(*names->name));
	names->name[names->count++] = (struct name){.text = t->text, .length = t->length};
}

int names_have(const struct names *names, const struct name *name)
{
	for (size_t i = 0; i < names->count; i++) {
		if (names->name[i].length == name->length &&
		    memcmp(names->name[i].text, name->text, name->length) == 0)
			return 1;
	}
	return 0;
}

/* One item while it is read. */
struct reading {
	struct item item;
	int braces, parens, brackets;
	int tokens;
	int called;     /* a parenthesis at the top level, so a body may follow */
	int assigned;   /* an = at the top level */
	int body;       /* the brace that is open is a function's */
	int list;       /* the brace that is open is an enumeration's */
	int calls_only; /* STORAGE* WORD ( */
	struct token before[2];
};

static int is_storage(const struct token *t)
{
	return token_is(t, "static") || token_is(t, "extern");
}

/* Words behind a variable's name that say where it is to lie. */
static int is_placement(const struct token *t)
{
	return token_is(t, "__read_mostly") || token_is(t, "__ro_after_init") ||
	       token_is(t, "__initdata");
}

static int is_tag_keyword(const struct token *t)
{
	return token_is(t, "struct") || token_is(t, "union") || token_is(t, "enum");
}

/* What the word before @t, at the top level, is by what follows it. */
static int is_declarator_end(const struct token *t)
{
	return token_is(t, ";") || token_is(t, "=") || token_is(t, ",") || token_is(t, "[") ||
	       token_is(t, "(");
}

/* Behind the members of a struct: __packed and the like, which it does not define. */
static int is_attribute(const struct reading *r, const struct token *word)
{
	return r->item.tags.count && word->length > 2 && memcmp(word->text, "__", 2) == 0;
}

static void note_top_level(struct reading *r, const struct token *t)
{
	const struct token *last = &r->before[0];

	/* A word alone before a parenthesis is a macro, which may define what it is given. */
	if (token_is(t, "(") && r->tokens == 1)
		r->calls_only = 1;
	else if (last->kind == TOKEN_WORD && !is_storage(last) && is_declarator_end(t) &&
		 !is_attribute(r, last))
		add_name(&r->item.defines, last);
	if (last->kind == TOKEN_WORD && token_is(t, "{") && is_tag_keyword(&r->before[1])) {
		add_name(&r->item.defines, last);
		if (!token_is(&r->before[1], "enum"))
			add_name(&r->item.tags, last);
	}
	if (token_is(t, "("))
		r->called = 1;
	if (token_is(t, "="))
		r->assigned = 1;
	if (token_is(t, "{")) {
		r->list = token_is(last, "enum") || token_is(&r->before[1], "enum");
		r->body = r->called && !r->assigned && !is_tag_keyword(last) &&
			  !is_tag_keyword(&r->before[1]);
	}
}

static void note_inside(struct reading *r, const struct token *t)
{
	const struct token *last = &r->before[0];

	if (t->kind != TOKEN_WORD)
		return;
	if (r->list && r->braces == 1 && (token_is(last, "{") || token_is(last, ",")))
		add_name(&r->item.defines, t);
	if (r->calls_only && r->parens == 1 && !r->braces)
		add_name(&r->item.defines, t);
}

static int is_member(const struct reading *r)
{
	return token_is(&r->before[0], ".") ||
	       (token_is(&r->before[0], ">") && token_is(&r->before[1], "-"));
}

static void nest(struct reading *r, const struct token *t)
{
	r->braces += token_is(t, "{") - token_is(t, "}");
	r->parens += token_is(t, "(") - token_is(t, ")");
	r->brackets += token_is(t, "[") - token_is(t, "]");
}

/* Takes @t in; true if the item ends with it. */
static int take(struct reading *r, const struct token *t)
{
	const int top = !r->braces && !r->parens && !r->brackets;
	const int counted = !(t->kind == TOKEN_WORD && r->tokens == 0 && is_storage(t));

	if (!r->item.text) {
		r->item.text = t->text;
		r->item.line = t->line;
	}
	if (t->kind == TOKEN_WORD && !is_member(r))
		add_name(&r->item.uses, t);
	if (top)
		note_top_level(r, t);
	else
		note_inside(r, t);
	if (t->kind == TOKEN_PUNCT)
		nest(r, t);
	if (!is_placement(t)) {
		r->before[1] = r->before[0];
		r->before[0] = *t;
	}
	r->tokens += counted;
	r->item.length = (size_t)(t->text + t->length - r->item.text);
	/* Closes more than it opened, where branches of an #if each close. */
	if (r->braces < 0)
		r->braces = 0;
	if (r->braces || r->parens > 0 || r->brackets > 0)
		return 0;
	return token_is(t, ";") || (token_is(t, "}") && r->body);
}

/* Behind a macro's arguments: it brings its own semicolon, as what follows on another line is no part of it. */
static int ends_without_semicolon(const struct reading *r, const struct token *t,
				  struct lexer ahead)
{
	struct token next;

	if (!r->calls_only || r->braces || r->parens || !token_is(t, ")"))
		return 0;
	next = lexer_next(&ahead);
	return next.line > t->line && !token_is(&next, ";") && !token_is(&next, "{") &&
	       !(next.kind == TOKEN_WORD && memcmp(next.text, "__", 2) == 0);
}

static void add_item(struct items *items, const struct item *item)
{
	items->item = grown(items->item, items->count, &items->room, sizeof(*items->item));
	items->item[items->count++] = *item;
}

/* A preprocessor line that stands between items. */
static void add_directive(struct items *items, const struct token *t)
{
	static const char *const conditional[] = {"if", "ifdef", "ifndef", "else", "elif", "endif"};
	struct lexer l = lexer_begin(t->text + 1, t->length - 1);
	struct token word;
	struct item item = {
		.kind = ITEM_OTHER, .text = t->text, .length = t->length, .line = t->line};
	const struct token verb = lexer_next(&l);

	for (size_t i = 0; i < sizeof(conditional) / sizeof(*conditional); i++) {
		if (token_is(&verb, conditional[i]))
			item.kind = ITEM_CONDITIONAL;
	}
	if (token_is(&verb, "define")) {
		item.kind = ITEM_MACRO;
		word = lexer_next(&l);
		add_name(&item.defines, &word);
		while ((word = lexer_next(&l)).kind != TOKEN_END) {
			if (word.kind == TOKEN_WORD)
				add_name(&item.uses, &word);
		}
	}
	add_item(items, &item);
}

/* What a preprocessor line within an item uses. */
static void take_directive(struct reading *r, const struct token *t)
{
	struct lexer l = lexer_begin(t->text + 1, t->length - 1);
	struct token word;

	while ((word = lexer_next(&l)).kind != TOKEN_END) {
		if (word.kind == TOKEN_WORD)
			add_name(&r->item.uses, &word);
	}
	r->item.length = (size_t)(t->text + t->length - r->item.text);
}

struct items items_of(const char *source, size_t length)
{
	struct lexer l = lexer_begin(source, length);
	struct items items = {0};
	struct reading r = {0};
	struct token t;

	while ((t = lexer_next(&l)).kind != TOKEN_END) {
		if (t.kind == TOKEN_DIRECTIVE && !r.item.text) {
			add_directive(&items, &t);
		} else if (t.kind == TOKEN_DIRECTIVE) {
			take_directive(&r, &t);
		} else if (take(&r, &t) || ends_without_semicolon(&r, &t, l)) {
			add_item(&items, &r.item);
			r = (struct reading){0};
		}
	}
	if (r.item.text)
		add_item(&items, &r.item);
	return items;
}

void items_free(struct items *items)
{
	for (size_t i = 0; i < items->count; i++) {
		free(items->item[i].defines.name);
		free(items->item[i].uses.name);
		free(items->item[i].tags.name);
	}
	free(items->item);
	*items = (struct items){0};
}
