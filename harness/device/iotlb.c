// SPDX-License-Identifier: GPL-2.0-or-later
/* An IOTLB of tags in sets, with the usual replacement policies. */
#include "device/iotlb.h"

#include <stdlib.h>
#include <string.h>

static const char *const replacement_names[] = {
	[IOTLB_LRU] = "lru",
	[IOTLB_FIFO] = "fifo",
	[IOTLB_RANDOM] = "random",
};

const char *iotlb_replacement_name(enum iotlb_replacement replacement)
{
	return replacement_names[replacement];
}

bool iotlb_replacement_parse(const char *text, enum iotlb_replacement *replacement)
{
	for (size_t i = 0; i < sizeof(replacement_names) / sizeof(replacement_names[0]); i++) {
		if (strcmp(text, replacement_names[i]) == 0) {
			*replacement = (enum iotlb_replacement)i;
			return true;
		}
	}
	return false;
}

const char *iotlb_check(const struct iotlb_shape *shape)
{
	if (shape->tags == 0 || shape->tags > IOTLB_TAGS_MAX)
		return "an IOTLB has 1 to 4096 tags";
	if (shape->ways == 0 || shape->tags % shape->ways)
		return "the tags must be a multiple of the ways";
	return NULL;
}

bool iotlb_init(struct iotlb *t, const struct iotlb_shape *shape)
{
	memset(t, 0, sizeof(*t));
	t->shape = *shape;
	t->sets = shape->tags / shape->ways;
	t->rng = 1;
	t->tag = calloc(shape->tags, sizeof(*t->tag));
	return t->tag;
}

void iotlb_destroy(struct iotlb *t)
{
	free(t->tag);
	t->tag = NULL;
}

void iotlb_flush(struct iotlb *t)
{
	memset(t->tag, 0, t->shape.tags * sizeof(*t->tag));
}

void iotlb_flush_entry(struct iotlb *t, unsigned long entry)
{
	struct iotlb_tag *set = &t->tag[entry % t->sets * t->shape.ways];

	for (unsigned int i = 0; i < t->shape.ways; i++) {
		if (set[i].entry == entry)
			set[i] = (struct iotlb_tag){0};
	}
}

/* xorshift64: any way is as good as another. */
static unsigned int any_way(struct iotlb *t)
{
	t->rng ^= t->rng << 13;
	t->rng ^= t->rng >> 7;
	t->rng ^= t->rng << 17;
	return (unsigned int)(t->rng % t->shape.ways);
}

/* The tag of @set to fill: one that is empty, else by the rule of replacement. */
static struct iotlb_tag *victim(struct iotlb *t, struct iotlb_tag *set)
{
	struct iotlb_tag *oldest = set;

	for (unsigned int i = 0; i < t->shape.ways; i++) {
		if (!set[i].generation)
			return &set[i];
		if (set[i].age < oldest->age)
			oldest = &set[i];
	}
	return t->shape.replacement == IOTLB_RANDOM ? &set[any_way(t)] : oldest;
}

enum iotlb_outcome iotlb_access(struct iotlb *t, unsigned long entry, uint32_t generation)
{
	struct iotlb_tag *set = &t->tag[entry % t->sets * t->shape.ways], *tag;

	t->clock++;
	for (unsigned int i = 0; i < t->shape.ways; i++) {
		tag = &set[i];
		if (tag->entry != entry || !tag->generation)
			continue;
		if (t->shape.replacement == IOTLB_LRU)
			tag->age = t->clock;
		return tag->generation == generation ? IOTLB_HIT : IOTLB_STALE;
	}
	tag = victim(t, set);
	*tag = (struct iotlb_tag){.entry = entry, .generation = generation, .age = t->clock};
	return IOTLB_MISS;
}
