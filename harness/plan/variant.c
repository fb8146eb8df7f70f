// SPDX-License-Identifier: GPL-2.0-or-later
/* Reads which allocator, with how many pools, a user means, and makes maps of it. */
#include "plan/variant.h"

#include <stdlib.h>
#include <string.h>

#include "base/note.h"
#include "base/parse.h"
#ifdef IOMMU_STAT
#include "lockstat.h"
#endif
#include "plan/cell_parts.h"

/* Names people use for the one-pool variants. */
static const struct {
	const char *name, *allocator;
} one_pool_names[] = {
	{"pooled-1", "pooled"},
	{"stale-1", "stale-local"},
};

bool variant_takes(const struct iommu_allocator *a, unsigned int npools)
{
	for (const unsigned int *p = a->pools; *p; p++) {
		if (*p == npools)
			return true;
	}
	return false;
}

static int unknown(const char *text, struct error *e)
{
	const struct iommu_allocator *const *all;
	char names[200] = "";
	size_t count;

	all = iommu_allocators(&count);
	for (size_t i = 0; i < count; i++) {
		strncat(names, i ? ", " : "", sizeof(names) - strlen(names) - 1);
		strncat(names, all[i]->name, sizeof(names) - strlen(names) - 1);
	}
	return error_set(e, "no allocator '%.60s': choose from %s", text, names);
}

/* Reads "(/key:value)*[/pools:P]" of @v's allocator, all of @rest. */
static int read_rest(const char *text, const char *rest, struct variant *v, struct error *e)
{
	const char *name = v->allocator->name;
	uint64_t npools;

	/* None has any so far. */
	if (cell_parameters_length(rest))
		return error_set(e, "allocator '%.60s': %s has no parameter '%.*s'", text, name,
				 (int)strcspn(rest + 1, ":"), rest + 1);
	rest++;
	if (!parse_word(&rest, "pools:") || !parse_u64(rest, 1, IOMMU_MAX_POOLS, &npools))
		return error_set(e,
				 "allocator '%.60s': expected NAME, NAME/key:value or NAME/pools:P",
				 text);
	if (!variant_takes(v->allocator, (unsigned int)npools))
		return error_set(e, "allocator '%.60s': %s cannot have %u pools", text, name,
				 (unsigned int)npools);
	v->npools = (unsigned int)npools;
	return 0;
}

int variant_parse(const char *text, struct variant *v, struct error *e)
{
	const char *slash;
	char name[64];

	for (size_t i = 0; i < sizeof(one_pool_names) / sizeof(one_pool_names[0]); i++) {
		if (strcmp(text, one_pool_names[i].name) == 0) {
			v->allocator = iommu_allocator_find(one_pool_names[i].allocator);
			v->npools = 1;
			return 0;
		}
	}
	slash = strchr(text, '/');
	if ((slash ? (size_t)(slash - text) : strlen(text)) >= sizeof(name))
		return unknown(text, e);
	strcpy(name, "");
	strncat(name, text, slash ? (size_t)(slash - text) : sizeof(name) - 1);
	if (strcmp(name, "advance") == 0) {
		note_once("the allocator 'advance' is 'gart' now, exact: it aligns, and takes its "
			  "lock twice a map");
		strcpy(name, "gart");
	}
	v->allocator = iommu_allocator_find(name);
	if (!v->allocator)
		return unknown(name, e);
	v->npools = 0;
	return slash ? read_rest(text, slash, v, e) : 0;
}

/* In the build that records them, locks are found by where they lie in the map. */
static int watch_locks(const void *map, size_t bytes)
{
#ifdef IOMMU_STAT
	return lockstat_watch(map, bytes);
#else
	(void)map, (void)bytes;
	return 0;
#endif
}

struct iommu_map *map_create(const struct iommu_allocator *a, const struct iommu_geometry *g,
			     iommu_flush_fn flush, void *flush_arg, struct error *e)
{
	const char *why = a->check(g);
	struct iommu_arena arena;
	struct iommu_map *map;
	void *mem;

	if (why) {
		error_set(e, "%s with %lu entries and pools:%u: %s", a->name, g->entries, g->npools,
			  why);
		return NULL;
	}
	arena.left = a->size(g);
	/* A page: where in one the map lies is not to differ from run to run. */
	if (posix_memalign(&mem, 4096, arena.left)) {
		error_set(e, "no memory for a map of %lu entries", g->entries);
		return NULL;
	}
	memset(mem, 0, arena.left);
	if (watch_locks(mem, arena.left)) {
		error_set(e, "no memory to record the locks of a map of %lu entries", g->entries);
		free(mem);
		return NULL;
	}
	arena.next = mem;
	map = a->init(&arena, g, flush, flush_arg);
	if (!map) {
		error_set(e, "%s took more memory than it said", a->name);
		free(mem);
		return NULL;
	}
	map->exit = a->exit;
	return map;
}

/* The map is the first that init takes, so it is where the memory begins. */
void map_destroy(struct iommu_map *map)
{
	if (map && map->exit)
		map->exit(map);
	free(map);
}
