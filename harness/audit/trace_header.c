// SPDX-License-Identifier: GPL-2.0-or-later
/* The first line of a trace: which allocator, on what table, and which entries were never free. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "audit/trace.h"
#include "base/parse.h"

/* The header's numbers: where each goes, and how large it may be. */
struct header_key {
	const char *name;
	size_t offset;
	uint64_t max;
	bool required;
};

#define KEY(name, field, max, required)                                    \
	{                                                                  \
		name, offsetof(struct trace_header, field), max, required, \
	}

static const struct header_key header_keys[] = {
	KEY("entries", entries, IOMMU_MAX_ENTRIES, true),
	KEY("npools", npools, IOMMU_MAX_POOLS, true),
	KEY("large_pool", large_pool, 1, true),
	KEY("lazy_flush", lazy_flush, 1, true),
	KEY("base_pages", base_pages, UINT64_MAX, true),
	KEY("seg_boundary_pages", device.boundary, UINT64_MAX, true),
	KEY("cpus", cpus, LOCK_CPUS_MAX, false),
	KEY("mask", device.mask, UINT64_MAX, false),
	KEY("seed", seed, UINT64_MAX, false),
};
#define HEADER_KEYS (sizeof(header_keys) / sizeof(header_keys[0]))

/* What stands behind "key=" if @field is that key's, else NULL. */
static const char *value_of(const char *field, const char *key)
{
	return parse_word(&field, key) && parse_word(&field, "=") ? field : NULL;
}

static int given_twice(const struct trace_reader *r, const char *key, struct error *e)
{
	return error_set(e, "%s:1: '%s' is given twice", r->name, key);
}

static int read_allocator(struct trace_reader *r, const char *value, struct error *e)
{
	struct trace_header *h = &r->header;

	if (h->allocator[0])
		return given_twice(r, "allocator", e);
	if (strlen(value) >= sizeof(h->allocator))
		return error_set(e, "%s:1: allocator name too long", r->name);
	if (!*value)
		return error_set(e, "%s:1: allocator= needs a name", r->name);
	strcpy(h->allocator, value);
	return 0;
}

/* Kept as it is written; how many entries there are is known when all of the line is. */
static int read_reserved(struct trace_reader *r, const char *value, struct error *e)
{
	if (r->header.reserved)
		return given_twice(r, "reserved", e);
	r->header.reserved = strdup(value);
	return r->header.reserved ? 0 : error_set(e, "%s:1: no memory for the header", r->name);
}

static int read_number(struct trace_reader *r, const struct header_key *k, const char *text,
		       struct error *e)
{
	uint64_t value;

	if (!parse_u64(text, 0, k->max, &value))
		return error_set(e, "%s:1: %s must be a number up to %llu, not '%.30s'", r->name,
				 k->name, (unsigned long long)k->max, text);
	memcpy((char *)&r->header + k->offset, &value, sizeof(value));
	return 0;
}

/* One "key=value"; *seen has a bit for each number met. */
static int read_field(struct trace_reader *r, const char *field, unsigned int *seen,
		      struct error *e)
{
	const char *value;

	if ((value = value_of(field, "allocator")))
		return read_allocator(r, value, e);
	if ((value = value_of(field, "reserved")))
		return read_reserved(r, value, e);
	for (size_t i = 0; i < HEADER_KEYS; i++) {
		value = value_of(field, header_keys[i].name);
		if (!value)
			continue;
		if (*seen & 1U << i)
			return given_twice(r, header_keys[i].name, e);
		*seen |= 1U << i;
		return read_number(r, &header_keys[i], value, e);
	}
	return error_set(e, "%s:1: unknown header field '%.40s'", r->name, field);
}

int trace_reserved_next(const char **list, uint64_t entries, struct iommu_range *range)
{
	const char *p = *list;
	uint64_t first, last;

	if (!p)
		return 0;
	if (!parse_u64_prefix(&p, &first))
		return -EINVAL;
	last = first;
	if (parse_word(&p, "-") && !parse_u64_prefix(&p, &last))
		return -EINVAL;
	if ((*p && *p != ',') || first > last || last >= entries)
		return -EINVAL;
	range->start = (unsigned long)first;
	range->end = (unsigned long)last + 1;
	*list = *p ? p + 1 : NULL;
	return 1;
}

static int check_reserved(const struct trace_reader *r, struct error *e)
{
	const char *list = r->header.reserved;
	struct iommu_range range;
	int got;

	while ((got = trace_reserved_next(&list, r->header.entries, &range)) > 0)
		;
	return got ? error_set(e,
			       "%s:1: reserved must be entries below %llu such as 0-3,100, not "
			       "'%.40s'",
			       r->name, (unsigned long long)r->header.entries, list) :
		     0;
}

/* What one field alone does not show. */
static int check(const struct trace_reader *r, unsigned int seen, struct error *e)
{
	const struct trace_header *h = &r->header;

	if (!h->allocator[0])
		return error_set(e, "%s:1: the header lacks 'allocator='", r->name);
	for (size_t i = 0; i < HEADER_KEYS; i++) {
		if (header_keys[i].required && !(seen & 1U << i))
			return error_set(e, "%s:1: the header lacks '%s='", r->name,
					 header_keys[i].name);
	}
	if (iommu_device_check(&h->device))
		return error_set(e, "%s:1: seg_boundary_pages=%llu: %s", r->name,
				 (unsigned long long)h->device.boundary,
				 iommu_device_check(&h->device));
	return check_reserved(r, e);
}

int trace_header_parse(struct trace_reader *r, struct error *e)
{
	unsigned int seen = 0;
	char *rest, *field;
	int err;

	r->header = (struct trace_header){.device.mask = UINT64_MAX};
	if (strncmp(r->text, "# ", 2) != 0)
		return error_set(
			e, "%s:1: the first line must be '# allocator=... entries=...': '%.60s'",
			r->name, r->text);
	for (field = strtok_r(r->text + 2, " ", &rest); field; field = strtok_r(NULL, " ", &rest)) {
		err = read_field(r, field, &seen, e);
		if (err)
			return err;
	}
	return check(r, seen, e);
}
