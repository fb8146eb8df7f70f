// SPDX-License-Identifier: GPL-2.0-or-later
/* One cache: looking up copies of lines, and replacing the one that was used longest ago. */
#include "sim/caches.h"

#include <string.h>

bool cache_find(const struct cache *s, uint32_t line, uint64_t copy, bool touch)
{
	uint64_t *set = cache_set(s, line);

	for (uint32_t i = 0; i < s->ways; i++) {
		if (set[i] != copy)
			continue;
		if (touch && i) {
			memmove(set + 1, set, i * sizeof(*set));
			set[0] = copy;
		}
		return true;
	}
	return false;
}

bool cache_has_stale(const struct cache *s, uint32_t line)
{
	const uint64_t *set = cache_set(s, line);

	for (uint32_t i = 0; i < s->ways; i++) {
		if (set[i] && LINE_OF(set[i]) == line)
			return true;
	}
	return false;
}

void cache_forget(const struct cache *s, uint32_t line, uint64_t copy)
{
	uint64_t *set = cache_set(s, line);

	for (uint32_t i = 0; i < s->ways; i++) {
		if (set[i] == copy)
			set[i] = 0;
	}
}

uint64_t cache_insert(const struct cache *s, uint32_t line, uint64_t copy)
{
	uint64_t *set = cache_set(s, line), left;
	uint32_t i = 0;

	/* In the place of an older version of its own, or an empty one, or the one used longest ago. */
	while (i < s->ways - 1 && set[i] && LINE_OF(set[i]) != line)
		i++;
	left = set[i];
	memmove(set + 1, set, i * sizeof(*set));
	set[0] = copy;
	return left && LINE_OF(left) != line ? left : 0;
}
