// SPDX-License-Identifier: GPL-2.0-or-later
/* `iommubench list`: what there is to measure, and the figures of profiles and events with their sources. */
#include "cmd/commands.h"

#include <stdio.h>
#include <string.h>

#include "allocator.h"
#include "flush.h"
#include "workload.h"
#include "base/error.h"
#include "cmd/help.h"
#include "cmd/options.h"
#include "counters/counter_name.h"
#include "device/profile.h"
#include "plan/cell.h"
#include "plan/platform.h"

static void pool_numbers(const unsigned int *list, char *text, size_t size)
{
	text[0] = '\0';
	for (; *list; list++)
		snprintf(text + strlen(text), size - strlen(text), "%s%u", *text ? "," : "", *list);
}

static void list_allocators(void)
{
	const struct iommu_allocator *const *all;
	size_t count;

	all = iommu_allocators(&count);
	printf("allocators (pools they take / those of the default plan)\n");
	for (size_t i = 0; i < count; i++) {
		char pools[40], defaults[40], both[100];

		pool_numbers(all[i]->pools, pools, sizeof(pools));
		pool_numbers(all[i]->default_pools, defaults, sizeof(defaults));
		snprintf(both, sizeof(both), "%s / %s", pools, defaults);
		printf("  %-13s %-18s %s\n", all[i]->name, both, all[i]->summary);
	}
}

static void list_workloads(void)
{
	const struct workload *const *all;
	size_t count;

	all = workload_all(&count);
	printf("workloads\n");
	for (size_t i = 0; i < count; i++)
		printf("  %-12s %s%s\n", all[i]->name, all[i]->summary,
		       all[i]->min_cpus > 1 ? " (2 CPUs or more)" : "");
}

static void list_flushes(void)
{
	printf("flush models\n"
	       "  %-31s the allocator gets NULL: this IOMMU needs no flush\n"
	       "  %-31s takes NS ns; 0 only counts\n"
	       "  %-31s posted writes, then a read that waits for them\n"
	       "  %-31s of dma4v only: a hypervisor call, NS ns of the CPU that makes it\n"
	       "  %-31s a profile's flush, see list --profiles\n",
	       "none", "spin:NS", "mmio:WRITES,WRITE_NS,READ_NS", "hcall:NS", "PROFILE");
}

static void list_locks(void)
{
	printf("locks\n"
	       "  tas          test-and-set, waiters read-spin\n"
	       "  ticket       first come, first served; waiters spin on one line\n"
	       "  queued       Linux's since 4.2: the first waiter spins on the lock, the others "
	       "in a queue\n");
}

static void list_counters(void)
{
	size_t count;
	const struct counter_name *names = counter_names(&count);

	printf("counters (run --counters; doctor says which this host has)\n"
	       "  %-20s %-9s the architecture's tick counter (always there; not CPU cycles)\n",
	       "ref_ticks", "");
	for (size_t i = 0; i < count; i++)
		printf("  %-20s %-9s %s\n", names[i].name, names[i].source->name, names[i].summary);
	printf("  %-20s %-9s instructions and simulated cache misses by valgrind, exact, one CPU\n"
	       "  %-20s %-9s likwid's groups (--likwid-group)\n"
	       "  %-20s %-9s events by libpfm4's names, raw codes as r1c2 (--events)\n",
	       "", "count", "", "likwid", "", "perf");
}

/* The event maps: what short names stand for on which PMU. */
static int list_events(void)
{
	const char *const *names;
	struct event_map m;
	struct error e;
	size_t count;

	names = event_map_names(&count);
	printf("events (what short names stand for, by libpfm4's names, and the source)\n");
	for (size_t i = 0; i < count; i++) {
		if (event_map_load(names[i], &m, &e))
			return error_usage(&e);
		printf("  %s: %s (%s)\n", m.name, m.summary, m.models);
		for (int k = 0; k < EVENT_KEYS; k++) {
			if (m.key[k].event[0])
				printf("    %-14s %s\n%19s%s\n", event_key_names[k], m.key[k].event,
				       "", m.key[k].source);
		}
	}
	return EXIT_DONE;
}

