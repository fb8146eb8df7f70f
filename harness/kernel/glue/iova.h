/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tree's IOVA allocator, as dma-iommu.c uses it: iommu_dma_alloc_iova() to map, __iommu_dma_unmap() to unmap, with
 * the flush queue or, where K_IOVA_STRICT is 1, a flush of the range before it is freed.
 *
 * The domain is a PCI device's window of [base, base + entries) pages of 4 KiB: page numbers are pfns, and pfn 0, which
 * stands for failure, is never handed out: of a map whose base is 0 entry 0 is not. From page 2^20 on it is above
 * 4 GiB, which dma-iommu avoids as long as it can. A range begins at a multiple of its size, so no segment boundary that it
 * could keep to is in it. Nothing is said to it of alignments.
 */
#ifndef IOMMUBENCH_KERNEL_GLUE_IOVA_H
#define IOMMUBENCH_KERNEL_GLUE_IOVA_H

#include "kernel/glue/glue.h"

static struct iommu_domain *iommu_get_dma_domain(struct device *dev);

#include <cut.c>

/* Bytes for what is asked for once: the cookie, the classes. */
#define K_IOVA_ONCE 16384

struct k_iova_cpu {
	_Alignas(
		IOMMU_CACHE_LINE) unsigned long live; /* entries allocated here, less entries freed */
};

struct k_iova {
	struct iommu_map map;
	iommu_flush_fn flush;
	unsigned long base;
	struct k_iova_cpu *cpu;
	unsigned long *taken; /* checked build: a bitmap */
	struct iommu_domain domain;
	struct iommu_domain_ops ops;
	struct device dev;
	struct dev_iommu dev_iommu;
	_Alignas(IOMMU_CACHE_LINE) struct kernel_host host;
};

#ifdef IOMMU_CHECKED
#define K_IOVA_BITMAPS 1
#else
#define K_IOVA_BITMAPS 0
#endif

static struct iommu_domain *iommu_get_dma_domain(struct device *dev)
{
	return &container_of(dev, struct k_iova, dev)->domain;
}

static void k_iova_flush_all(struct iommu_domain *domain)
{
	struct k_iova *m = container_of(domain, struct k_iova, domain);

	m->flush(m->map.flush_arg);
}

static void k_iova_flush_range(struct iommu_domain *domain, struct iommu_iotlb_gather *gather)
{
	(void)gather;
	k_iova_flush_all(domain);
}

/*
 * Three generations of flush queues: dma-iommu.c's own; iova.c's, which dma-iommu.c sets up as it initializes the domain
 * (until 5.14); and iova.c's that only drivers used, as the last one here does (4.15 to 5.2).
 */
#if defined(K_HAS_iommu_dma_init_fq)
static int k_iova_init_queue(struct iommu_domain *domain)
{
	return iommu_dma_init_fq(domain);
}
#elif defined(K_HAS_iommu_dma_flush_iotlb_all) && defined(K_HAS_init_iova_flush_queue)
static int k_iova_init_queue(struct iommu_domain *domain)
{
	domain->iova_cookie->fq_domain = domain;
	return init_iova_flush_queue(&domain->iova_cookie->iovad, iommu_dma_flush_iotlb_all, NULL);
}
#elif defined(K_HAS_queue_iova)
#define K_IOVA_QUEUES_ITSELF
static void k_iova_flush_queued(struct iova_domain *iovad)
{
	(void)iovad;
	k_iova_flush_all(&container_of(kernel_self.host, struct k_iova, host)->domain);
}

static int k_iova_init_queue(struct iommu_domain *domain)
{
	return init_iova_flush_queue(&domain->iova_cookie->iovad, k_iova_flush_queued, NULL);
}
#elif !K_IOVA_STRICT
#error neither dma-iommu.c nor iova.c of this tree has a flush queue
#else
#define k_iova_init_queue(domain) 0
#endif

static const char *k_iova_check(const struct iommu_geometry *g)
{
	const char *why = area_check_single(g);

	if (!why && g->base > (U64_MAX >> PAGE_SHIFT) - g->entries)
		why = "the last entry's address does not fit 64 bits";
	return why;
}

/* Every entry can be a range of its own, and each CPU can be about to make one. */
static size_t k_iova_ranges(const struct iommu_geometry *g)
{
	return g->entries + 1 + area_cpus(g);
}

