// SPDX-License-Identifier: GPL-2.0-or-later
/* Knows the locks of a map by their addresses, names their classes, and merges what was recorded. */
#include "lockstat.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lock.h"
#include "locks/kernel_data.h"

_Thread_local struct lockstat_thread *lockstat_self;
_Thread_local uint32_t lockstat_cpu;
struct lockstat_table lockstat_table;

static const char *names[LOCKSTAT_CLASSES] = {"unnamed"};

void lockstat_unwatch(void)
{
	free(lockstat_table.class);
	free(lockstat_table.last_cpu);
	lockstat_table = (struct lockstat_table){0};
}

int lockstat_watch(const void *map, size_t bytes)
{
	/* The lines of what is watched and the table's are to begin alike. */
	const size_t align = 4096, line_places = IOMMU_CACHE_LINE / 4;
	const struct lockstat_range of_map = {.begin = (uintptr_t)map, .places = bytes / 4};
	const struct lockstat_range of_globals = {
		.begin = (uintptr_t)__start_kernel_data,
		.places = kernel_data_bytes() / 4,
		.first = (of_map.places + line_places - 1) / line_places * line_places,
	};
	const size_t places = of_globals.first + of_globals.places;
	const size_t size = (places * sizeof(uint32_t) / align + 1) * align;

	lockstat_unwatch();
	lockstat_table.class = calloc(places + 1, 1);
	lockstat_table.last_cpu = aligned_alloc(align, size);
	if (!lockstat_table.class || !lockstat_table.last_cpu) {
		lockstat_unwatch();
		return -ENOMEM;
	}
	memset(lockstat_table.last_cpu, 0, size);
	lockstat_table.map = of_map;
	lockstat_table.globals = of_globals;
	lockstat_table.places = places;
	return 0;
}

uint8_t lockstat_class(const char *class)
{
	for (uint8_t i = 1; i < LOCKSTAT_CLASSES; i++) {
		if (!names[i])
			names[i] = class;
		if (strcmp(names[i], class) == 0)
			return i;
	}
	return 0;
}

const char *lockstat_class_name(unsigned int class)
{
	return names[class];
}

void lockstat_name(const struct lock *l, const char *class)
{
	const size_t place = lockstat_place(l);

	if (place < lockstat_table.places)
		lockstat_table.class[place] = lockstat_class(class);
}

void lockstat_merge(struct lockstat *to, const struct lockstat *from)
{
	to->acquisitions += from->acquisitions;
	to->acq_bounces += from->acq_bounces;
	to->contentions += from->contentions;
	to->con_bounces += from->con_bounces;
	hist_merge(&to->wait, &from->wait);
	hist_merge(&to->hold, &from->hold);
	hist_merge(&to->hold_flush, &from->hold_flush);
}
