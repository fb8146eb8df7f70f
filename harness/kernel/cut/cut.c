// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel-cut ROOT[,ROOT...] (LABEL FILE)...: prints, verbatim, what the roots are made of: each definition named, and
 * each that those name, wherever in the files it stands, in the order of the files. Conditional lines of the
 * preprocessor stay, #include goes; #line says where each piece is from, by LABEL. `!ROOT` is left out, with
 * what only it needs. `ROOT?` need not be there; for each root there is, K_HAS_ROOT is defined. Exit status 3: a root
 * is missing, named on stderr.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "items.h"

#define FILES_MAX    32
#define EXIT_MISSING 3

struct source {
	const char *label;
	char *text;
	struct items items;
};

static struct source sources[FILES_MAX];
static int source_count;

static void die(const char *what, const char *name)
{
	fprintf(stderr, "kernel-cut: %s: %s\n", name, what);
	exit(2);
}

static void *grown(void *old, size_t bytes)
{
	void *new = realloc(old, bytes);

	if (!new)
		die("no memory", "kernel-cut");
	return new;
}

static char *read_file(const char *path, size_t *length)
{
	FILE *f = fopen(path, "rb");
	size_t room = 1 << 16;
	char *text = malloc(room);

	if (!f)
		die("cannot be read", path);
	*length = 0;
	while (text && !feof(f) && !ferror(f)) {
		*length += fread(text + *length, 1, room - *length, f);
		if (*length == room)
			text = grown(text, room *= 2);
	}
	if (!text || ferror(f))
		die("cannot be read whole", path);
	fclose(f);
	return text;
}

/* #include, #error and the like would need what is not here. */
static int stays(const struct item *item)
{
	return item->kind == ITEM_CONDITIONAL || item->wanted;
}

static void want(const struct name *name);

static void want_item(struct item *item)
{
	if (item->wanted || item->kind == ITEM_CONDITIONAL || item->kind == ITEM_OTHER)
		return;
	item->wanted = 1;
	for (size_t i = 0; i < item->uses.count; i++)
		want(&item->uses.name[i]);
}

static int find(const struct name *name, void (*then)(struct item *))
{
	int found = 0;

	for (int i = 0; i < source_count; i++) {
		const struct items *items = &sources[i].items;

		for (size_t j = 0; j < items->count; j++) {
			if (!names_have(&items->item[j].defines, name))
				continue;
			found = 1;
			if (then)
				then(&items->item[j]);
		}
	}
	return found;
}

/* Names that were looked for already: most occur often. */
static struct names known;

static void know(const struct name *name)
{
	if (known.count == known.room) {
		known.room = known.room ? 2 * known.room : 256;
		known.name = grown(known.name, known.room * sizeof(*known.name));
	}
	known.name[known.count++] = *name;
}

static void want(const struct name *name)
{
	if (names_have(&known, name))
		return;
	know(name);
	find(name, want_item);
}

/* What is left out is known before anything is looked for. */
static void leave_out(const char *roots)
{
	for (const char *root = roots; *root; root += strcspn(root, ",")) {
		root += *root == ',';
		if (*root == '!')
			know(&(struct name){.text = root + 1, .length = strcspn(root, ",") - 1});
	}
}

/* Prints "K_HAS_" definitions; 0, or EXIT_MISSING. */
static int want_roots(char *roots)
{
	int status = 0;

	leave_out(roots);
	for (char *root = strtok(roots, ","); root; root = strtok(NULL, ",")) {
		const size_t length = strlen(root);
		const int may_lack = length && root[length - 1] == '?';
		const struct name name = {.text = root, .length = length - (size_t)may_lack};

		if (*root == '!')
			continue;
		if (find(&name, NULL)) {
			printf("#define K_HAS_%.*s 1\n", (int)name.length, name.text);
			want(&name);
		} else if (!may_lack) {
			fprintf(stderr, "%.*s\n", (int)name.length, name.text);
			status = EXIT_MISSING;
		}
	}
	return status;
}

static void print_label(const struct source *s, unsigned int line)
{
	printf("#line %u \"", line);
	for (const char *c = s->label; *c; c++) {
		if (*c == '"' || *c == '\\')
			putchar('\\');
		putchar(*c);
	}
	puts("\"");
}

static void print_source(const struct source *s)
{
	for (size_t i = 0; i < s->items.count; i++) {
		const struct item *item = &s->items.item[i];

		if (!stays(item))
			continue;
		/* The tree's own macro is the one that counts. */
		if (item->kind == ITEM_MACRO && item->defines.count)
			printf("#undef %.*s\n", (int)item->defines.name[0].length,
			       item->defines.name[0].text);
		print_label(s, item->line);
		fwrite(item->text, 1, item->length, stdout);
		putchar('\n');
	}
}

/* In the kernel, other headers have them declared. A union's tag is never used before its definition. */
static void print_tags(const struct source *s)
{
	for (size_t i = 0; i < s->items.count; i++) {
		const struct item *item = &s->items.item[i];
		const int is_union = item->length > 5 && !memcmp(item->text, "union", 5);

		for (size_t j = 0; stays(item) && !is_union && j < item->tags.count; j++)
			printf("struct %.*s;\n", (int)item->tags.name[j].length,
			       item->tags.name[j].text);
	}
}

static void add_source(const char *label, const char *file)
{
	struct source *s = &sources[source_count];
	size_t length;

	if (source_count == FILES_MAX)
		die("is one file too many", file);
	s->label = label;
	s->text = read_file(file, &length);
	s->items = items_of(s->text, length);
	source_count++;
}

int main(int argc, char **argv)
{
	int status;

	if (argc < 2 || argc % 2) {
		fputs("usage: kernel-cut ROOT[,ROOT...] (LABEL FILE)...\n", stderr);
		return 2;
	}
	for (int i = 2; i < argc; i += 2)
		add_source(argv[i], argv[i + 1]);
	status = want_roots(argv[1]);
	for (int i = 0; i < source_count; i++)
		print_tags(&sources[i]);
	for (int i = 0; i < source_count; i++)
		print_source(&sources[i]);
	for (int i = 0; i < source_count; i++) {
		items_free(&sources[i].items);
		free(sources[i].text);
	}
	free(known.name);
	return fflush(stdout) || ferror(stdout) ? 2 : status;
}