/* Full ones in depots, two a class and CPU, and one that each CPU is about to fill. */
static size_t k_iova_magazines(const struct iommu_geometry *g)
{
	return g->entries / IOVA_MAG_SIZE + (2 * IOVA_RANGE_CACHE_MAX_SIZE + 1) * area_cpus(g);
}

static size_t k_iova_size(const struct iommu_geometry *g)
{
	const unsigned int ncpus = area_cpus(g);

	return area_size(g, sizeof(struct k_iova), K_IOVA_BITMAPS) +
	       iommu_arena_room(ncpus * sizeof(struct k_iova_cpu)) +
	       iommu_arena_room(ncpus * (size_t)KERNEL_PERCPU_UNIT) +
	       kernel_slab_room(sizeof(struct iova), k_iova_ranges(g), ncpus) +
	       kernel_slab_room(sizeof(struct iova_magazine), k_iova_magazines(g), ncpus) +
	       K_IOVA_ONCE;
}

static bool k_iova_init_host(struct k_iova *m, const struct iommu_geometry *g)
{
	struct kernel_host *host = &m->host;

	host->ncpus = area_cpus(g);
	host->percpu =
		iommu_arena_alloc(kernel_self.arena, host->ncpus * (size_t)KERNEL_PERCPU_UNIT);
	m->cpu = iommu_arena_alloc(kernel_self.arena, host->ncpus * sizeof(*m->cpu));
	return host->percpu && m->cpu &&
	       kernel_slab_init(&host->slab[0], sizeof(struct iova), k_iova_ranges(g),
				host->ncpus) &&
	       kernel_slab_init(&host->slab[1], sizeof(struct iova_magazine), k_iova_magazines(g),
				host->ncpus);
}

/* What iommu_dma_init_domain() does, but for what only real devices have. 0, or an error's number. */
static int k_iova_init_domain(struct k_iova *m, const struct iommu_geometry *g)
{
	struct iommu_domain *domain = &m->domain;
	struct iova_domain *iovad;
	int err = iova_cache_get();

	if (!err)
		err = iommu_get_dma_cookie(domain);
	if (err)
		return err;
	iovad = &domain->iova_cookie->iovad;
	init_iova_domain(iovad, PAGE_SIZE, max(1UL, g->base));
#ifdef K_HAS_iova_domain_init_rcaches
	err = iova_domain_init_rcaches(iovad);
#endif
#ifdef K_HAS_iommu_dma_init_options
	iommu_dma_init_options(&domain->iova_cookie->options, &m->dev);
#endif
	if (!err && domain->type == IOMMU_DOMAIN_DMA_FQ)
		err = k_iova_init_queue(domain);
	return err;
}

static struct iommu_map *k_iova_init(struct iommu_arena *arena, const struct iommu_geometry *g,
				     iommu_flush_fn flush, void *flush_arg)
{
	struct k_iova *m = area_init(arena, g, sizeof(*m), flush_arg);
	int err = -ENOMEM;

	if (!m)
		return NULL;
	m->flush = flush;
	m->base = g->base;
	m->ops.flush_iotlb_all = k_iova_flush_all;
	m->ops.iotlb_sync = flush ? k_iova_flush_range : NULL;
	m->domain.ops = &m->ops;
	m->domain.type = flush && !K_IOVA_STRICT ? IOMMU_DOMAIN_DMA_FQ : IOMMU_DOMAIN_DMA;
	m->domain.pgsize_bitmap = PAGE_SIZE;
	m->domain.geometry.aperture_start = g->base << PAGE_SHIFT;
	m->domain.geometry.aperture_end = ((g->base + g->entries) << PAGE_SHIFT) - 1;
	m->domain.geometry.force_aperture = true;
	m->dev.iommu = &m->dev_iommu;
	m->dev_iommu.pci_32bit_workaround = true;
	if (K_IOVA_BITMAPS)
		m->taken = area_bitmap(arena, g);
	kernel_makes(arena, g, &m->map);
	kernel_self.host = &m->host;
	if (k_iova_init_host(m, g))
		err = k_iova_init_domain(m, g);
	kernel_made();
	return err ? NULL : &m->map;
}

static void k_iova_exit(struct iommu_map *map)
{
	struct k_iova *m = (struct k_iova *)map;

	kernel_enter_host(map, 0, &m->host);
	iommu_put_dma_cookie(&m->domain);
	iova_cache_put();
	kernel_self.host = NULL;
}

