/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The threads of an audit: what each of them has, and what it does in which order. */
#ifndef IOMMUBENCH_AUDITOR_H
#define IOMMUBENCH_AUDITOR_H

#include <pthread.h>

#include "audit/audit.h"
#include "device/ranges.h"

/* One thread. */
struct auditor {
	struct audit *a;
	unsigned int number;
	unsigned int cpu;           /* the CPU number it maps, and then unmaps, with */
	struct iommu_range freeing; /* by the call under way */
	struct tally draw;          /* counts, and draws victims and CPU numbers */
	struct tally device; /* draws what the device accesses: apart, to change nothing else */
	unsigned long *slot; /* the first entries held, IOMMU_FAIL for none */
	uint8_t *order_of;   /* log2 of how many are held from there */
	uint32_t *id;        /* and the script's name of their allocs */
	unsigned long slots;
	unsigned long oldest; /* FIFO: the slot whose turn it is */
	uint64_t operations;
	struct emulated_iommu_counts counts;
	struct iommu_timer timer;
	uint64_t begin_ns, end_ns, cpu_ns;
	pthread_t thread;
	bool started;
	int err;
	struct error error;
};

struct audit {
	const struct audit_config *config;
	enum free_order order;
	struct emulated_iommu iommu;
	struct ranges ranges;
	struct iommu_device device; /* what all requests are of */
	struct iommu_map *map;
	struct auditor *auditor;
	unsigned int threads;
	pthread_mutex_t gate; /* held until all threads are started, or one could not be */
	pthread_barrier_t barrier;
	_Atomic bool failed; /* a thread could not get ready */
};

/* What the thread itself does, one after the other; t->err says what went wrong. */
int auditor_prepare(struct auditor *t);
void auditor_fill(struct auditor *t);
void auditor_forget_fill(struct auditor *t);
void auditor_work(struct auditor *t);

/* Has all auditors do that, several at once on threads of their own. 0, or -EINVAL with *e set. */
int auditors_run(struct audit *a, struct error *e);

#endif
