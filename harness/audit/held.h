/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a replay holds, entry by entry. Where the allocator returned something else than the trace has,
 * the trace's entries are names of those that were returned, so that a later free finds them.
 */
#ifndef IOMMUBENCH_HELD_H
#define IOMMUBENCH_HELD_H

#include <stdbool.h>
#include <stdint.h>

#include "allocator.h"

struct held_entry {
	uint32_t left; /* entries from here to its allocation's end; 0: it is free here */
	uint32_t name; /* the trace has it allocated: what that is here; 0: it has not */
};

struct held {
	unsigned long entries;
	struct held_entry *entry;
};

/* What an entry of the trace is here. */
enum held_kind {
	HELD_FREE,     /* nothing: neither the trace nor the map has it allocated */
	HELD_RESERVED, /* never to be freed */
	HELD_NOTHING,  /* the trace's request failed here */
	HELD_TAKEN,    /* allocated */
};

/* False without memory. */
bool held_init(struct held *h, unsigned long entries);
void held_destroy(struct held *h);

/* Marks an entry as reserved; false if it was already. Before the first allocation. */
bool held_reserve(struct held *h, unsigned long entry);

/*
 * @n entries were allocated: from @returned on here, from @recorded on in the trace. Either is IOMMU_FAIL
 * where it failed there; what the trace has may lie beyond the map.
 */
void held_add(struct held *h, unsigned long recorded, unsigned long returned, unsigned long n);

/* Has the trace all of [entry, entry + n), which may lie beyond the map, allocated? */
bool held_is_named(const struct held *h, uint64_t entry, uint64_t n);

/*
 * What the trace's @entry is here: by what the trace has there if it is @named, else the entry itself, whatever the
 * trace has. *here gets its entry where it is HELD_TAKEN.
 */
enum held_kind held_find(const struct held *h, unsigned long entry, bool named,
			 unsigned long *here);

/* Is [here, here + n), of which the first is taken, an allocation as it was returned? */
bool held_is_whole(const struct held *h, unsigned long here, unsigned long n);

/* The trace's @entry is freed: what it was, of which *here is no longer taken. */
enum held_kind held_take(struct held *h, unsigned long entry, bool named, unsigned long *here);

#endif
