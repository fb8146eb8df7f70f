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

/* The most pools a map can have, and the most entries. */
#define IOMMU_MAX_POOLS   16
#define IOMMU_MAX_ENTRIES (1UL << 28)

/*
 * Invalidates the whole IOTLB (but see hypercalls, below). Called by alloc (by free, where the allocator is
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
	unsigned int ncpus;    /* CPU numbers are below this; 0 is taken for 1 */
	enum lock_kind lock_kind;
};

/* What the device of a request can address, in IO pages. Read only while the request is served. */
struct iommu_device {
	uint64_t mask;     /* highest DVMA page number; all ones: any */
	uint64_t boundary; /* power of two: a range may not cross a multiple of it */
};

/* NULL, or what is wrong with it, in words for a user. */
static inline const char *iommu_device_check(const struct iommu_device *device)
{
	const uint64_t b = device->boundary;

	return b == 0 || (b & (b - 1)) ? "the segment boundary must be a power of two" : NULL;
}

/* The usual one: no mask, segments end at multiples of 4 GiB, in 8 KiB pages. */
#define IOMMU_BOUNDARY UINT64_C(0x80000)
extern const struct iommu_device iommu_any_device;

/*
 * The memory that a map lives in: zeroed, begins on an IOMMU_CACHE_LINE. It only grows; the caller
 * owns it and gives back all at once. Not thread-safe.
 */
struct iommu_arena {
	char *next;
	size_t left; /* bytes */
};

/* Bytes that @bytes take in an arena. */
static inline size_t iommu_arena_room(size_t bytes)
{
	return (bytes + IOMMU_CACHE_LINE - 1) / IOMMU_CACHE_LINE * IOMMU_CACHE_LINE;
}

/* @bytes on cache lines of their own; NULL if no more are left, which size() rules out. */
static inline void *iommu_arena_alloc(struct iommu_arena *arena, size_t bytes)
{
	const size_t room = iommu_arena_room(bytes);
	void *got = arena->next;

	if (room > arena->left)
		return NULL;
	arena->next += room;
	arena->left -= room;
	return got;
}

/*
 * What every map begins with, on cache lines of its own: what the harness needs of it and the kernel
 * does not have. Written by init only, so that these lines stay shared in all caches. An allocator embeds it
 * as its first member; what it is named after upstream follows, on lines of its own.
 */
struct iommu_map {
	_Alignas(IOMMU_CACHE_LINE) struct lock_scheme locks;
	unsigned long entries;
	void *flush_arg;
	iommu_flush_fn flush; /* of allocators that have no place of their own for it */
	void (*exit)(struct iommu_map *map); /* the descriptor's; the harness sets it */
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
	/* Where it ran and with how many pools, "PLATFORM/pools:P ..."; NULL: nowhere, it is a design. */
	const char *ran_on;
	/* Never hands out an entry the IOTLB may still hold: the tests assert it. */
	bool stale_safe;
	/*
	 * The code it is named after is known to (docs/safety.md): audits expect it. One that says neither
	 * promises nothing, and a stale reuse found in it is told as what nobody knew.
	 */
	bool known_stale_reuse;
	/* A free may cover several neighbouring allocations, or a part of one. */
	bool frees_any_range;
	/* Flushes at each free instead of lazily. */
	bool strict_flush;
	/*
	 * The flush it is given is a call of the hypervisor, which changes entries: an alloc makes one for
	 * all it maps (of more than 1024 entries several), which flushes nothing; a free one, which flushes
	 * what is freed and nothing else.
	 */
	bool hypercalls;
	/* Has a pool for n > 15: always, or if the geometry asks for it. */
	bool always_large_pool, takes_large_pool;
	/* Uses alloc's @handle, its @device's mask, @align_order; the boundary all do. */
	bool uses_handle, uses_mask, uses_align;
	/* A mask below base + N may be given while other CPUs are inside, with any number of pools. */
	bool masks_concurrently;

	/* NULL if @g suits, else what is wrong with it, in words for a user. */
	const char *(*check)(const struct iommu_geometry *g);

