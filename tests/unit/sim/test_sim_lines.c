// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which cache lines of its map an operation touches: from two CPUs on that decides what it costs, so they are
 * those of the code that the allocator is named after, and no others but the header's.
 *
 * A line is written as the part of the map it is in and its number there: h is the header, s the struct named
 * after upstream (or what stands in its place), b the bitmap, l the second one, of stale or lazy entries. With a *
 * it is written to. Offsets in the structs of upstream say where each field must be.
 */
#include "unit/sim/sim_tiny.h"

#include "sim/coherence.h"
#include "sim/hooks.h"

#define STACK_SIZE 16384
#define ENTRIES    8192UL

struct lines_case {
	const char *allocator;
	unsigned int npools;
	const char *profile; /* whose lines: 64 bytes, of power8 128 */
	unsigned int cpu;
	const char *alloc, *free; /* one page; the lines expected */
};

/*
 * Found by hand from upstream's offsets: e.g. in pooled nr_pools is at 16, poolsize at 32, pool i's start, end and hint
 * are at 40 + 32 i and its lock 24 behind, flags at 552, map at 592. CPU 1 starts in pool 6 of 16, pool 1 of ppc's 4.
 */
static const struct lines_case cases[] = {
	{"sun4u", 1, "sun4v-t5-2", 1, "h0 s0* b1*", "h0 s0* b1*"},
	{"sun4u", 1, "power8", 1, "h0 s0* b0*", "h0 s0* b0*"},
	{"pooled", 1, "sun4v-t5-2", 1, "h0 s0* s1* s8 s9 b1*", "h0 s0 s1* s8 s9 b1*"},
	{"pooled", 1, "power8", 1, "h0 s0* s4 b0*", "h0 s0* s4 b0*"},
	{"pooled", 16, "sun4v-t5-2", 0, "h0 s0* s1* s8 s9 b0*", "h0 s0 s1* s8 s9 b0*"},
	{"pooled", 16, "sun4v-t5-2", 1, "h0 s0 s3* s4* s8 s9 b6*", "h0 s0 s4* s8 s9 b6*"},
	{"pooled", 16, "power8", 1, "h0 s0 s1* s2* s4 b3*", "h0 s0 s2* s4 b3*"},
	{"pooled-padded", 1, "sun4v-t5-2", 1, "h0 s0 s1* s17 s19 b1*", "h0 s0 s1* s17 s19 b1*"},
	{"pooled-padded", 16, "sun4v-t5-2", 1, "h0 s0 s7* s17 s19 b6*", "h0 s0 s7* s17 s19 b6*"},
	{"ppc", 4, "sun4v-t5-2", 1, "h0 s0 s1 s6* s12 b3*", "h0 s0 s1 s2 s6* s12 b3*"},
	{"ppc", 4, "power8", 1, "h0 s0 s3* s6 b1*", "h0 s0 s1 s3* s6 b1*"},
	{"gart", 1, "sun4v-t5-2", 1, "h0 s0* s1 b1*", "h0 s0* b1*"},
	{"gart", 1, "power8", 1, "h0 s0* b0*", "h0 s0* b0*"},
	{"s390", 1, "sun4v-t5-2", 1, "h0 s0* s2 b1*", "h0 s0* l1*"},
	{"s390", 1, "power8", 1, "h0 s0* s1 b0*", "h0 s0* l0*"},
	{"stale-local", 1, "sun4v-t5-2", 1, "h0 s0 s2* b1*", "h0 s0 s2* l1*"},
	{"stale-local", 16, "sun4v-t5-2", 1, "h0 s0 s14* b6*", "h0 s0 s14* l6*"},
	{"stale-local", 16, "power8", 1, "h0 s0 s7* b3*", "h0 s0 s7* l3*"},
};

static const char *const two_bitmaps[] = {"s390", NULL}, *const three_bitmaps[] = {"stale-local",
										   NULL};

struct subject {
	const struct lines_case *test;
	const struct iommu_allocator *a;
	struct iommu_geometry g;
	struct iommu_map *map;
	char seen[2][200]; /* of alloc, of free */
};

static void *stacks;
/* What is recorded of the locks, which nobody reads. */
static struct lockstat stats[LOCKSTAT_CLASSES];
static struct lockstat_thread holds = {.stats = stats};

