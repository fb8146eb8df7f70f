// SPDX-License-Identifier: GPL-2.0-or-later
/* Coherent caches under random accesses: states that must hold, and CPUs that are parked. */
#include "unit/sim/sim_memory.h"

static struct {
	uint64_t random;
	unsigned int lines, accesses;
	char wrong[200]; /* the first */
} r;

static bool has(const struct cache *cache, unsigned int line)
{
	const uint64_t *set = cache_set(cache, line);
	unsigned int found = 0;

	for (unsigned int i = 0; i < cache->ways; i++)
		found += set[i] == memory_copy(line);
	if (found > 1)
		snprintf(r.wrong, sizeof(r.wrong), "line %u is twice in a cache", line);
	return found;
}

static void check_line(unsigned int line)
{
	const struct line *l = &sim_memory.line[line];
	unsigned int holders = 0, last = 0;

	for (unsigned int core = 0; core < machine_cores(&machine); core++) {
		bool l1 = has(&sim_memory.l1[core], line);
		bool any = sim_memory.l2 ? has(&sim_memory.l2[core], line) : l1;

		if (l1 && !any)
			snprintf(r.wrong, sizeof(r.wrong), "line %u is in core %u's L1 only", line,
				 core);
		if (any && machine_distance(&machine, l->first, core) > l->spread)
			snprintf(r.wrong, sizeof(r.wrong), "line %u: core %u is beyond its spread",
				 line, core);
		holders += any;
		last = any ? core : last;
	}
	if (holders != l->holders)
		snprintf(r.wrong, sizeof(r.wrong), "line %u: %u copies, %u holders", line, holders,
			 l->holders);
	if (l->owner && (holders != 1 || l->owner != last + 1))
		snprintf(r.wrong, sizeof(r.wrong), "line %u: owner %u, %u holders, the last %u",
			 line, l->owner, holders, last + 1);
}

static uint64_t any_latency(uint64_t latency, unsigned int part)
{
	(void)part;
	return latency / 2 + random_below(&r.random, latency + 1);
}

static void random_main(void *arg)
{
	struct vcpu *c = arg;

	for (unsigned int i = 0; i < r.accesses; i++) {
		const unsigned int line = (unsigned int)random_below(&r.random, r.lines);
		const uint64_t before = c->clock;

		access_line("rrrwa"[random_below(&r.random, 5)], line);
		if (c->clock < before)
			snprintf(r.wrong, sizeof(r.wrong), "CPU %u went back in time", c->id);
		check_line(line);
		for (unsigned int all = 0; i % 100 == 0 && all < r.lines; all++)
			check_line(all);
		if (r.wrong[0])
			sched_abort();
		c->clock += random_below(&r.random, 3) ? 0 : random_below(&r.random, 3000);
	}
}

static void test_states(void **state)
{
	static const char *const shapes[] = {
		"",
		"l1_ways=1 l2_ways=2",
		"l2_kib=0 l2_ways=0",
		"llc_kib=0 llc_ways=0",
		"l2_kib=0 l2_ways=0 llc_kib=0 llc_ways=0",
		"l1_kib=2 l1_ways=4 l2_kib=1",
		"cores_per_llc=12 llcs_per_node=1",
		"threads_per_core=1 cores_per_llc=24 llcs_per_node=1",
		"line_busy_ps=0 store_buffer=1",
		"l2_ps=0 llc_ps=0 transfer_ps=0 memory_ps=0",
	};
	static const unsigned int lines[] = {2, 12, 60, 250};

	(void)state;
	if (!simulated_memory())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(shapes) * ARRAY_SIZE(lines); i++) {
		open_machine(shapes[i / ARRAY_SIZE(lines)], TINY_CPUS);
		r.random = i + 1;
		r.lines = lines[i % ARRAY_SIZE(lines)];
		r.accesses = 300;
		sim_memory.jitter = any_latency;
		for (unsigned int c = 0; c < TINY_CPUS; c++) {
			cpus[c].main = random_main;
			cpus[c].arg = &cpus[c];
		}
		r.wrong[0] = '\0';
		CHECK(sched_run(cpus, TINY_CPUS, stacks, STACK_SIZE), "%s, %u lines: %s",
		      shapes[i / ARRAY_SIZE(lines)], r.lines, r.wrong);
		memory_close();
	}
}

