// SPDX-License-Identifier: GPL-2.0-or-later
/* Coherent caches: latencies, counts and states as one finds them by hand (sim_tiny.h). */
#include "unit/sim/sim_memory.h"

#define STEPS_MAX 512
#define ANY       UINT64_MAX /* whatever it takes */

/* An access of a CPU, that begins at @at or when those before are done, and takes so long. */
struct step {
	unsigned int cpu;
	uint64_t at;
	char what; /* read, write, atomic */
	unsigned int line;
	uint64_t takes;
};

static struct {
	const struct step *step;
	size_t count;
	uint64_t took[STEPS_MAX];
} script;

static void script_main(void *arg)
{
	struct vcpu *c = arg;

	for (size_t i = 0; i < script.count; i++) {
		const struct step *s = &script.step[i];
		uint64_t begin;

		if (s->cpu != c->id)
			continue;
		if (c->clock < s->at)
			c->clock = s->at;
		sched_order(c);
		begin = c->clock;
		access_line(s->what, s->line);
		script.took[i] = c->clock - begin;
	}
}

static void run_cpus(unsigned int count, void (*main)(void *))
{
	for (unsigned int i = 0; i < count; i++) {
		cpus[i].main = main;
		cpus[i].arg = &cpus[i];
	}
	assert_true(sched_run(cpus, count, stacks, STACK_SIZE));
}

static struct sim_counts total(void)
{
	struct sim_counts t = {0};

	for (unsigned int i = 0; i < TINY_CPUS; i++) {
		t.accesses += cpus[i].counts.accesses;
		t.l1d_misses += cpus[i].counts.l1d_misses;
		t.llc_misses += cpus[i].counts.llc_misses;
		t.coherence_misses += cpus[i].counts.coherence_misses;
		t.invalidations += cpus[i].counts.invalidations;
	}
	return t;
}

/* l1d, llc and coherence misses, invalidations. */
struct counts {
	uint64_t l1d, llc, coherence, invalidations;
};

static void check_script(const char *changes, const struct step *step, size_t count,
			 struct counts expected)
{
	struct sim_counts t;

	assert_true(count <= STEPS_MAX);
	open_machine(changes, TINY_CPUS);
	script.step = step;
	script.count = count;
	run_cpus(TINY_CPUS, script_main);
	t = total();
	for (size_t i = 0; i < count; i++)
		CHECK(step[i].takes == ANY || script.took[i] == step[i].takes,
		      "step %zu (CPU %u %c line %u at %llu) took %llu, not %llu", i, step[i].cpu,
		      step[i].what, step[i].line, (unsigned long long)step[i].at,
		      (unsigned long long)script.took[i], (unsigned long long)step[i].takes);
	assert_int_equal(t.accesses, count);
	assert_int_equal(t.l1d_misses, expected.l1d);
	assert_int_equal(t.llc_misses, expected.llc);
	assert_int_equal(t.coherence_misses, expected.coherence);
	assert_int_equal(t.invalidations, expected.invalidations);
	memory_close();
}

#define SCRIPT(expected, ...)                                                \
	do {                                                                 \
		static const struct step s[] = {__VA_ARGS__};                \
		check_script("", s, ARRAY_SIZE(s), (struct counts)expected); \
	} while (0)
#define COUNTS(...)         \
	{                   \
		__VA_ARGS__ \
	}

static void test_where_a_read_is_served(void **state)
{
	(void)state;
	if (!simulated_memory())
		skip();
	SCRIPT(COUNTS(.l1d = 6, .llc = 1), {0, 0, 'r', 0, TINY_MEMORY}, /* nobody has it */
	       {0, 20000, 'r', 0, 0},                                   /* its own L1 */
	       {1, 30000, 'r', 0, TINY_NEAR}, /* only core 0 has it: it must be asked */
	       {2, 40000, 'r', 0, TINY_LLC},  /* now the shared cache will do */
	       {3, 50000, 'r', 0, TINY_FAR},  /* which is not core 3's */
	       {4, 60000, 'r', 0, TINY_LLC}, {6, 70000, 'r', 0, TINY_REMOTE},
	       {12, 80000, 'r', 0, 0}); /* core 0's second thread */
}

