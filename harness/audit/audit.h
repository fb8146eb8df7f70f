/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Audits one cell: fills a map to the occupancy with one-page requests, then, operation by
 * operation, frees what one of them got and makes one anew, on the emulated IOMMU, and counts what was
 * unsafe. The CPU number of each request is one of the cell's; `enum audit_draws`
 * says which.
 *
 * The device accesses an entry when it was mapped and again just before it is unmapped, and after
 * each operation one more that is live, drawn at random.
 */
#ifndef IOMMUBENCH_AUDIT_H
#define IOMMUBENCH_AUDIT_H

#include "audit/script.h"
#include "base/error.h"
#include "device/emulated_iommu.h"
#include "host/topology.h"
#include "plan/cell.h"

/*
 * Which live entry is freed: any, the one held longest, or the one held shortest. Coherent: any, of requests as
 * dma_alloc_coherent() makes them: 1 to 16 pages, a power of two, aligned to their size, from a device that reaches
 * the lower half of the map (if workers_may_mask() of so many threads).
 */
enum free_order { FREE_RANDOM, FREE_FIFO, FREE_LIFO, FREE_COHERENT, FREE_ORDERS };

/* The orders stand where a cell has its workload; only their names mean something. */
extern const struct workload audit_orders[FREE_ORDERS];

/*
 * How victims and CPU numbers are drawn. Independent: each by itself. Owned: a slot is always mapped and unmapped by
 * the same CPU, as where a driver has a ring for each. Recorded: the figures that the original code is known by were
 * made with remainders of xorshift64's numbers (docs/safety.md says how that was found). Where
 * the number of live entries is a power of two, these tie the CPU number to the victim, so that CPUs own slots there.
 */
enum audit_draws { DRAWS_RECORDED, DRAWS_INDEPENDENT, DRAWS_OWNED, DRAWS };

/* "recorded", "independent", "owned". */
extern const char *const audit_draws_names[DRAWS];

/* The order of that name, or NULL. */
const struct workload *audit_order_find(const char *name);

struct audit_config {
	const struct cell *cell; /* its audit_threads is at least 1 */
	struct iommu_geometry geometry;
	struct iotlb_shape iotlb;
	uint64_t operations; /* all threads together */
	uint64_t seed;
	enum audit_draws draws;
	/* Where threads are pinned, if there is more than one; NULL: nowhere. */
	const struct topology *topology;
	/* One thread only: record what is done, and end at the first stale reuse. NULL: no. */
	struct script *script;
	/* Several threads: so many flushes wait for the others, for up to a millisecond. */
	int patience;
	/* For tests: called within each flush; may call audit_free_one(). */
	void (*during_flush)(void);
};

struct audit_result {
	uint64_t seed;                         /* that it was audited with */
	uint64_t pairs, allocations, failures; /* after the fill; allocations that succeeded */
	uint64_t reuses,
		reused_entries; /* allocations of what had been used before; entries of them */
	uint64_t overlapped;    /* frees that another thread began during a flush */
	uint64_t overtaken;     /* of those; see emulated_iommu.h */
	uint64_t stale_reuse, stale_hits, flushes;
	uint64_t censored; /* frees whose window was still open at the end */
	struct hist windows;
	double real_time_ns, cpu_time_ns; /* per op and CPU; per op */
};

/*
 * 0 with *r filled; -EINVAL with *e set if a thread could not be pinned, memory was short, no
 * pair was done, or the allocator handed out an entry that was taken or not as it was asked for.
 */
int audit_run(const struct audit_config *config, struct audit_result *r, struct error *e);

/* Has the calling thread of an audit free one more entry, as a driver's interrupt might. */
void audit_free_one(void);

#endif
