/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One cache of the simulated machine: a set-associative store of copies of lines. A copy names a
 * line and a version of it, so that copies which a write has made invalid need not be searched for.
 */
#ifndef IOMMUBENCH_SIM_CACHES_H
#define IOMMUBENCH_SIM_CACHES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies in a cache: (line + 1) << 32 | version, by set, the latest used first. */
struct cache {
	uint64_t *copy; /* sets x ways; NULL: there is no such cache */
	uint32_t set_mask;
	uint32_t ways;
};

#define LINE_OF(copy)    ((uint32_t)((copy) >> 32) - 1)
#define VERSION_OF(copy) ((uint32_t)(copy))

static inline uint64_t *cache_set(const struct cache *c, uint32_t line)
{
	return c->copy + (size_t)(line & c->set_mask) * c->ways;
}

/* Is @copy there? @touch: it is then the latest used. */
bool cache_find(const struct cache *s, uint32_t line, uint64_t copy, bool touch);

/* Is the line there in any version? After a miss: it was there until another core's write. */
bool cache_has_stale(const struct cache *s, uint32_t line);

/* Takes @copy out, if it is there. */
void cache_forget(const struct cache *s, uint32_t line, uint64_t copy);

/* Puts @copy in front; returns the copy that it evicted, or 0. */
uint64_t cache_insert(const struct cache *s, uint32_t line, uint64_t copy);

#endif
