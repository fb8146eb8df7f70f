/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Counters of a thread: hardware and software events over an interval. One interface, several
 * sources behind it. A handle belongs to the thread that opened it, which must not change; nothing
 * else is shared.
 */
#ifndef IOMMUBENCH_COUNTERS_H
#define IOMMUBENCH_COUNTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define COUNTERS_MAX     32 /* of one handle */
#define COUNTER_NAME_MAX 128

/* Where events are counted. Hypervisors are not, where the PMU can tell. */
enum counter_scope {
	COUNTER_USER,
	COUNTER_KERNEL,
	COUNTER_ALL, /* user and kernel: the PMU cannot tell, or the event's name asked for it */
};

/* What to count, in a source's own terms. */
struct counter_spec {
	char name[COUNTER_NAME_MAX]; /* of its figure */
	const struct counter_source *source;
	enum counter_scope scope;
	uint32_t type; /* this and the rest as in struct perf_event_attr */
	uint64_t config, config1, config2;
};

/*
 * What was counted between begin and end. enabled_ns and running_ns are the time it was to count and
 * the time it did: where running is less, the kernel multiplexed.
 */
struct counter_value {
	uint64_t count;
	uint64_t enabled_ns, running_ns;
};

/*
 * A kind of counters. Functions return 0 or -errno, and act on a set that open() made for the
 * calling thread; they may be called again and again in turn.
 */
struct counter_source {
	const char *name;
	/* Opens all of @list, not yet counting, for the calling thread. On failure *failed is the
	 * number of the counter that could not be opened; nothing stays open. */
	int (*open)(const struct counter_spec *const *list, unsigned int count, void **set,
		    unsigned int *failed);
	/* Counts from 0, from its return on. */
	int (*begin)(void *set);
	/* Stops; @values in open's order. -ENODATA: never ran at all. */
	int (*end)(void *set, struct counter_value *values);
	void (*close)(void *set);
	/* How end() got the counts: "rdpmc", "read". */
	const char *(*how)(void *set);
};

extern const struct counter_source counter_source_perf, counter_source_software,
	counter_source_likwid;

/* The source of that name, or NULL. */
const struct counter_source *counter_source_find(const char *name);

struct counters;

/*
 * Opens all of @list for the calling thread, which should be pinned. 0; or -errno with *e set, and
 * *failed, unless NULL, the number of the counter that could not be had.
 */
int counters_open(const struct counter_spec *list, unsigned int count, struct counters **c,
		  unsigned int *failed, struct error *e);

/* Counting begins, at 0: the last thing before an interval. 0 or -errno. NULL does nothing. */
int counters_begin(struct counters *c);

/* Counting ends: the first thing after the interval. 0 or -errno. NULL does nothing. */
int counters_end(struct counters *c);

/* What the @i-th of the list counted, valid after counters_end(). */
const struct counter_value *counters_value(const struct counters *c, unsigned int i);

/* How the @i-th was read in the last counters_end(). */
const char *counters_how(const struct counters *c, unsigned int i);

void counters_close(struct counters *c);

/* The count had it run all the time: count x enabled / running. 0 where it never ran. */
double counter_scaled(const struct counter_value *v);

/* Part of the time that it ran, 0 to 1; 1 where no time passed. */
double counter_running(const struct counter_value *v);

/*
 * @list as one word, for a process that is to count the same, and back. 0, or -EINVAL with *e
 * set if the word is malformed or too long.
 */
int counters_to_word(const struct counter_spec *list, unsigned int count, char *word, size_t size,
		     struct error *e);
int counters_from_word(const char *word, struct counter_spec *list, unsigned int *count,
		       struct error *e);

#endif
