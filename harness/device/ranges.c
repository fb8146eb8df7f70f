// SPDX-License-Identifier: GPL-2.0-or-later
/* Holds an allocator's answers against the requests, and its frees against the answers. */
#include "device/ranges.h"

#include <stdlib.h>
#include <string.h>

int ranges_open(struct ranges *r, const struct iommu_allocator *a, const struct iommu_geometry *g,
		struct error *e)
{
	memset(r, 0, sizeof(*r));
	r->allocator = a;
	r->entries = g->entries;
	r->base = g->base;
	if (a->frees_any_range)
		return 0;
	r->length = calloc(g->entries, sizeof(*r->length));
	return r->length ? 0 : error_set(e, "no memory to watch %lu entries", g->entries);
}

void ranges_close(struct ranges *r)
{
	free(r->length);
	r->length = NULL;
}

/* NULL, or what is wrong with the answer. */
static const char *fault(const struct ranges *r, unsigned long entry, unsigned long n,
			 unsigned int align_order, const struct iommu_device *device)
{
	const unsigned int order = align_order < 30 ? align_order : 30;
	const uint64_t first = r->base + entry;

	if (n > r->entries || entry > r->entries - n)
		return "beyond the map";
	if (r->allocator->uses_align && (entry & ((1UL << order) - 1)))
		return "not aligned";
	if (r->allocator->uses_mask && first + n - 1 > device->mask)
		return "beyond the device's mask";
	if ((first & (device->boundary - 1)) + n > device->boundary)
		return "across a segment boundary";
	return NULL;
}

int ranges_answer(struct ranges *r, unsigned long entry, unsigned long n, unsigned int align_order,
		  const struct iommu_device *device, struct error *e)
{
	const char *wrong = fault(r, entry, n, align_order, device);

	if (wrong)
		return error_set(e, "%s answered entry %lu to n=%lu align=%u, which is %s",
				 r->allocator->name, entry, n, align_order, wrong);
	/* Relaxed: who frees it has it from who allocated it. */
	if (r->length)
		atomic_store_explicit(&r->length[entry], (uint32_t)n, memory_order_relaxed);
	return 0;
}

const char *ranges_free(struct ranges *r, unsigned long entry, unsigned long n)
{
	if (!r->length)
		return NULL;
	if (entry >= r->entries ||
	    atomic_load_explicit(&r->length[entry], memory_order_relaxed) != n)
		return "is not one allocation";
	atomic_store_explicit(&r->length[entry], 0, memory_order_relaxed);
	return NULL;
}
