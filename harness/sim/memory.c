// SPDX-License-Identifier: GPL-2.0-or-later
/* Sets up empty memory and caches for a simulation, and gives them back after it. */
#include "sim/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "locks/kernel_data.h"

/* No allocation shares a line, or a pair of lines that a CPU might fetch together. */
#define ALIGNMENT_MIN 256

struct sim_memory sim_memory;

/* What was in the kernel code's variables at first: each simulation begins with that. */
static char *globals_at_first;

/* Puts them back, and has them simulated. */
static int take_globals(struct error *e)
{
	struct sim_memory *m = &sim_memory;
	const size_t bytes = kernel_data_bytes();

	if (!bytes)
		return 0;
	if (!globals_at_first) {
		globals_at_first = malloc(bytes);
		if (!globals_at_first)
			return error_set(e, "no memory for kernel code's variables");
		memcpy(globals_at_first, __start_kernel_data, bytes);
	}
	memcpy(__start_kernel_data, globals_at_first, bytes);
	m->globals = (uintptr_t)__start_kernel_data;
	m->globals_bytes = bytes;
	return 0;
}

/* Zeroed pages that are only there when they are touched; NULL if there are none. */
static void *reserve(uint64_t bytes)
{
	struct sim_memory *m = &sim_memory;
	void *pages = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (pages == MAP_FAILED)
		return NULL;
	m->reserved[m->reserved_count].pages = pages;
	m->reserved[m->reserved_count++].bytes = bytes;
	return pages;
}

/* @count caches of one shape; NULL if memory is short. */
static struct cache *make_caches(const struct machine_cache *shape, unsigned int count)
{
	const size_t each = (size_t)shape->sets * shape->ways;
	struct cache *c = reserve(count * sizeof(*c));
	uint64_t *copy = reserve(count * each * sizeof(*copy));

	for (unsigned int i = 0; c && copy && i < count; i++)
		c[i] = (struct cache){
			.copy = copy + i * each, .set_mask = shape->sets - 1, .ways = shape->ways};
	return copy ? c : NULL;
}

static bool make_all_caches(const struct machine *m)
{
	const unsigned int cores = machine_cores(m);

	sim_memory.l1 = make_caches(&m->l1, cores);
	if (m->l2.ways)
		sim_memory.l2 = make_caches(&m->l2, cores);
	if (m->llc.ways)
		sim_memory.llc = make_caches(&m->llc, cores / m->cores_per_llc);
	return sim_memory.l1 && (sim_memory.l2 || !m->l2.ways) && (sim_memory.llc || !m->llc.ways);
}

/* Threads that share a core's pipelines slow each other down when there are more than those. */
static void place(struct vcpu *c, unsigned int id, unsigned int count)
{
	const struct machine *m = sim_memory.machine;
	const unsigned int cores = machine_cores(m);
	unsigned int threads;

	c->id = id;
	c->core = machine_core_of(m, id);
	threads = (count - c->core + cores - 1) / cores;
	c->block_ps = m->block_ps;
	if (threads > m->issue_threads)
		c->block_ps = m->block_ps * threads / m->issue_threads;
}

int memory_open(const struct machine *m, struct vcpu *cpus, unsigned int count, uint64_t bytes,
		struct error *e)
{
	const uint64_t size = (bytes + 4095) / 4096 * 4096;
	uint64_t *stores;
	void *base;

	memset(&sim_memory, 0, sizeof(sim_memory));
	sim_memory.machine = m;
	sim_memory.cpus = cpus;
	sim_memory.shift = m->line_shift;
	if (size > MEMORY_SIZE_MAX)
		return error_set(e,
				 "simulated memory of %llu bytes is more than %llu: fewer CPUs or "
				 "entries",
				 (unsigned long long)size, (unsigned long long)MEMORY_SIZE_MAX);
	/* Always at the same address, or it would depend on chance which cache sets are used. */
	base = mmap((void *)(uintptr_t)MEMORY_BASE, size, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	if (base != (void *)(uintptr_t)MEMORY_BASE)
		return error_set(e, "cannot put simulated memory at %#llx",
				 (unsigned long long)MEMORY_BASE);
	sim_memory.bytes = size;
	if (take_globals(e))
		return -EINVAL;
	sim_memory.line = reserve((((size + sim_memory.globals_bytes) >> m->line_shift) + 1) *
				  sizeof(struct line));
	stores = reserve((uint64_t)count * m->store_buffer * sizeof(*stores));
	if (!sim_memory.line || !stores || !make_all_caches(m))
		return error_set(e, "no memory for %u simulated CPUs", count);
	for (unsigned int i = 0; i < count; i++) {
		place(&cpus[i], i, count);
		cpus[i].store = stores + (size_t)i * m->store_buffer;
	}
	return 0;
}

void memory_close(void)
{
	if (sim_memory.bytes)
		munmap((void *)(uintptr_t)MEMORY_BASE, sim_memory.bytes);
	while (sim_memory.reserved_count) {
		sim_memory.reserved_count--;
		munmap(sim_memory.reserved[sim_memory.reserved_count].pages,
		       sim_memory.reserved[sim_memory.reserved_count].bytes);
	}
	memset(&sim_memory, 0, sizeof(sim_memory));
}

void *memory_alloc(uint64_t bytes)
{
	const uint64_t line = UINT64_C(1) << sim_memory.shift;
	const uint64_t align = line > ALIGNMENT_MIN ? line : ALIGNMENT_MIN;
	const uint64_t size = (bytes + align - 1) / align * align;
	uint64_t at = MEMORY_BASE + sim_memory.used;

	if (size > sim_memory.bytes - sim_memory.used)
		return NULL;
	sim_memory.used += size;
	return (void *)(uintptr_t)at;
}
