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
	for (unsigned long i = 0; i < n; i++) {
		if (emulated_iommu_map(&a->iommu, entry + i) != EMULATED_TAKEN)
			continue;
		error_set(&audited_violation, "%s handed out entry %lu, which was taken",
			  a->real->name, entry + i);
		sched_abort();
	}
	return entry;
}

static void audited_free(struct iommu_map *map, unsigned int cpu, unsigned long entry,
			 unsigned long n)
{
	if (sim_cpu)
		sched_order(sim_cpu);
	for (unsigned long i = 0; a->on && i < n; i++)
		emulated_iommu_unmap(&a->iommu, entry + i);
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

int audited_open(struct audited *audited, const struct iommu_allocator *real, unsigned long entries,
		 void (*spend)(void), struct error *e)
{
	static const struct iotlb_shape none = {.tags = 1, .ways = 1};
	int err = 0;

	memset(audited, 0, sizeof(*audited));
	memset(freeing, 0, sizeof(freeing));
	audited->real = real;
	audited->allocator = *real;
	audited->allocator.alloc = audited_alloc;
	audited->allocator.free = audited_free;
	audited->on = entries > 0;
	if (audited->on)
		err = emulated_iommu_init(&audited->iommu, entries, &none, false, e);
	audited->iommu.during_flush = spend;
	emulated_self = &audited->counts;
	a = audited;
	return err;
}

void audited_close(struct audited *audited)
{
	if (audited->on)
		emulated_iommu_destroy(&audited->iommu);
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