/* ---- parked CPUs: as if each poll had been simulated ---- */

#define TURNS 300
#define RELAX 130 /* there are many polls in a memory access */

static struct {
	unsigned int turn; /* whose it is, modulo count */
	unsigned int count;
	bool own_lines; /* each polls a line of its own, or all the same */
} game;

static unsigned int polled_line(unsigned int cpu)
{
	return game.own_lines ? 32 + cpu : 32;
}

/* The others: whoever has the turn reads and writes here and there, and hands it on. */
static void game_main(void *arg)
{
	struct vcpu *c = arg;

	for (unsigned int t = c->id; t < TURNS; t += game.count) {
		uint64_t mine = t + 1;

		while (access_line('r', polled_line(c->id)), game.turn != t) {
			c->clock += RELAX;
			c->counts.basic_blocks += 2;
			parking_relax(c);
		}
		for (unsigned int n = random_below(&mine, 6) ? 3 : 40; n; n--) {
			access_line("rrwa"[random_below(&mine, 4)],
				    (unsigned int)random_below(&mine, 70));
			c->clock += random_below(&mine, 100);
		}
		coherence_write(
			memory + ((size_t)polled_line((t + 1) % game.count) << machine.line_shift),
			random_below(&mine, 2));
		game.turn = t + 1;
	}
}

static void play(const char *changes, unsigned int count, bool own_lines, bool polling,
		 struct vcpu *after)
{
	open_machine(changes, count);
	sim_memory.polling = polling;
	game.turn = 0;
	game.count = count;
	game.own_lines = own_lines;
	for (unsigned int c = 0; c < count; c++) {
		cpus[c].main = game_main;
		cpus[c].arg = &cpus[c];
	}
	assert_true(sched_run(cpus, count, stacks, STACK_SIZE));
	memcpy(after, cpus, sizeof(cpus));
	memory_close();
}

static void test_parking(void **state)
{
	static const char *const shapes[] = {"", "l1_ways=1 l2_ways=1 l1_kib=1 l2_kib=1",
					     "threads_per_core=8 cores_per_llc=3 llcs_per_node=1",
					     "line_busy_ps=0 store_buffer=1", "l2_kib=0 l2_ways=0"};
	static const unsigned int counts[] = {1, 2, 3, 8, 13, 24};
	static struct vcpu parked[TINY_CPUS], polled[TINY_CPUS];
	uint64_t computed = 0;

	(void)state;
	if (!simulated_memory())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(shapes) * ARRAY_SIZE(counts) * 2; i++) {
		const char *shape = shapes[i / 2 / ARRAY_SIZE(counts)];
		const unsigned int count = counts[i / 2 % ARRAY_SIZE(counts)];

		play(shape, count, i % 2, false, parked);
		play(shape, count, i % 2, true, polled);
		for (unsigned int c = 0; c < count; c++) {
			CHECK(parked[c].clock == polled[c].clock, "%s, %u CPUs: CPU %u's clock",
			      shape, count, c);
			CHECK(memcmp(&parked[c].counts, &polled[c].counts,
				     sizeof(polled[c].counts)) == 0,
			      "%s, %u CPUs: CPU %u's counts", shape, count, c);
			assert_int_equal(polled[c].computed, 0);
			computed += parked[c].computed;
		}
	}
	assert_true(computed > 10000);
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
		cmocka_unit_test_teardown(test_states, close_machine),
		cmocka_unit_test_teardown(test_parking, close_machine),
	};

	return cmocka_run_group_tests_name("sim_states", tests, set_up, tear_down);
}
