// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes which platforms a run has into its context, and finds and prints them again for the table. */
#include "output/platform_block.h"

#include <string.h>

#include "base/wrapped.h"
#include "plan/platform.h"

static json_t *named(json_t *list, const char *name)
{
	json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		if (strcmp(json_string_value(json_object_get(one, "name")), name) == 0)
			return one;
	}
	return NULL;
}

static json_t *new_block(const struct cell *c)
{
	const struct platform *p = c->platform;
	json_t *block = json_pack("{s:s, s:I, s:[], s:[]}", "name", p->name, "entries",
				  (json_int_t)c->entries, "flushes", "hypothetical");

	if (p->entries_assumed && c->entries == p->entries)
		json_object_set_new(block, "entries_assumed", json_string(p->entries_assumed));
	return block;
}

static void add_flush(json_t *block, const char *name)
{
	json_t *list = json_object_get(block, "flushes"), *flush;
	const char *assumed = platform_flush_assumed(name);

	if (named(list, name))
		return;
	flush = json_pack("{s:s}", "name", name);
	if (assumed)
		json_object_set_new(flush, "assumed", json_string(assumed));
	json_array_append_new(list, flush);
}

static void add_hypothetical(json_t *block, const struct cell *c)
{
	json_t *list = json_object_get(block, "hypothetical");
	json_t *variant = json_sprintf("%s/pools:%u", c->allocator->name, c->npools);

	if (platform_block_is_hypothetical(block, json_string_value(variant)))
		json_decref(variant);
	else
		json_array_append_new(list, variant);
}

json_t *platform_blocks_json(const struct plan *plan)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < plan->cell_count; i++) {
		const struct cell *c = &plan->cells[i];

		if (!c->platform)
			continue;
		if (!named(list, c->platform->name))
			json_array_append_new(list, new_block(c));
		add_flush(named(list, c->platform->name), c->flush.name);
		if (plan_is_hypothetical(c))
			add_hypothetical(named(list, c->platform->name), c);
	}
	return list;
}

const json_t *platform_block_of(const json_t *suite, const struct cell_parts *cell)
{
	const json_int_t entries = cell->entries ?
					   (json_int_t)cell->entries :
					   json_integer_value(json_object_get(suite, "entries"));
	json_t *block;
	size_t i;

	json_array_foreach (json_object_get(suite, "platforms"), i, block) {
		if (json_integer_value(json_object_get(block, "entries")) == entries &&
		    named(json_object_get(block, "flushes"), cell->flush))
			return block;
	}
	return NULL;
}

const char *platform_block_name(const json_t *block)
{
	return json_string_value(json_object_get(block, "name"));
}

bool platform_block_is_hypothetical(const json_t *block, const char *variant)
{
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(block, "hypothetical"), i, one) {
		if (strcmp(json_string_value(one), variant) == 0)
			return true;
	}
	return false;
}

/* ", assumed: ..." of what @key of @of says is; else nothing. */
static void add_assumed(char *text, size_t size, const json_t *of, const char *key)
{
	const char *assumed = json_string_value(json_object_get(of, key));
	const size_t length = strlen(text);

	if (assumed)
		snprintf(text + length, size - length, ", assumed: %s", assumed);
}

void platform_block_print(const json_t *block, FILE *out)
{
	char text[1000];
	json_t *flush;
	size_t i;

	snprintf(text, sizeof(text), "%s: %lld entries", platform_block_name(block),
		 (long long)json_integer_value(json_object_get(block, "entries")));
	add_assumed(text, sizeof(text), block, "entries_assumed");
	json_array_foreach (json_object_get(block, "flushes"), i, flush) {
		const size_t length = strlen(text);

		snprintf(text + length, sizeof(text) - length, "; flush %s",
			 json_string_value(json_object_get(flush, "name")));
		add_assumed(text, sizeof(text), flush, "assumed");
	}
	print_wrapped(out, "%s", text);
}

void platform_block_print_rule(const json_t *block, FILE *out)
{
	fprintf(out, "  -- hypothetical: did not run on %s --------------------------------\n",
		platform_block_name(block));
}
