// SPDX-License-Identifier: GPL-2.0-or-later
/* Wraps an allocator so that the emulated IOMMU sees each call in virtual time. */
#include "sim/audited.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/vcpu.h"

struct error audited_violation;

/* The allocator under audit: its callbacks have no argument that could lead to it. */
static struct audited *a;

/* By each CPU's call under way. */
static struct iommu_range freeing[1U << SCHED_CPU_BITS];

static unsigned long audited_alloc(struct iommu_map *map, unsigned int cpu, unsigned long n,
				   unsigned int align_order, unsigned long *handle,
				   const struct iommu_device *device)
{
	unsigned long entry = a->real->alloc(map, cpu, n, align_order, handle, device);

	if (!a->on || entry == IOMMU_FAIL || !sim_cpu)
		return entry;
	sched_order(sim_cpu);
	if (ranges_answer(&a->ranges, entry, n, align_order, device, &audited_violation))
		sched_abort();
	if (emulated_iommu_map(&a->iommu, entry, n) != EMULATED_TAKEN)
		return entry;
	emulated_iommu_taken(&audited_violation, a->real->name, entry, n);
	sched_abort();
}

static void audited_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			 unsigned long n)
{
	const char *why = a->on ? ranges_free(&a->ranges, entry, n) : NULL;

	if (why)
		iommu_bad_free(a->real->name, why, entry, n);
	if (sim_cpu)
		sched_order(sim_cpu);
	if (a->on)
		emulated_iommu_unmap(&a->iommu, entry, n);
	if (sim_cpu)
		freeing[sim_cpu->id] = (struct iommu_range){.start = entry, .end = entry + n};
	a->real->free(map, cpu, entry, n);
	if (sim_cpu)
		freeing[sim_cpu->id].end = entry;
}

void audited_flush(void)
{
	sched_order(sim_cpu);
	if (a->real->hypercalls)
		emulated_iommu_hypercall(&a->iommu, freeing[sim_cpu->id]);
	else
		emulated_iommu_flush(&a->iommu);
}

int audited_open(struct audited *audited, const struct iommu_allocator *real,
		 const struct iommu_geometry *g, void (*spend)(void), struct error *e)
{
	static const struct iotlb_shape none = {.tags = 1, .ways = 1};
	int err = 0;

	memset(audited, 0, sizeof(*audited));
	memset(freeing, 0, sizeof(freeing));
	audited->real = real;
	audited->allocator = *real;
	audited->allocator.alloc = audited_alloc;
	audited->allocator.free = audited_free;
	audited->on = g;
	if (audited->on)
		err = ranges_open(&audited->ranges, real, g, e);
	if (audited->on && !err)
		err = emulated_iommu_init(&audited->iommu, g->entries, &none, 1, e);
	audited->iommu.during_flush = spend;
	emulated_self = &audited->counts;
	a = audited;
	return err;
}

void audited_close(struct audited *audited)
{
	if (audited->on) {
		emulated_iommu_destroy(&audited->iommu);
		ranges_close(&audited->ranges);
	}
	emulated_self = NULL;
	a = NULL;
}

/* What the checked allocators call on a wrong free: here it ends only the simulation. */
void iommu_bad_free(const char *allocator, const char *why, unsigned long entry, unsigned long n)
{
	error_set(&audited_violation, "%s: bad free: entry %lu, length %lu %s", allocator, entry, n,
		  why);
	if (sim_cpu)
		sched_abort();
	fprintf(stderr, "%s\n", audited_violation.text);
	abort();
}
