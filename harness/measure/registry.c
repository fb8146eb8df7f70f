// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The descriptors that src/ and bench/ register: the linker gathers the pointers in one section
 * each and names its ends.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "allocator.h"
#include "workload.h"

extern const struct iommu_allocator *const __start_iommu_allocators[];
extern const struct iommu_allocator *const __stop_iommu_allocators[];
extern const struct workload *const __start_iommu_workloads[];
extern const struct workload *const __stop_iommu_workloads[];

/* The statistics build's allocators that do not record; other builds have no such section. */

/* The simulator's checked allocators. */
extern const struct iommu_allocator *const __start_iommu_checked[] __attribute__((weak));
extern const struct iommu_allocator *const __stop_iommu_checked[] __attribute__((weak));

#define REGISTRY_MAX 64

static const struct iommu_allocator *allocators[REGISTRY_MAX];
static const struct workload *workloads[REGISTRY_MAX];
static size_t allocator_count, workload_count;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static int by_rank(int rank_a, int rank_b, const char *name_a, const char *name_b)
{
	return rank_a != rank_b ? (rank_a > rank_b) - (rank_a < rank_b) : strcmp(name_a, name_b);
}

static int compare_allocators(const void *a, const void *b)
{
	const struct iommu_allocator *x = *(const struct iommu_allocator *const *)a;
	const struct iommu_allocator *y = *(const struct iommu_allocator *const *)b;

	return by_rank(x->rank, y->rank, x->name, y->name);
}

static int compare_workloads(const void *a, const void *b)
{
	const struct workload *x = *(const struct workload *const *)a;
	const struct workload *y = *(const struct workload *const *)b;

	return by_rank(x->rank, y->rank, x->name, y->name);
}

static void collect(void)
{
	/* Two ends of one section, whatever the checker thinks. */
	// cppcheck-suppress comparePointers
	allocator_count = (size_t)(__stop_iommu_allocators - __start_iommu_allocators);
	// cppcheck-suppress comparePointers
	workload_count = (size_t)(__stop_iommu_workloads - __start_iommu_workloads);
	if (allocator_count > REGISTRY_MAX || workload_count > REGISTRY_MAX)
		abort();
	memcpy(allocators, __start_iommu_allocators, allocator_count * sizeof(*allocators));
	memcpy(workloads, __start_iommu_workloads, workload_count * sizeof(*workloads));
	qsort(allocators, allocator_count, sizeof(*allocators), compare_allocators);
	qsort(workloads, workload_count, sizeof(*workloads), compare_workloads);
}

const struct iommu_allocator *const *iommu_allocators(size_t *count)
{
	pthread_once(&once, collect);
	*count = allocator_count;
	return allocators;
}

const struct iommu_allocator *iommu_allocator_find(const char *name)
{
	pthread_once(&once, collect);
	for (size_t i = 0; i < allocator_count; i++) {
		if (strcmp(allocators[i]->name, name) == 0)
			return allocators[i];
	}
	return NULL;
}

/* The one of @a's name in another section, or @a. */
static const struct iommu_allocator *other_copy(const struct iommu_allocator *a,
						const struct iommu_allocator *const *start,
						const struct iommu_allocator *const *stop)
{
	for (; start != stop; start++) {
		if (strcmp((*start)->name, a->name) == 0)
			return *start;
	}
	return a;
}

const struct iommu_allocator *iommu_allocator_checked(const struct iommu_allocator *a)
{
	return other_copy(a, __start_iommu_checked, __stop_iommu_checked);
}

const struct workload *const *workload_all(size_t *count)
{
	pthread_once(&once, collect);
	*count = workload_count;
	return workloads;
}

const struct workload *workload_find(const char *name)
{
	pthread_once(&once, collect);
	for (size_t i = 0; i < workload_count; i++) {
		if (strcmp(workloads[i]->name, name) == 0)
			return workloads[i];
	}
	return NULL;
}