/* Going round a set of lines, least recently used first out: it fits a cache or always misses. */
static void test_capacity(void **state)
{
	static const struct {
		unsigned int lines;
		uint64_t again;
		struct counts counts;
	} sets[] = {
		{4, 0, {.l1d = 4, .llc = 4}},
		{8, TINY_L2, {.l1d = 16, .llc = 8}},
		{12, TINY_LLC, {.l1d = 24, .llc = 12}},
		{40, TINY_MEMORY, {.l1d = 80, .llc = 80}},
	};
	struct step step[STEPS_MAX];

	(void)state;
	if (!simulated_memory())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		for (unsigned int n = 0; n < 2 * sets[i].lines; n++)
			step[n] = (struct step){0, 0, 'r', n % sets[i].lines,
						n < sets[i].lines ? TINY_MEMORY : sets[i].again};
		check_script("", step, 2 * sets[i].lines, sets[i].counts);
	}
	/* The one used last stays: 0 and 2 and 4 share a set of two ways. */
	SCRIPT(COUNTS(.l1d = 4, .llc = 3), {0, 0, 'r', 0, ANY}, {0, 0, 'r', 2, ANY},
	       {0, 0, 'r', 0, 0}, {0, 0, 'r', 4, ANY}, {0, 0, 'r', 0, 0}, {0, 0, 'r', 2, TINY_L2});
	/* Without L2 and LLC memory is next, but another core may still have it. */
	{
		static const struct step s[] = {
			{0, 0, 'r', 0, TINY_MEMORY},    {0, 0, 'r', 2, TINY_MEMORY},
			{0, 0, 'r', 4, TINY_MEMORY},    {0, 0, 'r', 0, TINY_MEMORY},
			{1, 100000, 'r', 0, TINY_NEAR}, {2, 200000, 'r', 0, TINY_NEAR},
		};

		check_script("l2_kib=0 l2_ways=0 llc_kib=0 llc_ways=0", s, ARRAY_SIZE(s),
			     (struct counts){.l1d = 6, .llc = 4});
	}
}

/* Its home serves one reader after the other. */
static void test_readers_queue(void **state)
{
	(void)state;
	if (!simulated_memory())
		skip();
	SCRIPT(COUNTS(.l1d = 6, .llc = 1), {0, 0, 'r', 0, TINY_MEMORY},
	       {1, 20000, 'r', 0, TINY_NEAR}, {2, 100000, 'r', 0, TINY_LLC},
	       {3, 100000, 'r', 0, TINY_BUSY + TINY_FAR},
	       {4, 100000, 'r', 0, 2 * TINY_BUSY + TINY_LLC},
	       {5, 100000, 'r', 0, 3 * TINY_BUSY + TINY_LLC});
	/* Other lines do not. */
	SCRIPT(COUNTS(.l1d = 3, .llc = 3), {0, 0, 'r', 0, TINY_MEMORY}, {1, 0, 'r', 1, TINY_MEMORY},
	       {2, 0, 'r', 2, TINY_MEMORY});
}

/*
 * A dirty line goes from core to core: the request to its home (a quarter of the latency), on to
 * the owner (a quarter), the data back (half). The home takes the next when the one before has
 * the data and its atomic is done.
 */
static void test_writers_queue(void **state)
{
	enum { HELD = TINY_NEAR / 2 + TINY_ATOMIC, FIRST = TINY_NEAR + TINY_ATOMIC };

	(void)state;
	if (!simulated_memory())
		skip();
	SCRIPT(COUNTS(.l1d = 5, .llc = 1, .coherence = 1, .invalidations = 4),
	       {0, 0, 'a', 0, TINY_MEMORY + TINY_ATOMIC}, {0, 50000, 'a', 0, TINY_ATOMIC},
	       {1, 100000, 'a', 0, FIRST}, {2, 100000, 'a', 0, FIRST + HELD},
	       /* Its request needs longer to get home: 1000 ps, when two are before it. */
	       {3, 100000, 'a', 0, TINY_NEAR / 4 + 2 * HELD + TINY_FAR * 3 / 4 + TINY_ATOMIC},
	       {0, 200000, 'r', 0, TINY_FAR});
}

