// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sg: scatter-gather lists as a block or TSO driver maps them. A chain of 1 to 8 segments of mixed
 * sizes goes through the allocator with the handle as its cursor; chains are unmapped in the
 * order of mapping, as many being live as the CPU's share holds (at least one). Each segment is a
 * pair.
 *
 * Segments of a chain that came to lie side by side are freed at once, where the allocator takes that: the map_sg of
 * sparc and powerpc makes one of them, and unmap_sg knows no others. How long a device lets a segment become is
 * taken to be no limit, its segment boundary is.
 */
#include "workload.h"

#define SEGMENTS_MAX 8

/* Pages a segment, a mean of 3: most are single pages, a few are long; 16 is a large request. */
static const unsigned char segment_pages[16] = {1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 4, 4, 8, 16};

/* What is freed at once: one segment, or several merged. */
struct segment {
	uint32_t entry;
	uint16_t pages;
	uint8_t pairs; /* segments that were asked for */
	uint8_t last;  /* 1: its chain ends here */
};

/* A queue of segments, oldest first; size is a power of two. */
struct chains {
	unsigned long head, tail; /* ever mapped, ever unmapped */
	unsigned long live;       /* entries */
	unsigned long mask;       /* size - 1 */
	struct segment segment[];
};

/* A chain is begun only below the share, so this many segments are enough. */
static unsigned long queue_size(const struct worker *w)
{
	unsigned long size = 1;

	while (size < w->share + SEGMENTS_MAX)
		size *= 2;
	return size;
}

static size_t sg_state_size(const struct worker *w)
{
	return sizeof(struct chains) + queue_size(w) * sizeof(struct segment);
}

static void sg_init(struct worker *w)
{
	struct chains *c = w->state;

	c->mask = queue_size(w) - 1;
}

/* Is [entry, entry + pages) what @open goes on with, and both together within one segment of the device? */
static bool merges(const struct worker *w, const struct segment *open, unsigned long entry,
		   unsigned int pages)
{
	const uint64_t boundary = w->device->boundary;

	return entry == (unsigned long)open->entry + open->pages &&
	       ((w->base + open->entry) & (boundary - 1)) + open->pages + pages <= boundary;
}

/* A chain stops short where an allocation fails. Returns the segments mapped. */
static unsigned int map_chain(const struct worker *w, struct tally *t, struct chains *c)
{
	const bool may_merge = w->allocator->frees_any_range;
	unsigned int want = 1 + (unsigned int)tally_random_below(t, SEGMENTS_MAX);
	unsigned int got = 0;
	unsigned long handle = 0;
	/* Four bits each choose a size: one draw a chain. */
	uint64_t sizes = tally_random(t) >> 16;
	struct segment *open = NULL;

	for (; got < want; got++, sizes >>= 4) {
		uint16_t pages = segment_pages[sizes & 15];
		unsigned long entry = worker_map(w, t, pages, &handle);

		if (entry == IOMMU_FAIL)
			break;
		c->live += pages;
		if (may_merge && open && merges(w, open, entry, pages)) {
			open->pages = (uint16_t)(open->pages + pages);
			open->pairs++;
			continue;
		}
		open = &c->segment[c->head++ & c->mask];
		*open = (struct segment){.entry = (uint32_t)entry, .pages = pages, .pairs = 1};
	}
	if (open)
		open->last = 1;
	return got;
}

/* Returns the pairs this did. */
static unsigned int unmap_chain(const struct worker *w, struct tally *t, struct chains *c)
{
	unsigned int done = 0;

	while (c->tail != c->head) {
		struct segment s = c->segment[c->tail++ & c->mask];

		worker_unmap_merged(w, t, s.entry, s.pages, s.pairs);
		c->live -= s.pages;
		done += s.pairs;
		if (s.last)
			break;
	}
	return done;
}

static void sg_fill(struct worker *w)
{
	struct tally t = worker_begin(w);
	struct chains *c = w->state;

	while (c->live < w->share && map_chain(w, &t, c))
		;
	worker_end(w, &t);
}

static void sg_step(struct worker *w)
{
	struct tally t = worker_begin(w);
	struct chains *c = w->state;
	unsigned int done = 0;

	while (done < WORKLOAD_STEP) {
		unsigned int pairs = unmap_chain(w, &t, c);

		done += pairs;
		/* A list is served at once, so its pairs' times come together. */
		for (; pairs; pairs--)
			worker_think(w);
		/* Not one chain for each unmapped: their number would only ever grow. */
		while (!c->live || c->live < w->share) {
			if (!map_chain(w, &t, c)) {
				done++;
				break;
			}
		}
	}
	worker_end(w, &t);
}

static void sg_drain(struct worker *w)
{
	struct tally t = worker_begin(w);

	while (unmap_chain(w, &t, w->state))
		;
	worker_end(w, &t);
}

static const struct workload sg = {
	.name = "sg",
	.summary = "scatter-gather chains through the handle, segments of 1 to 16 pages",
	.rank = 40,
	.min_cpus = 1,
	.smoke_occupancy = 25,
	.state_size = sg_state_size,
	.init = sg_init,
	.fill = sg_fill,
	.step = sg_step,
	.drain = sg_drain,
};
WORKLOAD(sg);
