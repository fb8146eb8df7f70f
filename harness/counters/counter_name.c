// SPDX-License-Identifier: GPL-2.0-or-later
/* The short names of counters, and how each is asked for on this host. */
#include "counters/counter_name.h"

#include <ctype.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "counters/pfm.h"

#define CACHE_READ_MISS(cache)                                            \
	(PERF_COUNT_HW_CACHE_##cache | PERF_COUNT_HW_CACHE_OP_READ << 8 | \
	 PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

#define HARDWARE(config) PERF_TYPE_HARDWARE, PERF_COUNT_HW_##config
#define CACHE(cache)     PERF_TYPE_HW_CACHE, CACHE_READ_MISS(cache)
#define SOFTWARE(config) PERF_TYPE_SOFTWARE, PERF_COUNT_SW_##config

#define PERF &counter_source_perf
#define SOFT &counter_source_software

static const struct counter_name names[] = {
	{"cycles", "CPU cycles in user mode", PERF, CALIBRATE_CYCLES, COUNTER_USER, EVENT_CYCLES,
	 HARDWARE(CPU_CYCLES)},
	{"instructions", "instructions in user mode", PERF, CALIBRATE_INSTRUCTIONS, COUNTER_USER,
	 EVENT_INSTRUCTIONS, HARDWARE(INSTRUCTIONS)},
	{"l1d_misses", "misses of the first data cache", PERF, CALIBRATE_MEMORY, COUNTER_USER,
	 EVENT_L1D_MISSES, CACHE(L1D)},
	{"llc_misses", "misses of the last cache", PERF, CALIBRATE_MEMORY, COUNTER_USER,
	 EVENT_LLC_MISSES, HARDWARE(CACHE_MISSES)},
	{"branch_misses", "mispredicted branches", PERF, CALIBRATE_BRANCHES, COUNTER_USER,
	 EVENT_BRANCH_MISSES, HARDWARE(BRANCH_MISSES)},
	{"dtlb_misses", "data TLB misses", PERF, CALIBRATE_MEMORY, COUNTER_USER, EVENT_DTLB_MISSES,
	 CACHE(DTLB)},
	{"stalls", "cycles in which the pipeline waited", PERF, CALIBRATE_STALLS, COUNTER_USER,
	 EVENT_STALLS, HARDWARE(STALLED_CYCLES_BACKEND)},
	{"remote_misses", "misses served by another CPU's cache (HITM and the like)", PERF,
	 CALIBRATE_REMOTE, COUNTER_USER, EVENT_REMOTE_MISSES, CACHE(NODE)},
	{"cycles_kernel", "CPU cycles in kernel mode (interrupts)", PERF, CALIBRATE_KERNEL,
	 COUNTER_KERNEL, EVENT_CYCLES, HARDWARE(CPU_CYCLES)},
	{"instructions_kernel", "instructions in kernel mode", PERF, CALIBRATE_KERNEL,
	 COUNTER_KERNEL, EVENT_INSTRUCTIONS, HARDWARE(INSTRUCTIONS)},
	{"context_switches", "times the thread left its CPU", SOFT, CALIBRATE_SWITCHES, COUNTER_ALL,
	 -1, SOFTWARE(CONTEXT_SWITCHES)},
	{"cpu_migrations", "times it came back on another", SOFT, CALIBRATE_MIGRATIONS, COUNTER_ALL,
	 -1, SOFTWARE(CPU_MIGRATIONS)},
	{"page_faults", "page faults", SOFT, CALIBRATE_FAULTS, COUNTER_ALL, -1,
	 SOFTWARE(PAGE_FAULTS)},
	{"task_clock", "ns on a CPU", SOFT, CALIBRATE_TASK_CLOCK, COUNTER_ALL, -1,
	 SOFTWARE(TASK_CLOCK)},
};
#define NAMES (sizeof(names) / sizeof(names[0]))

const struct counter_name *counter_names(size_t *count)
{
	*count = NAMES;
	return names;
}

const struct counter_name *counter_name_find(const char *name)
{
	for (size_t i = 0; i < NAMES; i++) {
		if (strcmp(names[i].name, name) == 0)
			return &names[i];
	}
	return NULL;
}

static struct counter_spec *add_way(struct counter_ways *w, const char *name, const char *event)
{
	struct counter_spec *s = &w->spec[w->count];

	snprintf(w->event[w->count++], sizeof(w->event[0]), "%.199s", event);
	memset(s, 0, sizeof(*s));
	snprintf(s->name, sizeof(s->name), "%s", name);
	return s;
}

static void generic_way(const struct counter_name *n, enum counter_scope scope, const char *event,
			struct counter_ways *w)
{
	struct counter_spec *s = add_way(w, n->name, event);

	s->source = n->source;
	s->scope = scope;
	s->type = n->type;
	s->config = n->config;
}

/* By the event map of this host's PMU. False if the map says that there is none. */
static bool model_way(const struct counter_name *n, struct counter_ways *w)
{
	const char *model = pfm_model();
	char event[EVENT_TEXT_MAX + 100];
	struct counter_spec s = {0};
	struct event_map m;
	struct error ignored;

	if (!model || event_map_of_model(model, &m, &ignored) || !m.key[n->key].event[0])
		return true;
	if (strcmp(m.key[n->key].event, "none") == 0) {
		snprintf(w->reason, sizeof(w->reason), "not supported by this PMU (%s): %s",
			 m.summary, m.key[n->key].source);
		return false;
	}
	snprintf(event, sizeof(event), "%s::%s:%c", model, m.key[n->key].event,
		 n->scope == COUNTER_KERNEL ? 'k' : 'u');
	if (pfm_encode(event, &s, &ignored) == 0) {
		struct counter_spec *way = add_way(w, n->name, event);

		memcpy(s.name, way->name, sizeof(s.name));
		*way = s;
	}
	return true;
}

static void short_ways(const struct counter_name *n, struct counter_ways *w)
{
	w->kind = n->kind;
	if (n->key < 0) {
		generic_way(n, COUNTER_ALL, "kernel's own", w);
		/* What is counted in user mode needs no privilege. */
		generic_way(n, COUNTER_USER, "kernel's own, user mode", w);
		return;
	}
	if (!model_way(n, w))
		return;
	generic_way(n, n->scope, "generic", w);
}

/* rHEX with an optional :u, :k, :uk. */
static bool raw_way(const char *name, struct counter_ways *w)
{
	struct counter_spec *s;
	const char *modifiers;
	uint64_t code;
	char *end;

	if (name[0] != 'r' || !isxdigit((unsigned char)name[1]))
		return false;
	errno = 0;
	code = strtoull(name + 1, &end, 16);
	modifiers = *end == ':' ? end + 1 : "u";
	if (errno || (*end && *end != ':') || !*modifiers || modifiers[strspn(modifiers, "uk")] ||
	    strlen(modifiers) > 2)
		return false;
	s = add_way(w, name, "raw");
	s->source = PERF;
	s->type = PERF_TYPE_RAW;
	s->config = code;
	s->scope = !strchr(modifiers, 'k') ? COUNTER_USER :
		   strchr(modifiers, 'u')  ? COUNTER_ALL :
					     COUNTER_KERNEL;
	return true;
}

int counter_ways(const char *name, struct counter_ways *w, struct error *e)
{
	const struct counter_name *n = counter_name_find(name);
	struct counter_spec s = {0};
	int err;

	memset(w, 0, sizeof(*w));
	w->kind = CALIBRATE_ANY;
	if (strlen(name) >= COUNTER_NAME_MAX)
		return error_set(e, "'%.40s...': longer than any event", name);
	if (n) {
		short_ways(n, w);
		return 0;
	}
	if (raw_way(name, w))
		return 0;
	err = pfm_encode(name, &s, e);
	if (err)
		return err;
	strcpy(s.name, name);
	*add_way(w, name, name) = s;
	return 0;
}
