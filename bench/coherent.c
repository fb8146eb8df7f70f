// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * coherent: what dma_alloc_coherent() asks for. Each CPU keeps its share of the map in buffers of 1 to 16 pages, a
 * power of two and aligned to their size, frees a random one of them and allocates anew. The device reaches the
 * lower half of the map only, as one of 32 bits does. Allocators that do not align or know no mask do neither.
 */
#include "workload.h"

/* log2 of the pages; a mean of 4. */
static const unsigned char orders[16] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 3, 4, 4};

struct buffer {
	uint32_t entry;
	uint32_t order;
};

struct buffers {
	unsigned long count; /* of buffer[], from 0 */
	unsigned long live;  /* entries */
	struct buffer buffer[];
};

/* One is begun only below the share. */
static size_t coherent_state_size(const struct worker *w)
{
	return sizeof(struct buffers) + (w->share + 1) * sizeof(struct buffer);
}

static bool map_one(const struct worker *w, struct tally *t, struct buffers *b)
{
	const unsigned int order = orders[tally_random_below(t, sizeof(orders))];
	unsigned long entry = worker_map_aligned(w, t, 1UL << order, order, NULL);

	if (entry == IOMMU_FAIL)
		return false;
	b->buffer[b->count++] = (struct buffer){.entry = (uint32_t)entry, .order = order};
	b->live += 1UL << order;
	return true;
}

static void unmap_one(const struct worker *w, struct tally *t, struct buffers *b, unsigned long i)
{
	const struct buffer gone = b->buffer[i];

	worker_unmap(w, t, gone.entry, 1UL << gone.order);
	b->live -= 1UL << gone.order;
	b->buffer[i] = b->buffer[--b->count];
}

static void coherent_fill(struct worker *w)
{
	struct tally t = worker_begin(w);
	struct buffers *b = w->state;

	while (b->live < w->share && map_one(w, &t, b))
		;
	worker_end(w, &t);
}

static void coherent_step(struct worker *w)
{
	struct tally t = worker_begin(w);
	struct buffers *b = w->state;

	for (int done = 0; done < WORKLOAD_STEP; done++) {
		if (b->count) {
			unmap_one(w, &t, b, tally_random_below(&t, b->count));
			worker_think(w);
		}
		/* Not one for each freed: they differ in size. */
		while ((!b->live || b->live < w->share) && map_one(w, &t, b))
			;
	}
	worker_end(w, &t);
}

static void coherent_drain(struct worker *w)
{
	struct tally t = worker_begin(w);
	struct buffers *b = w->state;

	while (b->count)
		unmap_one(w, &t, b, b->count - 1);
	worker_end(w, &t);
}

static const struct workload coherent = {
	.name = "coherent",
	.summary = "aligned buffers of 1 to 16 pages with random lifetimes, below a mask at half "
		   "the map",
	.rank = 45,
	.min_cpus = 1,
	.narrow_device = true,
	.smoke_occupancy = 25,
	.state_size = coherent_state_size,
	.fill = coherent_fill,
	.step = coherent_step,
	.drain = coherent_drain,
};
WORKLOAD(coherent);
