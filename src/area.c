// SPDX-License-Identifier: GPL-2.0-or-later
/* Searches the bitmap for free entries; its size, its checks and its counts. */
#include "area.h"

const struct iommu_device iommu_any_device = {.mask = UINT64_MAX, .boundary = IOMMU_BOUNDARY};
const unsigned int area_one_pool[] = {1, 0};

unsigned long area_alloc(unsigned long *bits, unsigned long size, unsigned long start,
			 unsigned long n, uint64_t base, uint64_t boundary,
			 unsigned long align_mask)
{
	const uint64_t in_segment = boundary - 1;

	if (n >= size)
		return IOMMU_FAIL;
	size--;

	for (;;) {
		unsigned long index = bitmap_next_clear(bits, size, start);
		unsigned long taken;
		uint64_t offset;

		index = (index + align_mask) & ~align_mask;
		/* Written so that it cannot wrap: n <= size holds here. */
		if (index > size - n)
			return IOMMU_FAIL;
		if (n > 1 || align_mask) {
			taken = bitmap_next_set(bits, index + n, index);
			if (taken < index + n) {
				start = taken + 1;
				continue;
			}
		}
		offset = (base + index) & in_segment;
		if (offset + n > boundary) {
			start = index + (unsigned long)(boundary - offset);
			continue;
		}
		bitmap_set(bits, index, n);
		return index;
	}
}

static size_t nodes_bytes(const struct iommu_geometry *g)
{
	return g->lock_kind == LOCK_QUEUED ? area_cpus(g) * sizeof(struct lock_nodes) : 0;
}

static size_t bitmap_bytes(const struct iommu_geometry *g)
{
	return bitmap_words(g->entries) * sizeof(unsigned long);
}

size_t area_size(const struct iommu_geometry *g, size_t bytes, unsigned int bitmaps)
{
	return iommu_arena_room(bytes) + bitmaps * iommu_arena_room(bitmap_bytes(g)) +
	       iommu_arena_room(nodes_bytes(g));
}

void *area_init(struct iommu_arena *arena, const struct iommu_geometry *g, size_t bytes,
		void *flush_arg)
{
	struct iommu_map *map = iommu_arena_alloc(arena, bytes);

	if (!map)
		return NULL;
	map->entries = g->entries;
	map->flush_arg = flush_arg;
	map->locks.kind = g->lock_kind;
	if (g->lock_kind == LOCK_QUEUED)
		map->locks.nodes = iommu_arena_alloc(arena, nodes_bytes(g));
	return map;
}

unsigned long *area_bitmap(struct iommu_arena *arena, const struct iommu_geometry *g)
{
	return iommu_arena_alloc(arena, bitmap_bytes(g));
}

const char *area_check(const struct iommu_geometry *g)
{
	if (g->entries < 2 || g->entries > IOMMU_MAX_ENTRIES)
		return "the number of entries must be 2 to 268435456";
	if (g->npools == 0 || g->npools > IOMMU_MAX_POOLS || (g->npools & (g->npools - 1)))
		return "the number of pools must be 1, 2, 4, 8 or 16";
	if (g->base > UINT64_MAX - g->entries)
		return "the last entry's page number does not fit 64 bits";
	if (g->ncpus > LOCK_CPUS_MAX)
		return "a queued lock tells at most 16382 CPUs apart";
	return NULL;
}

const char *area_check_single(const struct iommu_geometry *g)
{
	if (g->npools != 1)
		return "it has one arena: pools must be 1";
	if (g->large_pool)
		return "it has no large pool";
	return area_check(g);
}

struct iommu_range area_own_all(const struct iommu_map *map, unsigned int cpu, unsigned long n)
{
	(void)cpu, (void)n;
	return (struct iommu_range){.start = 0, .end = map->entries};
}

unsigned long area_count(const unsigned long *bits, const unsigned long *minus,
			 struct iommu_range range)
{
	unsigned long count = 0;

	if (range.start >= range.end)
		return 0;
	bitmap_for_each_word (w, range.start, range.end - range.start) {
		unsigned long word = bits[w.word];

		if (minus)
			word &= ~minus[w.word];
		count += (unsigned long)__builtin_popcountl(word & w.bits);
	}
	return count;
}

#ifdef IOMMU_CHECKED
void area_check_range(const struct iommu_map *map, const char *allocator, unsigned long entry,
		      unsigned long n)
{
	if (n == 0)
		iommu_bad_free(allocator, "is empty", entry, n);
	if (n > map->entries || entry > map->entries - n)
		iommu_bad_free(allocator, "is out of range", entry, n);
}

void area_check_free(const unsigned long *bits, const char *allocator, const unsigned long *minus,
		     unsigned long entry, unsigned long n)
{
	struct iommu_range range = {.start = entry, .end = entry + n};

	if (area_count(bits, minus, range) != n)
		iommu_bad_free(allocator, "is not allocated", entry, n);
}
#endif