static bool is_in(const char *name, const char *const *names)
{
	while (*names && strcmp(*names, name) != 0)
		names++;
	return *names;
}

/* No cache has a line, and nobody has touched one. */
static void forget_all(void)
{
	for (uint64_t i = 0; i < sim_memory.bytes >> sim_memory.shift; i++)
		sim_memory.line[i] = (struct line){.version = sim_memory.line[i].version + 1};
}

/* Writes down the lines that were touched since. */
static void tell(const struct subject *s, char *text, size_t size)
{
	const size_t bitmap = iommu_arena_room(ENTRIES / 8);
	const size_t count = is_in(s->test->allocator, three_bitmaps) ? 3 :
			     is_in(s->test->allocator, two_bitmaps)   ? 2 :
									1;
	const size_t begin[] = {0, sizeof(struct iommu_map), s->a->size(&s->g) - count * bitmap};
	const size_t line_bytes = (size_t)1 << sim_memory.shift;

	text[0] = '\0';
	for (size_t i = 0; i < sim_memory.bytes >> sim_memory.shift; i++) {
		const struct line *l = &sim_memory.line[i];
		const size_t at = i * line_bytes - ((uintptr_t)s->map - MEMORY_BASE);
		size_t part = at < begin[1] ? 0 : at < begin[2] ? 1 : 2 + (at - begin[2]) / bitmap;
		size_t from = part < 2 ? begin[part] : begin[2] + (part - 2) * bitmap;

		/* Its home is who fetched it first. */
		if (!l->home)
			continue;
		snprintf(text + strlen(text), size - strlen(text), "%s%c%zu%s", *text ? " " : "",
			 "hsbl?"[part < 4 ? part : 4], (at - from) / line_bytes,
			 l->writer ? "*" : "");
	}
}

static void flush(void *arg)
{
	(void)arg;
}

/* One page each way, after enough to be in the middle of the map. */
static void operate(void *arg)
{
	struct subject *s = arg;
	const unsigned int cpu = s->test->cpu;
	unsigned long entry;

	for (int i = s->g.npools == 1 ? 600 : 20; i; i--)
		s->a->alloc(s->map, cpu, 1, 0, NULL, &iommu_any_device);
	forget_all();
	entry = s->a->alloc(s->map, cpu, 1, 0, NULL, &iommu_any_device);
	tell(s, s->seen[0], sizeof(s->seen[0]));
	forget_all();
	s->a->free(s->map, cpu, entry, 1);
	tell(s, s->seen[1], sizeof(s->seen[1]));
}

static void run_case(const struct lines_case *t, enum lock_kind lock)
{
	struct subject s = {.test = t, .a = iommu_allocator_find(t->allocator)};
	struct vcpu cpu = {.main = operate, .arg = &s};
	struct iommu_arena arena;
	struct machine machine;
	struct profile p;
	struct error e;

	assert_non_null(s.a);
	assert_int_equal(profile_load(t->profile, &p, &e), 0);
	assert_int_equal(machine_make(&p, &machine, &e), 0);
	s.g = plain_geometry(ENTRIES, t->npools);
	s.g.lock_kind = lock;
	CHECK(memory_open(&machine, &cpu, 1, 1 << 18, &e) == 0, "%s", e.text);
	arena.left = s.a->size(&s.g);
	arena.next = memory_alloc(arena.left);
	assert_non_null(arena.next);
	s.map = s.a->init(&arena, &s.g, flush, NULL);
	sim_locks_use(&holds, 0);
	assert_true(sched_run(&cpu, 1, stacks, STACK_SIZE));
	memory_close();
	if (strcmp(s.seen[0], t->alloc) != 0 || strcmp(s.seen[1], t->free) != 0)
		print_error("%s, %u pools, lines of %s, lock %d:\n", t->allocator, t->npools,
			    t->profile, lock);
	assert_string_equal(s.seen[0], t->alloc);
	assert_string_equal(s.seen[1], t->free);
}

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		for (enum lock_kind lock = LOCK_TAS; lock <= LOCK_QUEUED; lock++)
			run_case(&cases[i], lock);
	}
}

static int close_machine(void **state)
{
	(void)state;
	memory_close();
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	stacks = aligned_alloc(64, STACK_SIZE);
	return stacks ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	free(stacks);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_lines, close_machine),
	};

	return cmocka_run_group_tests_name("sim_lines", tests, set_up, tear_down);
}
