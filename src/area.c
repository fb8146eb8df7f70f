// SPDX-License-Identifier: GPL-2.0-or-later
/* Searches the bitmap for free entries; its size, its checks and its counts. */
#include "area.h"

unsigned long area_alloc(struct iommu_map *map, unsigned long size, unsigned long start,
			 unsigned long n, unsigned long align_mask)
{
	const uint64_t in_segment = map->boundary - 1;

	if (n >= size)
		return IOMMU_FAIL;
	size--;

	for (;;) {
		unsigned long index = bitmap_next_clear(map->bits, size, start);
		unsigned long taken;
		uint64_t offset;

		index = (index + align_mask) & ~align_mask;
		/* Written so that it cannot wrap: n <= size holds here. */
		if (index > size - n)
			return IOMMU_FAIL;
		if (n > 1 || align_mask) {
			taken = bitmap_next_set(map->bits, index + n, index);
			if (taken < index + n) {
				start = taken + 1;
				continue;
			}
		}
		offset = (map->base + index) & in_segment;
		if (offset + n > map->boundary) {
			start = index + (unsigned long)(map->boundary - offset);
			continue;
		}
		bitmap_set(map->bits, index, n);
		return index;
	}
}

void area_map_init(struct iommu_map *map, const struct iommu_geometry *g, unsigned long *bits,
		   iommu_flush_fn flush, void *flush_arg)
{
	map->bits = bits;
	map->entries = g->entries;
	map->base = g->base;
	map->boundary = g->boundary;
	map->flush = flush;
	map->flush_arg = flush_arg;
	map->lock_kind = g->lock_kind;
}

size_t area_bitmap_bytes(unsigned long entries)
{
	size_t bytes = bitmap_words(entries) * sizeof(unsigned long);

	return (bytes + IOMMU_CACHE_LINE - 1) / IOMMU_CACHE_LINE * IOMMU_CACHE_LINE;
}

const char *area_check(const struct iommu_geometry *g)
{
	if (g->entries < 2 || g->entries > IOMMU_MAX_ENTRIES)
		return "the number of entries must be 2 to 268435456";
	if (g->npools == 0 || g->npools > IOMMU_MAX_POOLS || (g->npools & (g->npools - 1)))
		return "the number of pools must be 1, 2, 4, 8 or 16";
	if (g->boundary == 0 || (g->boundary & (g->boundary - 1)))
		return "the segment boundary must be a power of two";
	if (g->base > UINT64_MAX - g->entries)
		return "the last entry's page number does not fit 64 bits";
	return NULL;
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

void area_check_free(const struct iommu_map *map, const char *allocator, const unsigned long *minus,
		     unsigned long entry, unsigned long n)
{
	struct iommu_range range = {.start = entry, .end = entry + n};

	if (area_count(map->bits, minus, range) != n)
		iommu_bad_free(allocator, "is not allocated", entry, n);
}
#endif
