// SPDX-License-Identifier: GPL-2.0-or-later
/* The machines that existed, each number with its source. */
#include "plan/platform.h"

#include <stdio.h>
#include <string.h>

static const struct platform table[] = {
	{
		.name = "sun4u",
		.summary = "sparc64 with psycho or schizo: 64 MiB of 8 KiB pages, flushes lazily",
		.entries = 8192,
		.entries_source = "arch/sparc/kernel: 8 KiB IO pages; 64 MiB of them",
		.lazy = {.flush = "mmio:16,150,600",
			 .source = "psycho, arch/sparc/kernel/iommu.c, iommu_flushall: a write for "
				   "each of 16 tags and a read",
			 .assumed = "150 ns a write, 600 ns the read; no latency is published"},
	},
	{
		.name = "sun4v",
		.summary = "sparc64 with a hypervisor: 2 GiB of 8 KiB pages, no lazy flush",
		.entries = 262144,
		.entries_source = "arch/sparc/kernel/pci_sun4v.c: 8 KiB IO pages; 2 GiB of them, "
				  "its default",
		.lazy = {.flush = "none",
			 .source = "arch/sparc/kernel/pci_sun4v.c: the allocator gets NULL"},
		.strict = {.flush = "hcall:500",
			   .source = "arch/sparc/kernel/pci_sun4v.c: a hypercall a map and one an "
				     "unmap",
			   .assumed = "500 ns a hypercall; no latency is published"},
	},
	{
		.name = "ppc",
		.summary = "powerpc: 1 GiB of 4 KiB pages, flushes at each free",
		.entries = 262144,
		.entries_source = "arch/powerpc/kernel/iommu.c: 4 pools from a window of 1 GiB on",
		.entries_assumed = "a window of 1 GiB of 4 KiB pages",
		.strict = {.flush = "mmio:1,150,0",
			   .source = "arch/powerpc/platforms/powernv/pci-ioda.c: a write to the "
				     "TCE kill register, nothing is read back",
			   .assumed = "150 ns a write; no latency is published"},
	},
	{
		.name = "gart",
		.summary = "x86 with AMD's GART: 64 MiB of 4 KiB pages, flushes lazily",
		.entries = 16384,
		.entries_source = "arch/x86/kernel/aperture_64.c: 64 MiB where the firmware has "
				  "set up none",
		.lazy = {.flush = "mmio:1,500,500",
			 .source = "arch/x86/kernel/amd_nb.c, amd_flush_garts: a write to a "
				   "northbridge's configuration space, which is read until done",
			 .assumed = "one northbridge, 500 ns a write and 500 ns a read; no latency "
				    "is published"},
	},
	{
		.name = "s390",
		.summary = "s390 PCI until Linux 6.6: 4 KiB pages, as many as of memory",
		.entries = 262144,
		.entries_source = "arch/s390/pci/pci_dma.c: as many pages as main memory has, or "
				  "fewer",
		.entries_assumed = "1 GiB of memory",
		.lazy = {.flush = "spin:2000",
			 .source = "arch/s390/pci/pci_dma.c: one refresh of all translations",
			 .assumed = "2000 ns a refresh; no latency is published"},
	},
};

#define COUNT (sizeof(table) / sizeof(table[0]))
_Static_assert(COUNT <= PLATFORMS_MAX, "lists of platforms have room for all");

const struct platform *platforms(size_t *count)
{
	*count = COUNT;
	return table;
}

const struct platform *platform_find(const char *name)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (strcmp(table[i].name, name) == 0)
			return &table[i];
	}
	return NULL;
}

const struct platform_cost *platform_cost(const struct platform *p, const struct iommu_allocator *a)
{
	return a->strict_flush ? &p->strict : &p->lazy;
}

static bool is_of(const struct platform_cost *cost, const char *flush)
{
	return cost->flush && strcmp(cost->flush, flush) == 0;
}

const char *platform_flush_assumed(const char *flush)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (is_of(&table[i].lazy, flush))
			return table[i].lazy.assumed;
		if (is_of(&table[i].strict, flush))
			return table[i].strict.assumed;
	}
	if (strncmp(flush, "hcall:", strlen("hcall:")) == 0)
		return "all of it; no latency of a hypercall is published";
	return NULL;
}

bool platform_ran(const struct platform *p, const struct iommu_allocator *a, unsigned int npools)
{
	const char *at = a->ran_on ? a->ran_on : "";
	char name[16];
	unsigned int pools;
	int length;

	while (sscanf(at, " %15[^/]/pools:%u%n", name, &pools, &length) == 2) {
		if (strcmp(name, p->name) == 0 && (!npools || pools == npools))
			return true;
		at += length;
	}
	return false;
}

const struct platform *platform_home(const struct iommu_allocator *a)
{
	for (size_t i = 0; i < COUNT; i++) {
		if (platform_ran(&table[i], a, 0))
			return &table[i];
	}
	return &table[0];
}