static void test_upgrade(void **state)
{
	(void)state;
	if (!simulated_memory())
		skip();
	/* All others must let go of it: as far as the farthest. */
	SCRIPT(COUNTS(.l1d = 3, .llc = 1, .coherence = 1, .invalidations = 2), {0, 0, 'r', 0, ANY},
	       {1, 20000, 'r', 0, ANY}, {0, 40000, 'a', 0, TINY_NEAR + TINY_ATOMIC},
	       {1, 60000, 'r', 0, TINY_NEAR});
	SCRIPT(COUNTS(.l1d = 4, .llc = 1, .coherence = 1, .invalidations = 3), {0, 0, 'r', 0, ANY},
	       {1, 20000, 'r', 0, ANY}, {6, 40000, 'r', 0, ANY},
	       {1, 60000, 'a', 0, TINY_REMOTE + TINY_ATOMIC}, {6, 80000, 'r', 0, TINY_REMOTE});
	/* The only one that has it need not ask. */
	SCRIPT(COUNTS(.l1d = 1, .llc = 1), {0, 0, 'r', 0, ANY}, {0, 20000, 'w', 0, 0},
	       {0, 40000, 'a', 0, TINY_ATOMIC});
}

static void test_store_buffer(void **state)
{
	(void)state;
	if (!simulated_memory())
		skip();
	SCRIPT(COUNTS(.l1d = 7, .llc = 3, .invalidations = 4), {1, 0, 'a', 0, ANY},
	       {1, 0, 'a', 1, ANY}, {1, 0, 'a', 2, ANY},
	       /* Two are under way at once. */
	       {0, 100000, 'w', 0, 0}, {0, 0, 'w', 1, 0},
	       /* The third waits till the first is done, but not for itself. */
	       {0, 0, 'w', 2, TINY_NEAR}, {0, 0, 'r', 0, 0},
	       /* An atomic waits for all of them. */
	       {0, 0, 'a', 1, TINY_NEAR + TINY_ATOMIC},
	       /* Who reads it meanwhile: home at 500, which is free when CPU 0 has the data. */
	       {2, 100000, 'r', 0, TINY_NEAR / 4 + TINY_NEAR / 2 + TINY_NEAR * 3 / 4});
}

static void test_invalidations(void **state)
{
	(void)state;
	if (!simulated_memory())
		skip();
	/* The write takes four copies away, the first to read it the writer's. */
	SCRIPT(COUNTS(.l1d = 10, .llc = 1, .coherence = 5, .invalidations = 5), {0, 0, 'r', 0, ANY},
	       {1, 20000, 'r', 0, ANY}, {2, 40000, 'r', 0, ANY}, {3, 60000, 'r', 0, ANY},
	       {6, 80000, 'r', 0, ANY}, {1, 100000, 'w', 0, 0}, {0, 120000, 'r', 0, ANY},
	       {2, 140000, 'r', 0, ANY}, {3, 160000, 'r', 0, ANY}, {6, 180000, 'r', 0, ANY},
	       {1, 200000, 'r', 0, TINY_LLC});
}

/* What was written goes to the first that reads it, for it to write; a second one shares it. */
static void test_migratory(void **state)
{
	(void)state;
	if (!simulated_memory())
		skip();
	SCRIPT(COUNTS(.l1d = 4, .llc = 1, .coherence = 1, .invalidations = 2), {0, 0, 'a', 0, ANY},
	       {1, 20000, 'r', 0, TINY_NEAR}, {1, 40000, 'w', 0, 0},
	       {1, 50000, 'a', 0, TINY_ATOMIC}, {0, 60000, 'r', 0, TINY_NEAR},
	       {2, 80000, 'r', 0, TINY_NEAR}, {0, 90000, 'r', 0, 0});
	/* The one that wrote it last gets it back for itself, too. */
	SCRIPT(COUNTS(.l1d = 4, .llc = 1, .coherence = 2, .invalidations = 2), {0, 0, 'a', 0, ANY},
	       {1, 20000, 'r', 0, TINY_NEAR}, {0, 40000, 'r', 0, TINY_NEAR},
	       {1, 60000, 'r', 0, TINY_NEAR}, {0, 80000, 'r', 0, 0});
}

/* Memory is at the node that touched it first. */
static void test_memory_of_a_node(void **state)
{
	struct step step[STEPS_MAX];
	size_t n = 0;

	(void)state;
	if (!simulated_memory())
		skip();
	for (unsigned int line = 0; line < 40; line++)
		step[n++] = (struct step){0, 0, 'r', line, TINY_MEMORY};
	for (unsigned int line = 100; line < 140; line++)
		step[n++] = (struct step){6, 0, 'r', line, TINY_MEMORY};
	step[n++] = (struct step){6, 2000000, 'r', 0, TINY_MEMORY_REMOTE};
	step[n++] = (struct step){3, 2000000, 'r', 1, TINY_MEMORY};
	step[n++] = (struct step){0, 2000000, 'r', 100, TINY_MEMORY_REMOTE};
	step[n++] = (struct step){9, 2000000, 'r', 101, TINY_MEMORY};
	check_script("", step, n, (struct counts){.l1d = n, .llc = n});
}

