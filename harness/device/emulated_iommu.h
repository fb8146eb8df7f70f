/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An emulated IOMMU under an allocator, for audits: each entry's generation and last free, the
 * flushes, and an IOTLB that a device's DMA fills.
 *
 * One atomic counter is the clock: how many frees have begun. A free is stamped with its number
 * before it is done; a flush with the frees that had begun when it began. It covers those and no
 * others. An entry is handed out stale if, when its alloc has returned, no flush that covers
 * its latest free has completed.
 *
 * Any thread may call any of these at once, each with an emulated_self of its own. All shared words
 * are relaxed atomics: what orders them must be the allocator under audit, or else it is at
 * fault. Where it does order a free before a flush, and that flush before an alloc, coherence makes
 * the later reading see the earlier stamp, so a correct allocator is never reported.
 */
#ifndef IOMMUBENCH_EMULATED_H
#define IOMMUBENCH_EMULATED_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "allocator.h"
#include "hist.h"
#include "base/error.h"
#include "device/iotlb.h"

struct emulated_iommu_entry {
	_Atomic uint64_t freed;      /* number of its latest free; 0: never freed */
	_Atomic uint32_t generation; /* raised by each map */
	_Atomic uint32_t mapped;     /* 1 from map to unmap */
};

/* What one thread found. */
struct emulated_iommu_counts {
	uint64_t maps, stale_reuse, stale_hits, flushes;
	uint64_t
		reuses; /* maps that got an entry which had been mapped before: what could be stale */
	uint64_t reused_entries; /* and how many such entries */
	uint64_t overlapped;     /* frees that began while a flush of this thread's was under way */
	uint64_t
		overtaken; /* of those, so many that some thread had mapped between two of its own */
	struct hist windows; /* pairs from a free to the end of the first flush that covers it */
};

struct emulated_iommu {
	struct emulated_iommu_entry *entry;
	unsigned int threads;   /* so many use it */
	pthread_mutex_t device; /* around the IOTLB, if so */
	struct iotlb iotlb;
	/* Called within each flush, before it takes effect: by tests, and where it takes virtual time. */
	void (*during_flush)(void);
	_Atomic bool lingering; /* in some thread's flush */
	_Atomic int
		patience; /* among threads: flushes that may still wait longer for others; set after init */
	_Alignas(IOMMU_CACHE_LINE) _Atomic uint64_t frees;   /* the clock */
	_Alignas(IOMMU_CACHE_LINE) _Atomic uint64_t covered; /* frees up to this one are */
	/* Frees that hypercalls have covered, which cover no others. */
	_Alignas(IOMMU_CACHE_LINE) _Atomic uint64_t demapped;
};

enum emulated_iommu_map {
	EMULATED_CLEAN,
	EMULATED_STALE, /* stale reuse */
	EMULATED_TAKEN, /* not even free: the allocator's bookkeeping is broken */
};

/* Where the calling thread counts. Set before any of the following. */
extern _Thread_local struct emulated_iommu_counts *emulated_self;

/* 0 or -EINVAL with *e set; the caller calls emulated_iommu_destroy() in either case. */
int emulated_iommu_init(struct emulated_iommu *m, unsigned long entries,
			const struct iotlb_shape *iotlb, unsigned int threads, struct error *e);
void emulated_iommu_destroy(struct emulated_iommu *m);

/* The lazy flush to hand to the allocator, with the emulated IOMMU as its argument. */
void emulated_iommu_flush(void *emulated);

/*
 * What a hypercall does, in place of that: the calling CPU is about to free [range.start, range.end), which is demapped
 * and flushed, or, if that is empty, maps something, which flushes nothing.
 */
void emulated_iommu_hypercall(struct emulated_iommu *m, struct iommu_range freeing);

/* [entry, entry + n) was just returned by one alloc. It is stale, and counted once, if any of it is. */
enum emulated_iommu_map emulated_iommu_map(struct emulated_iommu *m, unsigned long entry,
					   unsigned long n);
/* What to say of EMULATED_TAKEN. Sets *e and returns what error_set() does. */
int emulated_iommu_taken(struct error *e, const char *allocator, unsigned long entry,
			 unsigned long n);
/* [entry, entry + n) is about to be freed, by one free. */
void emulated_iommu_unmap(struct emulated_iommu *m, unsigned long entry, unsigned long n);
/* The device accesses @entry, which the caller has mapped. */
void emulated_iommu_dma(struct emulated_iommu *m, unsigned long entry);

/* Frees that no completed flush covers. */
uint64_t emulated_iommu_uncovered(const struct emulated_iommu *m);

#endif
