// SPDX-License-Identifier: GPL-2.0-or-later
/* See options_table.h. The readers of what makes a cell, and others that several commands have. */
#include "cmd/options_table.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"

#define CPUS_MAX     65536
#define THINK_NS_MAX UINT64_C(1000000000)

int for_each_item(const char *name, const char *value, struct options *o, struct error *e,
		  option_reader item)
{
	char part[CELL_NAME_MAX];

	for (;;) {
		size_t length = strcspn(value, ",");
		int err;

		if (length == 0 || length >= sizeof(part))
			return error_set(e, "%s: empty or overlong item in the list at '%.40s'",
					 name, value);
		memcpy(part, value, length);
		part[length] = '\0';
		err = item(name, part, o, e);
		if (err || !value[length])
			return err;
		value += length + 1;
	}
}

int list_full(const char *name, struct error *e)
{
	return error_set(e, "%s: more than %d items", name, OPTIONS_LIST_MAX);
}

/* Adds a number to a list that has none twice. */
static int add_number(const char *name, const char *value, uint64_t min, uint64_t max,
		      struct number_list *list, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, min, max, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from %llu to %llu", name,
				 value, (unsigned long long)min, (unsigned long long)max);
	for (unsigned int i = 0; i < list->count; i++) {
		if (list->value[i] == v)
			return 0;
	}
	if (list->count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	list->value[list->count++] = v;
	return 0;
}

static int add_allocator(const char *name, const char *value, struct options *o, struct error *e)
{
	if (o->plan.variant_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	return variant_parse(value, &o->plan.variants[o->plan.variant_count++], e);
}

static int add_pools(const char *name, const char *value, struct options *o, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 1, IOMMU_MAX_POOLS, &v) || (v & (v - 1)))
		return error_set(e, "%s: '%.40s' pools: choose from 1, 2, 4, 8, 16", name, value);
	return add_number(name, value, 1, IOMMU_MAX_POOLS, &o->plan.pools, e);
}

static int add_workload(const char *name, const char *value, struct options *o, struct error *e)
{
	const struct workload *w = workload_find(value);
	const struct workload *const *all;
	char names[200] = "";
	size_t count;

	if (w && o->plan.workload_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	if (w) {
		o->plan.workloads[o->plan.workload_count++] = w;
		return 0;
	}
	all = workload_all(&count);
	for (size_t i = 0; i < count; i++) {
		strncat(names, i ? ", " : "", sizeof(names) - strlen(names) - 1);
		strncat(names, all[i]->name, sizeof(names) - strlen(names) - 1);
	}
	return error_set(e, "%s: no workload '%.40s': choose from %s", name, value, names);
}

int add_cpus(const char *name, const char *value, struct options *o, struct error *e)
{
	return add_number(name, value, 1, CPUS_MAX, &o->plan.cpus, e);
}

static int add_occupancy(const char *name, const char *value, struct options *o, struct error *e)
{
	return add_number(name, value, 0, 100, &o->plan.occupancy, e);
}

static int add_think(const char *name, const char *value, struct options *o, struct error *e)
{
	return add_number(name, value, 0, THINK_NS_MAX, &o->plan.think, e);
}

static int add_lock(const char *name, const char *value, struct options *o, struct error *e)
{
	enum lock_kind kind;

	if (!lock_kind_parse(value, &kind))
		return error_set(e, "%s: no lock '%.40s': choose from tas, ticket, mcs", name,
				 value);
	if (o->plan.lock_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	o->plan.locks[o->plan.lock_count++] = kind;
	return 0;
}

LIST_READER(read_allocators, add_allocator)
LIST_READER(read_pools, add_pools)
LIST_READER(read_workloads, add_workload)
LIST_READER(read_occupancy, add_occupancy)
LIST_READER(read_think, add_think)
LIST_READER(read_lock, add_lock)

/* Not a comma list: the values contain commas. */
int read_flush(const char *name, const char *value, struct options *o, struct error *e)
{
	if (o->plan.flush_count == OPTIONS_LIST_MAX)
		return list_full(name, e);
	for (unsigned int i = 0; i < o->plan.flush_count; i++) {
		if (strcmp(o->plan.flushes[i].name, value) == 0)
			return 0;
	}
	return flush_model_parse(value, &o->plan.flushes[o->plan.flush_count++], e);
}

int read_entries(const char *name, const char *value, struct options *o, struct error *e)
{
	uint64_t v;

	if (!parse_u64(value, 2, IOMMU_MAX_ENTRIES, &v))
		return error_set(e, "%s: '%.40s' is not a whole number from 2 to %lu", name, value,
				 IOMMU_MAX_ENTRIES);
	o->plan.entries = (unsigned long)v;
	return 0;
}

int read_seed(const char *name, const char *value, struct options *o, struct error *e)
{
	if (!parse_u64(value, 0, INT64_MAX, &o->plan.seed))
		return error_set(e, "%s: '%.40s' is not a whole number below 2^63", name, value);
	return 0;
}

int read_filter(const char *name, const char *value, struct options *o, struct error *e)
{
	const char *pattern = *value == '-' ? value + 1 : value;
	char why[100];
	regex_t regex;
	int err = regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB);

	if (err) {
		regerror(err, &regex, why, sizeof(why));
		return error_set(e, "%s: '%.60s' is not a regular expression: %s", name, value,
				 why);
	}
	regfree(&regex);
	o->plan.filter = value;
	return 0;
}

int read_path(const char *name, const char *value, const char **path, struct error *e)
{
	if (!*value)
		return error_set(e, "%s: needs a file name", name);
	*path = value;
	return 0;
}

int read_out(const char *name, const char *value, struct options *o, struct error *e)
{
	return read_path(name, value, &o->cmd.out, e);
}
