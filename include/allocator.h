/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interface of an IOMMU address (DVMA/IOVA) allocator, in the spirit of
 * Benjamin Herrenschmidt's mail of 24 March 2015: the lazy flush is an argument
 * that may be NULL, and there are no ops beside it. The descriptor at the end is
 * how the benches find an allocator; an allocator itself knows only its bitmap,
 * its locks (lock.h) and the flush.
 *
 * To add one: write src/NAME.c that ends in IOMMU_ALLOCATOR(...). Nothing else.
 */
#ifndef IOMMUBENCH_ALLOCATOR_H
#define IOMMUBENCH_ALLOCATOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bits.h"
#include "lock.h"

/* What alloc returns when there is no fitting range. */
#define IOMMU_FAIL (~0UL)

/* Requests of more entries than this go to the large pool, where there is one. */
#define IOMMU_LARGE_REQUEST 15

/* The most pools a map can have, and the most entries (the reciprocal in
 * src/pools.h is exact up to here). */
#define IOMMU_MAX_POOLS   16
#define IOMMU_MAX_ENTRIES (1UL << 28)

/*
 * Invalidates the whole IOTLB. Called by alloc (by free, where the allocator is
 * strict) on the calling CPU, mostly with a pool lock held: it must not call the
 * allocator, and may be called by several CPUs at once. @arg is what init got.
 */
typedef void (*iommu_flush_fn)(void *arg);

/* The shape of a map; the same for all its life. */
struct iommu_geometry {
	unsigned long entries; /* N: IOMMU page-table slots, one IO page each */
	unsigned int npools;   /* power of two, 1 to IOMMU_MAX_POOLS */
	bool large_pool;       /* pooled only: top quarter for n > 15 */
	uint64_t base;         /* DVMA page number of entry 0 */
	uint64_t boundary;     /* device's segment boundary in IO pages, power of two */
	enum lock_kind lock_kind;
};

/*
 * What every map begins with. Written by init only, so that these lines stay
 * shared in all caches; each allocator embeds it as its first member.
 */
struct iommu_map {
	unsigned long *bits; /* 1 = taken; guarded by the owning pool's lock */
	unsigned long entries;
	uint64_t base;
	uint64_t boundary;
	iommu_flush_fn flush; /* NULL: this IOMMU needs none */
	void *flush_arg;
	enum lock_kind lock_kind;
};

/* Entries [start, end). */
struct iommu_range {
	unsigned long start;
	unsigned long end;
};

struct iommu_allocator {
	const char *name;
	const char *summary; /* one line for `list` */
	int rank;            /* place in listings and tables, lowest first */

	/* Zero-terminated: which npools it takes, and which the default plan has. */
	const unsigned int *pools;
	const unsigned int *default_pools;
	/* Never hands out an entry the IOTLB may still hold: the tests assert it. */
	bool stale_safe;
	/* Flushes at each free instead of lazily. */
	bool strict_flush;
	/* Has a pool for n > 15: always, or if the geometry asks for it. */
	bool always_large_pool, takes_large_pool;
	/* Uses alloc's @handle, @mask, @align_order. */
	bool uses_handle, uses_mask, uses_align;

	/* NULL if @g suits, else what is wrong with it, in words for a user. */
	const char *(*check)(const struct iommu_geometry *g);

	/*
	 * Entries from one pool's first to the next pool's; NULL for those with one map, or whose pools
	 * never share a bitmap word. Threads need it to be a multiple of 64.
	 */
	unsigned long (*pool_size)(const struct iommu_geometry *g);

	/* Bytes of memory init needs, a multiple of IOMMU_CACHE_LINE. */
	size_t (*size)(const struct iommu_geometry *g);

	/*
	 * Builds an empty map in @mem: size(g) zeroed bytes, aligned to
	 * IOMMU_CACHE_LINE, owned by the caller, who just releases them when no
	 * CPU uses the map any more. @g must have passed check. Not thread-safe.
	 */
	struct iommu_map *(*init)(void *mem, const struct iommu_geometry *g, iommu_flush_fn flush,
				  void *flush_arg);

	/*
	 * Takes @n consecutive entries and returns the first, or IOMMU_FAIL.
	 * @cpu: dense index of the calling CPU in pinning order.
	 * @align_order: the first entry is a multiple of 2^align_order.
	 * @handle: scatter-gather cursor or NULL; *handle == 0 means none yet. On
	 *	success it becomes the entry after the range, on failure it stays.
	 * @mask: highest DVMA page number the device can address; all ones: any.
	 *	A mask below base + N makes pooled and ppc, like the originals,
	 *	search other pools' entries under pool 0's lock: single-threaded
	 *	use only (the stale allocators have no such limit).
	 * Any thread, any number at once, each with any @cpu.
	 */
	unsigned long (*alloc)(struct iommu_map *map, unsigned int cpu, unsigned long n,
			       unsigned int align_order, unsigned long *handle, uint64_t mask);

	/*
	 * Gives back [entry, entry + n), got from alloc by any CPU. Thread-safe.
	 * The checked build ends in iommu_bad_free() on a range that is not
	 * allocated, not within the map, or across pools; the plain build trusts
	 * its caller.
	 */
	void (*free)(struct iommu_map *map, unsigned long entry, unsigned long n);

	/* Where requests of @n entries from @cpu are served first. */
	struct iommu_range (*own_pool)(const struct iommu_map *map, unsigned int cpu,
				       unsigned long n);

	/*
	 * How many entries of [range.start, range.end) are allocated and not freed.
	 * Takes no lock: only while no CPU is inside the map.
	 */
	unsigned long (*live)(const struct iommu_map *map, struct iommu_range range);
};

/*
 * Registers a descriptor. Descriptors gather in a section of their own, so that
 * a new file in src/ needs no list to be edited.
 */
#define IOMMU_ALLOCATOR(descriptor)                                                            \
	__attribute__((used, section("iommu_allocators"))) static const struct iommu_allocator \
		*const allocator_entry = &(descriptor)

/* All registered descriptors by rank; *count gets their number. Thread-safe. */
const struct iommu_allocator *const *iommu_allocators(size_t *count);

/* The one named @name, or NULL. */
const struct iommu_allocator *iommu_allocator_find(const char *name);

/*
 * The same code without the recording of lock statistics, for maps that @a built: the two may be
 * mixed call by call, on all CPUs at once. Thread-safe. Where nothing is recorded it is @a.
 */
const struct iommu_allocator *iommu_allocator_unrecorded(const struct iommu_allocator *a);

/* The simulator has all allocators in the checked build too: @a's. Elsewhere it is @a. Thread-safe. */
const struct iommu_allocator *iommu_allocator_checked(const struct iommu_allocator *a);

/*
 * Checked build only: the harness provides it, says why on stderr and aborts. Called
 * with the pool lock held.
 */
_Noreturn void iommu_bad_free(const char *allocator, const char *why, unsigned long entry,
			      unsigned long n);

#endif
