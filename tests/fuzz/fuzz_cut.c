// SPDX-License-Identifier: GPL-2.0-or-later
/* Any bytes as a C file of a kernel tree: its items lie within it, one behind the other, with the lines they are on. */
#include "fuzz.h"

#include "kernel/cut/items.h"

static void check_names(const struct names *names, const char *begin, const char *end)
{
	for (size_t i = 0; i < names->count; i++) {
		FUZZ_CHECK(names->name[i].text >= begin);
		FUZZ_CHECK(names->name[i].text + names->name[i].length <= end);
		FUZZ_CHECK(names_have(names, &names->name[i]));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *source = malloc(size + 1);
	struct items items;
	const char *from;
	unsigned int line = 1;

	FUZZ_CHECK(source);
	/* No byte behind it may be read. */
	if (size)
		memcpy(source, data, size);
	source = realloc(source, size ? size : 1);
	FUZZ_CHECK(source);
	items = items_of(source, size);
	from = source;
	for (size_t i = 0; i < items.count; i++) {
		const struct item *item = &items.item[i];

		FUZZ_CHECK(item->length && item->text >= from);
		for (; from < item->text; from++)
			line += *from == '\n';
		FUZZ_CHECK(item->line == line);
		FUZZ_CHECK(item->length <= (size_t)(source + size - item->text));
		check_names(&item->defines, item->text, item->text + item->length);
		check_names(&item->uses, item->text, item->text + item->length);
		check_names(&item->tags, item->text, item->text + item->length);
		for (; from < item->text + item->length; from++)
			line += *from == '\n';
	}
	items_free(&items);
	free(source);
	return 0;
}
