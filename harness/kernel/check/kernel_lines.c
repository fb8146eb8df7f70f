// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kernel-lines K-NAME: simulates the same requests on our counterpart of a kernel tree's allocator and on that, and
 * counts the cache lines of its map that each operation touches and writes. A line for each number of pools. Exit
 * status 0: as many everywhere, 1: not, 2: wrong usage.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel/check/check_trace.h"

#include "base/random.h"
#include "device/profile.h"
#include "plan/variant.h"
#include "sim/coherence.h"
#include "sim/hooks.h"
#include "sim/machine.h"
#include "sim/memory.h"

/* 64-byte lines. */
#define PROFILE    "sun4v-t5-2"
#define STACK_SIZE 65536
/* So few that they come round. */
#define ENTRIES 1024UL
#define CPUS    16
/* Of one page; so many of them are live. */
#define OPERATIONS 4000
#define LIVE       300

/* Of one operation. */
struct lines {
	unsigned int touched, written;
	unsigned int globals; /* touched, of the kernel's variables beside the map */
};

struct subject {
	const struct iommu_allocator *a;
	struct iommu_geometry geometry;
	struct iommu_map *map;
	size_t bytes;
	struct lines lines[OPERATIONS];
	uint64_t flushes;
};

static void *stack;
/* What is recorded of the locks, which nobody reads. */
static struct lockstat stats[LOCKSTAT_CLASSES];
static struct lockstat_thread holds = {.stats = stats};

static void count_flush(void *flushes)
{
	++*(uint64_t *)flushes;
}

static uint64_t all_lines(void)
{
	return (sim_memory.bytes + sim_memory.globals_bytes) >> sim_memory.shift;
}

/* No cache has a line, and nobody has touched one. */
static void forget_all(void)
{
	for (uint64_t i = 0; i < all_lines(); i++)
		sim_memory.line[i] = (struct line){.version = sim_memory.line[i].version + 1};
}

static struct lines count_lines(const struct subject *s)
{
	const uint64_t first = ((uintptr_t)s->map - MEMORY_BASE) >> sim_memory.shift;
	const uint64_t end = first + (s->bytes >> sim_memory.shift);
	struct lines lines = {0};

	for (uint64_t i = 0; i < all_lines(); i++) {
		const struct line *l = &sim_memory.line[i];

		/* Its home is who fetched it first. */
		if (!l->home)
			continue;
		if (i >= sim_memory.bytes >> sim_memory.shift)
			lines.globals++;
		if (i < first || i >= end)
			continue;
		lines.touched++;
		lines.written += l->writer != 0;
	}
	return lines;
}

/* Allocs and, once enough are live, frees of the oldest, by random CPU numbers. */
static void operate(void *arg)
{
	struct subject *s = arg;
	unsigned long ring[LIVE];
	uint64_t random = 1;

	for (unsigned int i = 0, allocs = 0, frees = 0; i < OPERATIONS; i++) {
		const unsigned int cpu = (unsigned int)(random_next(&random) % CPUS);

		forget_all();
		if (allocs - frees == LIVE || (allocs > frees && random_next(&random) % 8 == 0)) {
			s->a->free(s->map, cpu, ring[frees++ % LIVE], 1);
			s->lines[i] = count_lines(s);
			continue;
		}
		ring[allocs % LIVE] = s->a->alloc(s->map, cpu, 1, 0, NULL, &iommu_any_device);
		s->lines[i] = count_lines(s);
		if (ring[allocs % LIVE] != IOMMU_FAIL)
			allocs++;
	}
}

static int simulate(struct subject *s, const struct machine *machine, struct error *e)
{
	struct vcpu cpu = {.main = operate, .arg = s};
	struct iommu_arena arena;
	int err;

	s->bytes = s->a->size(&s->geometry);
	err = memory_open(machine, &cpu, 1, s->bytes + (1 << 18), e);
	if (!err) {
		arena.left = s->bytes;
		arena.next = memory_alloc(arena.left);
		s->map = s->a->init(&arena, &s->geometry, count_flush, &s->flushes);
		sim_locks_use(&holds, 0);
		if (!s->map || !sched_run(&cpu, 1, stack, STACK_SIZE))
			err = error_set(e, "%s cannot be simulated", s->a->name);
	}
	memory_close();
	return err;
}

static void tell(const struct subject *s)
{
	double touched = 0, written = 0, globals = 0;

	for (unsigned int i = 0; i < OPERATIONS; i++) {
		touched += s->lines[i].touched;
		written += s->lines[i].written;
		globals += s->lines[i].globals;
	}
	printf("%s/pools:%u touches %.3f cache lines of its map an operation, writes %.3f",
	       s->a->name, s->geometry.npools, touched / OPERATIONS, written / OPERATIONS);
	if (globals > 0)
		printf(" (and touches %.3f of global variables)", globals / OPERATIONS);
}

/* 0: as many, 1: not; or -EINVAL. */
static int compare(struct subject *s, const struct machine *machine, struct error *e)
{
	unsigned int first = 0;
	int err = 0;

	for (int side = OURS; !err && side < BOTH; side++)
		err = simulate(&s[side], machine, e);
	if (err)
		return err;
	while (first < OPERATIONS &&
	       s[OURS].lines[first].touched == s[KERNELS].lines[first].touched &&
	       s[OURS].lines[first].written == s[KERNELS].lines[first].written)
		first++;
	tell(&s[OURS]);
	fputs(first == OPERATIONS ? ", in each as many as " : "; ", stdout);
	tell(&s[KERNELS]);
	if (first != OPERATIONS)
		printf(": they differ from operation %u on", first + 1);
	putchar('\n');
	return first != OPERATIONS;
}

static int compare_all(const struct check_pair *pair, struct subject *s, struct error *e)
{
	struct machine machine;
	struct profile profile;
	int err = profile_load(PROFILE, &profile, e), differ = 0;

	if (!err)
		err = machine_make(&profile, &machine, e);
	for (const unsigned int *pools = pair->of[OURS]->pools; !err && *pools; pools++) {
		const struct iommu_geometry g = {
			.entries = ENTRIES, .npools = *pools, .ncpus = CPUS};

		if (!variant_takes(pair->of[KERNELS], *pools) || pair->of[OURS]->check(&g) ||
		    pair->of[KERNELS]->check(&g))
			continue;
		for (int side = OURS; side < BOTH; side++) {
			s[side].a = pair->of[side];
			s[side].geometry = g;
		}
		err = compare(s, &machine, e);
		if (err > 0) {
			differ = err;
			err = 0;
		}
	}
	return err ? err : differ;
}

int main(int argc, char **argv)
{
	struct check_pair pair = {{NULL}};
	struct subject *subjects = calloc(BOTH, sizeof(*subjects));
	struct error e;
	int status;

	stack = aligned_alloc(64, STACK_SIZE);
	if (argc == 2)
		pair.of[KERNELS] = iommu_allocator_find(argv[1]);
	if (pair.of[KERNELS])
		pair.of[OURS] = check_partner(pair.of[KERNELS]);
	if (!pair.of[OURS])
		status = error_set(&e, "usage: kernel-lines K-NAME, one that has a counterpart");
	else if (!stack || !subjects)
		status = error_set(&e, "no memory to simulate");
	else
		status = compare_all(&pair, subjects, &e);
	free(subjects);
	free(stack);
	if (status < 0) {
		fprintf(stderr, "kernel-lines: %s\n", e.text);
		return 2;
	}
	return status;
}
