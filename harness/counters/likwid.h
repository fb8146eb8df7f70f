/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * likwid's groups of counters, by likwid-perfctr and its marker interface. Nothing of likwid is
 * linked or loaded but in samples that it was asked for, and those run under a time limit.
 */
#ifndef IOMMUBENCH_LIKWID_H
#define IOMMUBENCH_LIKWID_H

#include <jansson.h>

#include "base/error.h"
#include "counters/counter_plan.h"
#include "counters/wrapper.h"

#define LIKWID_DEFAULT_GROUP "L2CACHE"

/* Finds out, in a process of its own, whether likwid can measure @group (NULL: the default). */
void likwid_plan(const char *group, struct counter_plan *p);

/* As callgrind_begin(), for a sample on these CPUs. */
int likwid_begin(const struct counter_plan *p, const unsigned int *os_cpu, unsigned int ncpus,
		 struct spawn_wrapper *w, struct error *e);

/* As callgrind_collect(): adds each event per op. */
int likwid_collect(struct spawn_wrapper *w, json_t *sample, struct error *e);

/*
 * Calls @put for each event of the first raw table in likwid-perfctr's CSV output, with the sum of
 * its counts over all CPUs. Returns how many.
 */
unsigned int likwid_parse(const char *text, void (*put)(void *arg, const char *event, double count),
			  void *arg);

#endif
