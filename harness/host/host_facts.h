/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of the host: facts for the context, and what disturbs measuring. */
#ifndef IOMMUBENCH_HOSTSTAT_H
#define IOMMUBENCH_HOSTSTAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HOSTSTAT_TEXT 128

/* Time the hypervisor took from these CPUs since boot, in ns (in steps of 10 ms or so). */
uint64_t host_steal_ns(const unsigned int *os_cpu, unsigned int count);

struct host_facts {
	char name[HOSTSTAT_TEXT];
	char arch[HOSTSTAT_TEXT];
	char kernel[HOSTSTAT_TEXT];
	char cpu_model[HOSTSTAT_TEXT];
	char cpu_revision[2 * HOSTSTAT_TEXT]; /* family, stepping, microcode ...; "" if not shown */
	char virtualisation[HOSTSTAT_TEXT];   /* "none", a hypervisor's name, or "unknown" */
	char governor[HOSTSTAT_TEXT];         /* of CPU 0; "none" where nothing scales */
	char smt[HOSTSTAT_TEXT];              /* "on", "off", "notsupported", ... */
	char aslr[HOSTSTAT_TEXT];             /* "full", "partial", "off" */
	char clocksource[HOSTSTAT_TEXT];
	char perf_event_paranoid[HOSTSTAT_TEXT];
	double mhz; /* 0: unknown */
	double load[3];
};

/* Reads it all; what cannot be had is "unknown", where nothing else is said. */
void host_facts_read(struct host_facts *h);

/* First line of a file without its newline, or @fallback. */
void host_file(const char *path, const char *fallback, char *text, size_t size);

#endif
