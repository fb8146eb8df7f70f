/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machines that existed, as presets of a plan: how large a table they had and what a flush cost there. Which
 * allocators ran on them, the allocators say (ran_on).
 */
#ifndef IOMMUBENCH_PLATFORM_H
#define IOMMUBENCH_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

#include "allocator.h"

#define PLATFORMS_MAX 8

/* What a flush costs. */
struct platform_cost {
	const char *flush;   /* a flush model; NULL: it is not known what that would cost */
	const char *source;  /* who says so */
	const char *assumed; /* what of it nobody does, in words; NULL: nothing */
};

struct platform {
	const char *name;
	const char *summary;
	unsigned long entries;
	const char *entries_source, *entries_assumed;
	/* Of the whole IOTLB, for allocators that flush lazily; at each free, for those that are strict. */
	struct platform_cost lazy, strict;
};

/* All of them, the two of the mail of 2015 first; *count gets their number. */
const struct platform *platforms(size_t *count);
/* The one of that name, or NULL. */
const struct platform *platform_find(const char *name);

/* What a flush of @a costs there. */
const struct platform_cost *platform_cost(const struct platform *p,
					  const struct iommu_allocator *a);

/* What of that flush model is assumed, as a cost of some platform, or of any hypercall; NULL: nothing is, or it is
 * none of these. */
const char *platform_flush_assumed(const char *flush);

/* Did @a run there, with so many pools? 0 pools: with any number. */
bool platform_ran(const struct platform *p, const struct iommu_allocator *a, unsigned int npools);

/* The first that @a ran on; of one that ran nowhere, the first of all. */
const struct platform *platform_home(const struct iommu_allocator *a);

#endif
