/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A model of an IOTLB: tags in sets, replaced by LRU, FIFO or at random. What a tag holds of a
 * translation is the entry's generation at the time it was filled. Not thread-safe.
 */
#ifndef IOMMUBENCH_IOTLB_H
#define IOMMUBENCH_IOTLB_H

#include <stdbool.h>
#include <stdint.h>

/* A set is searched one tag after the other, which more than this would make too slow. */
#define IOTLB_TAGS_MAX 4096

enum iotlb_replacement { IOTLB_LRU, IOTLB_FIFO, IOTLB_RANDOM };

struct iotlb_shape {
	unsigned int tags;
	unsigned int ways; /* tags of a set; as many as tags: fully associative */
	enum iotlb_replacement replacement;
};

struct iotlb_tag {
	unsigned long entry;
	uint32_t generation; /* 0: the tag is empty */
	uint64_t age; /* when it was filled, for LRU when it was last used; greatest: newest */
};

struct iotlb {
	struct iotlb_shape shape;
	struct iotlb_tag *tag;
	unsigned int sets;
	uint64_t clock; /* accesses so far */
	uint64_t rng;
};

enum iotlb_outcome {
	IOTLB_MISS,  /* the translation was read from the table, and a tag now holds it */
	IOTLB_HIT,   /* a tag held the table's translation */
	IOTLB_STALE, /* a tag held an older one, which the device used; the tag keeps it */
};

/* NULL if there can be such an IOTLB, else what is wrong, in words for a user. */
const char *iotlb_check(const struct iotlb_shape *shape);

/* "lru", "fifo", "random". */
const char *iotlb_replacement_name(enum iotlb_replacement replacement);
bool iotlb_replacement_parse(const char *text, enum iotlb_replacement *replacement);

/* An empty one of a shape that passed the check; false if memory is short. */
bool iotlb_init(struct iotlb *t, const struct iotlb_shape *shape);
void iotlb_destroy(struct iotlb *t);

/* Empties all tags. */
void iotlb_flush(struct iotlb *t);
/* Invalidates what is cached of @entry alone. */
void iotlb_flush_entry(struct iotlb *t, unsigned long entry);

/* The device accesses @entry, which the table translates as of @generation, at least 1. */
enum iotlb_outcome iotlb_access(struct iotlb *t, unsigned long entry, uint32_t generation);

#endif