static void print_figure(const char *key, const struct profile_figure *f)
{
	printf("    %-18s %7llu  %s\n", key, (unsigned long long)f->value, f->source);
}

static int list_profiles(void)
{
	const char *const *names;
	struct profile p;
	struct error e;
	size_t count;

	names = profile_names(&count);
	printf("profiles (figure and its source)\n");
	for (size_t i = 0; i < count; i++) {
		if (profile_load(names[i], &p, &e))
			return error_usage(&e);
		printf("  %s: %s\n", p.name, p.summary);
		if (p.has_flush) {
			print_figure("flush_writes", &p.flush_writes);
			print_figure("flush_write_ns", &p.flush_write_ns);
			print_figure("flush_read_ns", &p.flush_read_ns);
		}
		if (p.has_iotlb) {
			print_figure("iotlb_tags", &p.iotlb_tags);
			print_figure("iotlb_ways", &p.iotlb_ways);
			printf("    %-18s %7s  %s\n", "iotlb_replacement",
			       iotlb_replacement_name(p.iotlb.replacement),
			       p.iotlb_replacement.source);
		}
		for (unsigned int f = 0; p.has_machine && f < MACHINE_FIGURES; f++)
			print_figure(profile_machine_key(f), &p.machine[f]);
	}
	return EXIT_DONE;
}

static void list_platforms(void)
{
	size_t count;
	const struct platform *all = platforms(&count);

	printf("platforms (list --platforms shows their figures)\n");
	for (size_t i = 0; i < count; i++)
		printf("  %-12s %s\n", all[i].name, all[i].summary);
}

static void print_cost(const char *whose, const struct platform_cost *c)
{
	if (!c->flush)
		return;
	printf("    %-14s %-15s  %s\n", whose, c->flush, c->source);
	if (c->assumed)
		printf("%37sassumed: %s\n", "", c->assumed);
}

/* The variants that ran on a platform. */
static void print_ran(const struct platform *p)
{
	const struct iommu_allocator *const *all;
	const char *comma = "";
	size_t count;

	all = iommu_allocators(&count);
	printf("    %-14s ", "ran");
	for (size_t i = 0; i < count; i++) {
		for (const unsigned int *pools = all[i]->pools; *pools; pools++) {
			if (!platform_ran(p, all[i], *pools))
				continue;
			printf("%s%s/pools:%u", comma, all[i]->name, *pools);
			comma = ", ";
		}
	}
	printf("\n");
}

static int list_platform_figures(void)
{
	size_t count;
	const struct platform *all = platforms(&count);

	printf("platforms (figure and its source)\n");
	for (size_t i = 0; i < count; i++) {
		const struct platform *p = &all[i];

		printf("  %s: %s\n", p->name, p->summary);
		printf("    %-14s %-15lu  %s\n", "entries", p->entries, p->entries_source);
		if (p->entries_assumed)
			printf("%37sassumed: %s\n", "", p->entries_assumed);
		print_cost("lazy flush", &p->lazy);
		print_cost("at each free", &p->strict);
		print_ran(p);
	}
	return EXIT_DONE;
}

static int list_profile_names(void)
{
	const char *const *names;
	struct profile p;
	struct error e;
	size_t count;

	names = profile_names(&count);
	printf("profiles (list --profiles shows their figures)\n");
	for (size_t i = 0; i < count; i++) {
		if (profile_load(names[i], &p, &e))
			return error_usage(&e);
		printf("  %-12s %s\n", p.name, p.summary);
	}
	return EXIT_DONE;
}

static int list_names(void)
{
	list_allocators();
	list_workloads();
	list_flushes();
	list_locks();
	list_counters();
	list_platforms();
	return list_profile_names();
}

int list_main(int argc, char **argv)
{
	struct options o;
	struct error e;
	int err = options_parse(argc - 1, argv + 1, OPTIONS_LIST, &o, &e);

	if (err > 0)
		return help_print(HELP_LIST);
	if (err)
		return error_usage(&e);
	switch (o.local.list) {
	case LIST_PROFILES:
		return list_profiles();
	case LIST_PLATFORMS:
		return list_platform_figures();
	case LIST_EVENTS:
		return list_events();
	default:
		return list_names();
	}
}
