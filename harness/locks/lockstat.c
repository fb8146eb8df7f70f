// SPDX-License-Identifier: GPL-2.0-or-later
/* Merges the statistics of locks, and names locks. */
#include "lockstat.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

_Thread_local struct lockstat_thread *lockstat_self;
_Thread_local uint32_t lockstat_cpu;

/* Id 0 is for locks without a name and for those beyond the last. */
static struct {
	const char *name;
	unsigned int number;
} names[LOCKSTAT_LOCKS] = {{"unnamed", 0}};
static uint32_t name_count = 1;
static pthread_mutex_t names_mutex = PTHREAD_MUTEX_INITIALIZER;

uint32_t lockstat_id(const char *name, unsigned int number)
{
	uint32_t id = 0;

	pthread_mutex_lock(&names_mutex);
	for (uint32_t i = 1; i < name_count && !id; i++) {
		if (strcmp(names[i].name, name) == 0 && names[i].number == number)
			id = i;
	}
	if (!id && name_count < LOCKSTAT_LOCKS) {
		id = name_count++;
		names[id].name = name;
		names[id].number = number;
	}
	pthread_mutex_unlock(&names_mutex);
	return id;
}

void lockstat_id_name(uint32_t id, char *text, size_t size)
{
	snprintf(text, size, "%s %u", names[id].name, names[id].number);
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