static void k_iova_reserve(struct iommu_map *map, unsigned long entry, unsigned long n)
{
	struct k_iova *m = (struct k_iova *)map;

	kernel_enter_host(map, 0, &m->host);
	reserve_iova(&m->domain.iova_cookie->iovad, m->base + entry, m->base + entry + n - 1);
}

static unsigned long k_iova_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				  unsigned int align_order, unsigned long *handle,
				  const struct iommu_device *device)
{
	struct k_iova *m = (struct k_iova *)map;
	u64 limit = U64_MAX;
	unsigned long entry;
	dma_addr_t address;

	(void)align_order, (void)handle;
	if (!area_possible(n, m->base, device) || n > map->entries)
		return IOMMU_FAIL;
	/* Nowhere can it be; and the cache, which takes its size from the limit, would hand out any. */
	if (device->mask < roundup_pow_of_two(n))
		return IOMMU_FAIL;
	if (device->mask < U64_MAX >> PAGE_SHIFT)
		limit = ((device->mask + 1) << PAGE_SHIFT) - 1;
	kernel_enter_host(map, cpu, &m->host);
	address = iommu_dma_alloc_iova(&m->domain, n << PAGE_SHIFT, limit, &m->dev);
	if (!address)
		return IOMMU_FAIL;
	m->cpu[cpu].live += n;
	entry = (address >> PAGE_SHIFT) - m->base;
	for (unsigned long i = 0; K_IOVA_BITMAPS && i < n; i++)
		set_bit(entry + i, m->taken);
	return entry;
}

static void k_iova_unmap(struct k_iova *m, unsigned long pfn, unsigned long n)
{
#ifdef K_IOVA_QUEUES_ITSELF
	if (m->domain.type == IOMMU_DOMAIN_DMA_FQ) {
		queue_iova(&m->domain.iova_cookie->iovad, pfn, n, 0);
		return;
	}
#endif
#ifdef K_UNMAPS_OF_DOMAIN
	__iommu_dma_unmap(&m->domain, pfn << PAGE_SHIFT, n << PAGE_SHIFT);
#else
	__iommu_dma_unmap(&m->dev, pfn << PAGE_SHIFT, n << PAGE_SHIFT);
#endif
}

static void k_iova_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			unsigned long n)
{
	struct k_iova *m = (struct k_iova *)map;

	area_check_range(map, K_IOVA_NAME, entry, n);
	area_check_free(m->taken, K_IOVA_NAME, NULL, entry, n);
	for (unsigned long i = 0; K_IOVA_BITMAPS && i < n; i++)
		clear_bit(entry + i, m->taken);
	m->cpu[cpu].live -= n;
	kernel_enter_host(map, cpu, &m->host);
	k_iova_unmap(m, m->base + entry, n);
}

static uint64_t k_iova_tick(struct iommu_map *map, unsigned int cpu, uint64_t now_ns)
{
	struct k_iova *m = (struct k_iova *)map;

	kernel_enter_host(map, cpu, &m->host);
	return kernel_tick(now_ns);
}

/* Neither what is cached nor what waits for a flush. */
static unsigned long k_iova_live(const struct iommu_map *map, struct iommu_range range)
{
	const struct k_iova *m = (const struct k_iova *)map;
	unsigned long live = 0;

	if (K_IOVA_BITMAPS)
		return area_count(m->taken, NULL, range);
	/* Where they are is known in the checked build only. */
	BUG_ON(range.start || range.end < map->entries);
	for (unsigned int i = 0; i < m->host.ncpus; i++)
		live += m->cpu[i].live;
	return live;
}

/* All of the descriptor but what tells the two apart in a list. */
#define K_IOVA_DESCRIPTOR                                                                          \
	.name = K_IOVA_NAME, .pools = area_one_pool, .default_pools = area_one_pool,               \
	.stale_safe = true, .strict_flush = K_IOVA_STRICT, .uses_mask = true,                      \
	.masks_concurrently = true, .check = k_iova_check, .size = k_iova_size,                    \
	.init = k_iova_init, .exit = k_iova_exit, .reserve = k_iova_reserve,                       \
	.alloc = k_iova_alloc, .free = k_iova_free, .tick = k_iova_tick, .own_pool = area_own_all, \
	.live = k_iova_live

#endif
