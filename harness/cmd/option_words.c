// SPDX-License-Identifier: GPL-2.0-or-later
/* The words that the value of an option may be, for what completes them. */
#include "cmd/options_table.h"

#include <stdio.h>

#include "device/profile.h"

enum option_completion option_completion(const struct option_row *row)
{
	static const enum option_completion by_kind[OPTION_KINDS] = {
		[OPTION_CHOICE] = COMPLETE_WORD,     [OPTION_PATH] = COMPLETE_FILE,
		[OPTION_ALLOCATORS] = COMPLETE_LIST, [OPTION_POOLS] = COMPLETE_LIST,
		[OPTION_PLATFORMS] = COMPLETE_LIST,  [OPTION_WORKLOADS] = COMPLETE_LIST,
		[OPTION_ORDERS] = COMPLETE_LIST,     [OPTION_LOCKS] = COMPLETE_LIST,
		[OPTION_CPUS] = COMPLETE_WORD,       [OPTION_FLUSHES] = COMPLETE_WORD,
		[OPTION_VARIANT] = COMPLETE_WORD,    [OPTION_SIDE] = COMPLETE_FOLDER,
		[OPTION_MACHINE] = COMPLETE_FILE,    [OPTION_PROFILE] = COMPLETE_WORD,
		[OPTION_ALLOCATOR] = COMPLETE_WORD,
	};

	return by_kind[row->kind];
}

typedef void (*word_put)(void *to, const char *word);

static void put_allocators(word_put put, void *to)
{
	const struct iommu_allocator *const *all;
	char name[CELL_NAME_MAX];
	size_t count;

	all = iommu_allocators(&count);
	for (size_t i = 0; i < count; i++)
		put(to, all[i]->name);
	for (size_t i = 0; i < count; i++) {
		for (const unsigned int *p = all[i]->pools; *p && all[i]->pools[1]; p++) {
			snprintf(name, sizeof(name), "%s/pools:%u", all[i]->name, *p);
			put(to, name);
		}
	}
}

static void put_platforms(word_put put, void *to)
{
	size_t count;
	const struct platform *all = platforms(&count);

	for (size_t i = 0; i < count; i++)
		put(to, all[i].name);
	put(to, "all");
}

static void put_workloads(word_put put, void *to)
{
	const struct workload *const *all;
	size_t count;

	all = workload_all(&count);
	for (size_t i = 0; i < count; i++)
		put(to, all[i]->name);
	put(to, "all");
}

static void put_pools(word_put put, void *to)
{
	char number[12];

	for (unsigned int pools = 1; pools <= IOMMU_MAX_POOLS; pools *= 2) {
		snprintf(number, sizeof(number), "%u", pools);
		put(to, number);
	}
}

/* Of the profiles, those that describe what @kind needs. */
static void put_profiles(enum option_kind kind, word_put put, void *to)
{
	const char *const *names;
	struct profile p;
	struct error e;
	size_t count;

	names = profile_names(&count);
	for (size_t i = 0; i < count; i++) {
		if (profile_load(names[i], &p, &e))
			continue;
		if (kind == OPTION_MACHINE ? p.has_machine :
		    kind == OPTION_PROFILE ? p.has_iotlb :
					     p.has_flush)
			put(to, names[i]);
	}
}

static void put_flushes(word_put put, void *to)
{
	static const char *const models[] = {"none", "spin:", "mmio:"};

	for (size_t i = 0; i < sizeof(models) / sizeof(models[0]); i++)
		put(to, models[i]);
	put_profiles(OPTION_FLUSHES, put, to);
}

void option_words(const struct option_row *row, word_put put, void *to)
{
	for (unsigned int i = 0; i < row->word_count; i++)
		put(to, row->words[i]);
	if (row->kind == OPTION_ALLOCATORS || row->kind == OPTION_ALLOCATOR ||
	    row->kind == OPTION_VARIANT)
		put_allocators(put, to);
	else if (row->kind == OPTION_PLATFORMS)
		put_platforms(put, to);
	else if (row->kind == OPTION_WORKLOADS)
		put_workloads(put, to);
	else if (row->kind == OPTION_POOLS)
		put_pools(put, to);
	else if (row->kind == OPTION_FLUSHES)
		put_flushes(put, to);
	else if (row->kind == OPTION_PROFILE)
		put_profiles(row->kind, put, to);
	for (unsigned int i = 0; row->kind == OPTION_ORDERS && i < FREE_ORDERS; i++)
		put(to, audit_orders[i].name);
	for (int i = 0; row->kind == OPTION_LOCKS && i <= LOCK_QUEUED; i++)
		put(to, lock_kind_name((enum lock_kind)i));
	for (unsigned int i = 0; row->kind == OPTION_SIDE && i < SIDES; i++)
		put(to, side_names[i]);
	if (row->kind == OPTION_CPUS)
		put(to, "all");
	if (row->kind == OPTION_MACHINE) {
		put(to, "host");
		put_profiles(row->kind, put, to);
	}
}