	/*
	 * Entries from one pool's first to the next pool's; NULL for those with one map, or whose pools
	 * never share a bitmap word. Threads need it to be a multiple of 64.
	 */
	unsigned long (*pool_size)(const struct iommu_geometry *g);

	/* Bytes of the arena that init uses. */
	size_t (*size)(const struct iommu_geometry *g);

	/*
	 * Builds an empty map in @arena, which has size(g) bytes left. The map is the first it takes.
	 * @g must have passed check. Not thread-safe.
	 */
	struct iommu_map *(*init)(struct iommu_arena *arena, const struct iommu_geometry *g,
				  iommu_flush_fn flush, void *flush_arg);

	/* Ends what init began, when no CPU uses the map any more; NULL: just give back the arena. */
	void (*exit)(struct iommu_map *map);

	/* Takes [entry, entry + n) for good, before the first use; NULL: it has no such entries. */
	void (*reserve)(struct iommu_map *map, unsigned long entry, unsigned long n);

	/*
	 * Takes @n consecutive entries and returns the first, or IOMMU_FAIL.
	 * @cpu: dense index of the calling CPU in pinning order, below the geometry's ncpus. It is an
	 *	execution context: no two threads are inside with the same one at once.
	 * @align_order: the first entry is a multiple of 2^align_order.
	 * @handle: scatter-gather cursor or NULL; *handle == 0 means none yet. On
	 *	success it becomes the entry after the range, on failure it stays.
	 * @device: a mask below base + N makes pooled and ppc, like the originals, search other pools'
	 *	entries under pool 0's lock: single-threaded use only (masks_concurrently: no such
	 *	limit).
	 */
	unsigned long (*alloc)(struct iommu_map *map, unsigned int cpu, unsigned long n,
			       unsigned int align_order, unsigned long *handle,
			       const struct iommu_device *device);

	/*
	 * Gives back [entry, entry + n), got from alloc by any CPU; @cpu as alloc's.
	 * The checked build ends in iommu_bad_free() on a range that is not
	 * allocated, not within the map, or across pools; the plain build trusts
	 * its caller.
	 */
	void (*free)(struct iommu_map *map, unsigned int cpu, unsigned long entry, unsigned long n);

	/*
	 * What is to be done at a time, of those with timers: called between operations of @cpu, with the
	 * time in ns. Returns when it wants to be called next. NULL: nothing.
	 */
	uint64_t (*tick)(struct iommu_map *map, unsigned int cpu, uint64_t now_ns);

	/* Where requests of @n entries from @cpu are served first. */
	struct iommu_range (*own_pool)(const struct iommu_map *map, unsigned int cpu,
				       unsigned long n);

	/*
	 * How many entries of [range.start, range.end) are allocated and not freed.
	 * Takes no lock: only while no CPU is inside the map.
	 */
	unsigned long (*live)(const struct iommu_map *map, struct iommu_range range);
};

/* When a CPU calls an allocator's tick next. All zero: at once. */
struct iommu_timer {
	uint64_t next_ns;
};

/* Calls it if that is due by @now_ns, between two operations of @cpu, which alone has @timer. */
static inline void iommu_timer_run(struct iommu_timer *timer, const struct iommu_allocator *a,
				   struct iommu_map *map, unsigned int cpu, uint64_t now_ns)
{
	if (a->tick && now_ns >= timer->next_ns)
		timer->next_ns = a->tick(map, cpu, now_ns);
}

/* Where time only counts operations, as in an audit or a replay, one takes so long. */
#define IOMMU_OPERATION_NS 1000

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

/* The simulator has all allocators in the checked build too: @a's. Elsewhere it is @a. Thread-safe. */
const struct iommu_allocator *iommu_allocator_checked(const struct iommu_allocator *a);

/*
 * Checked build only: the harness provides it, says why on stderr and aborts. Called
 * with the pool lock held.
 */
_Noreturn void iommu_bad_free(const char *allocator, const char *why, unsigned long entry,
			      unsigned long n);

#endif