static void test_siblings(void **state)
{
	(void)state;
	if (!simulated_memory())
		skip();
	SCRIPT(COUNTS(.l1d = 2, .llc = 1, .coherence = 0, .invalidations = 1), {0, 0, 'a', 0, ANY},
	       {12, 20000, 'w', 0, 0}, {0, 30000, 'r', 0, 0}, {12, 40000, 'a', 0, TINY_ATOMIC},
	       {13, 60000, 'a', 0, TINY_NEAR + TINY_ATOMIC}, {1, 80000, 'w', 0, 0});
	/* More threads of a core than its pipelines take turns. */
	open_machine("", 13);
	for (unsigned int i = 0; i < 13; i++)
		assert_int_equal(cpus[i].block_ps, i % 12 ? TINY_BLOCK : 2 * TINY_BLOCK);
	memory_close();
	open_machine("issue_threads=2", 24);
	for (unsigned int i = 0; i < 24; i++)
		assert_int_equal(cpus[i].block_ps, TINY_BLOCK);
	memory_close();
}

static void outside_main(void *arg)
{
	static uint64_t not_simulated;

	(void)arg;
	coherence_read(&not_simulated);
	coherence_write(&not_simulated, true);
	coherence_read(memory - 1);
	coherence_read(memory + ((size_t)LINES << machine.line_shift));
}

static void test_other_memory(void **state)
{
	(void)state;
	if (!simulated_memory())
		skip();
	open_machine("", 1);
	run_cpus(1, outside_main);
	assert_int_equal(cpus[0].clock, 0);
	assert_int_equal(total().accesses, 0);
	/* Nor outside of a run. */
	coherence_read(memory);
	coherence_write(memory, true);
	memory_close();
}

static void test_alloc(void **state)
{
	char changes[60];
	struct error e;

	(void)state;
	if (!simulated_memory())
		skip();
	for (unsigned int bytes = 16; bytes <= 1024; bytes *= 2) {
		char *a, *b;

		snprintf(changes, sizeof(changes), "l1_kib=8 l2_kib=8 llc_kib=8 line_bytes=%u",
			 bytes);
		tiny_make(changes, &machine);
		assert_int_equal(memory_open(&machine, cpus, 1, 10000, &e), 0);
		a = memory_alloc(1);
		b = memory_alloc(300);
		assert_int_equal((uintptr_t)a, MEMORY_BASE);
		CHECK((uintptr_t)a >> machine.line_shift != (uintptr_t)b >> machine.line_shift,
		      "allocations share a line of %u bytes", bytes);
		for (int i = 0; i < 300; i++)
			assert_int_equal(b[i], 0);
		memset(b, 1, 300);
		assert_null(memory_alloc(16384));
		assert_null(memory_alloc(MEMORY_SIZE_MAX));
		memory_close();
	}
	/* Too much is refused, and what was refused can be closed. */
	assert_true(memory_open(&machine, cpus, 1, MEMORY_SIZE_MAX + 1, &e) < 0);
	assert_non_null(strstr(e.text, "simulated memory"));
	memory_close();
	memory_close();
}

/* After a test that failed, too. */
static int close_machine(void **state)
{
	(void)state;
	memory_close();
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	if (!simulated_memory())
		print_message("skipped: its memory lies where the address sanitizer has its own\n");
	stacks = aligned_alloc(64, (size_t)TINY_CPUS * STACK_SIZE);
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
		cmocka_unit_test_teardown(test_where_a_read_is_served, close_machine),
		cmocka_unit_test_teardown(test_capacity, close_machine),
		cmocka_unit_test_teardown(test_readers_queue, close_machine),
		cmocka_unit_test_teardown(test_writers_queue, close_machine),
		cmocka_unit_test_teardown(test_upgrade, close_machine),
		cmocka_unit_test_teardown(test_store_buffer, close_machine),
		cmocka_unit_test_teardown(test_invalidations, close_machine),
		cmocka_unit_test_teardown(test_migratory, close_machine),
		cmocka_unit_test_teardown(test_memory_of_a_node, close_machine),
		cmocka_unit_test_teardown(test_siblings, close_machine),
		cmocka_unit_test_teardown(test_other_memory, close_machine),
		cmocka_unit_test_teardown(test_alloc, close_machine),
	};

	return cmocka_run_group_tests_name("sim_coherence", tests, set_up, tear_down);
}
