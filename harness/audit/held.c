// SPDX-License-Identifier: GPL-2.0-or-later
/* Entries that are allocated, and what the trace calls them. */
#include "audit/held.h"

#include <stdlib.h>

/* Names: 1 + the entry here, or this. */
#define FAILED_HERE UINT32_MAX
/* In place of what is left: no allocation is so long. */
#define RESERVED UINT32_MAX

bool held_init(struct held *h, unsigned long entries)
{
	h->entries = entries;
	h->entry = calloc(entries, sizeof(*h->entry));
	return h->entry != NULL;
}

void held_destroy(struct held *h)
{
	free(h->entry);
	h->entry = NULL;
}

bool held_reserve(struct held *h, unsigned long entry)
{
	if (h->entry[entry].left)
		return false;
	h->entry[entry].left = RESERVED;
	return true;
}

/* Both have the same entry allocated, by the same name. */
static bool is_itself(const struct held *h, unsigned long entry)
{
	return h->entry[entry].left && h->entry[entry].name == entry + 1;
}

void held_add(struct held *h, unsigned long recorded, unsigned long returned, unsigned long n)
{
	for (unsigned long i = 0; i < n; i++) {
		if (returned != IOMMU_FAIL)
			h->entry[returned + i].left = (uint32_t)(n - i);
		if (recorded >= h->entries || i >= h->entries - recorded)
			continue;
		/* A trace that has it twice: the one that is as recorded keeps its name. */
		if (recorded == returned || !is_itself(h, recorded + i))
			h->entry[recorded + i].name =
				returned == IOMMU_FAIL ? FAILED_HERE : (uint32_t)(returned + i + 1);
	}
}

bool held_is_named(const struct held *h, uint64_t entry, uint64_t n)
{
	for (uint64_t i = 0; i < n; i++) {
		if (entry + i >= h->entries || !h->entry[entry + i].name)
			return false;
	}
	return true;
}

enum held_kind held_find(const struct held *h, unsigned long entry, bool named, unsigned long *here)
{
	uint32_t name;

	if (entry >= h->entries)
		return HELD_FREE;
	name = named ? h->entry[entry].name : 0;
	if (name == FAILED_HERE)
		return HELD_NOTHING;
	*here = name && h->entry[name - 1].left ? name - 1 : entry;
	switch (h->entry[*here].left) {
	case 0:
		return HELD_FREE;
	case RESERVED:
		return HELD_RESERVED;
	default:
		return HELD_TAKEN;
	}
}

bool held_is_whole(const struct held *h, unsigned long here, unsigned long n)
{
	const struct held_entry *first = &h->entry[here];

	return first->left == n && (here == 0 || first[-1].left != n + 1);
}

enum held_kind held_take(struct held *h, unsigned long entry, bool named, unsigned long *here)
{
	enum held_kind kind = held_find(h, entry, named, here);

	if (kind == HELD_TAKEN)
		h->entry[*here].left = 0;
	if (kind == HELD_TAKEN || kind == HELD_NOTHING)
		h->entry[entry].name = 0;
	return kind;
}
