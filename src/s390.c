// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * s390: PCI of s390 until Linux 6.6 (arch/s390/pci/pci_dma.c), the mail's second option as it shipped. A free marks
 * entries in a second bitmap, lazy, and leaves them taken; when the search reaches the end all that is lazy is
 * flushed and free again, and the search begins anew at 0. Handle, mask and alignment are ignored.
 */
#include "s390.h"

static size_t s390_size(const struct iommu_geometry *g)
{
	return area_size(g, sizeof(struct s390), 2);
}

static struct iommu_map *s390_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				   iommu_flush_fn flush, void *flush_arg)
{
	struct s390 *s = area_init(arena, g, sizeof(*s), flush_arg);

	if (!s)
		return NULL;
	s->zdev.iommu_bitmap = area_bitmap(arena, g);
	s->zdev.lazy_bitmap = area_bitmap(arena, g);
	s->zdev.iommu_pages = g->entries;
	s->start_dma = g->base;
	s->flush = flush;
	lock_name(&s->zdev.iommu_bitmap_lock, "iommu_bitmap");
	return &s->map;
}

/* Under the lock that every free takes too: what is lazy now was so before the flush began. */
static void flush_and_reclaim(struct s390 *s)
{
	struct s390_zpci_dev *z = &s->zdev;

	if (s->flush)
		s->flush(s->map.flush_arg);
	bitmap_for_each_word (w, 0, z->iommu_pages) {
		z->iommu_bitmap[w.word] &= ~z->lazy_bitmap[w.word];
		z->lazy_bitmap[w.word] = 0;
	}
}

static inline unsigned long search(struct s390 *s, unsigned long start, unsigned long n,
				   uint64_t boundary)
{
	return area_alloc(s->zdev.iommu_bitmap, s->zdev.iommu_pages, start, n, s->start_dma,
			  boundary, 0);
}

static unsigned long s390_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				unsigned int align_order, unsigned long *handle,
				const struct iommu_device *device)
{
	struct s390 *s = (struct s390 *)map;
	unsigned long index;

	(void)align_order;
	if (n == 0 || n > device->boundary)
		return IOMMU_FAIL;
	lock_acquire(&s->zdev.iommu_bitmap_lock, &map->locks, cpu);
	index = search(s, s->zdev.next_bit, n, device->boundary);
	if (index == IOMMU_FAIL) {
		flush_and_reclaim(s);
		index = search(s, 0, n, device->boundary);
	}
	if (index != IOMMU_FAIL)
		s->zdev.next_bit = (unsigned int)(index + n);
	lock_release(&s->zdev.iommu_bitmap_lock, &map->locks);
	if (handle && index != IOMMU_FAIL)
		*handle = index + n;
	return index;
}

static void s390_free(struct iommu_map *map, unsigned int cpu, unsigned long entry, unsigned long n)
{
	struct s390 *s = (struct s390 *)map;

	area_check_range(map, "s390", entry, n);
	lock_acquire(&s->zdev.iommu_bitmap_lock, &map->locks, cpu);
	area_check_free(s->zdev.iommu_bitmap, "s390", s->zdev.lazy_bitmap, entry, n);
	bitmap_set(s->zdev.lazy_bitmap, entry, n);
	lock_release(&s->zdev.iommu_bitmap_lock, &map->locks);
}

static unsigned long s390_live(const struct iommu_map *map, struct iommu_range range)
{
	const struct s390_zpci_dev *z = &((const struct s390 *)map)->zdev;

	return area_count(z->iommu_bitmap, z->lazy_bitmap, range);
}

static void s390_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	bitmap_set(((struct s390 *)map)->zdev.iommu_bitmap, entry, n);
}

static const struct iommu_allocator s390 = {
	.name = "s390",
	.summary = "s390 PCI until Linux 6.6: freed entries stay taken until the search reaches "
		   "the end",
	.rank = 45,
	.pools = area_one_pool,
	.default_pools = area_one_pool,
	.ran_on = "s390/pools:1",
	.stale_safe = true,
	.frees_any_range = true,
	.check = area_check_single,
	.size = s390_size,
	.init = s390_init,
	.reserve = s390_reserve,
	.alloc = s390_alloc,
	.free = s390_free,
	.own_pool = area_own_all,
	.live = s390_live,
};
IOMMU_ALLOCATOR(s390);
