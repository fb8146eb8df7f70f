// SPDX-License-Identifier: GPL-2.0-or-later
/* Lock statistics in virtual time: hold and wait of a few acquisitions, followed by hand. */
#include "unit/sim/sim_tiny.h"

#include "sim/coherence.h"
#include "sim/hooks.h"
#include "unit/sim/subjects/hold.h"

#define CPUS       3
#define STACK_SIZE 16384

/* An acquisition; CPUs 0, 1, 2 share a last-level cache. */
struct turn {
	uint64_t at, hold;
	bool flush, unrecorded;
	/* What comes out: when the CPU holds it. */
	uint64_t acquired;
};

static struct machine machine;
static struct vcpu cpus[CPUS];
static struct lockstat_thread holders[CPUS];
static struct lockstat stats[LOCKSTAT_CLASSES];
static void *stacks;
static struct lock *lock[2];
static struct lock_scheme how;
static struct turn turns[CPUS];
static uint64_t acquisitions; /* that were recorded */

/* Basic blocks take no time: how many there are is the compiler's matter. */
static void open_machine(void)
{
	const char *const names[] = {"script", "other"};
	struct error e;

	tiny_make("", &machine);
	machine.block_ps = 0;
	memset(cpus, 0, sizeof(cpus));
	memset(holders, 0, sizeof(holders));
	memset(stats, 0, sizeof(stats));
	acquisitions = 0;
	CHECK(memory_open(&machine, cpus, CPUS, 65536, &e) == 0, "%s", e.text);
	sim_locks_use(holders, 0);
	for (unsigned int i = 0; i < CPUS; i++)
		lockstat_start(&holders[i], (struct lockstat_gaps){1, 1}, 0);
	for (unsigned int l = 0; l < 2; l++)
		lock[l] = memory_alloc(sizeof(*lock[l]));
	assert_int_equal(lockstat_watch(lock[0], (size_t)((char *)(lock[1] + 1) - (char *)lock[0])),
			 0);
	for (unsigned int l = 0; l < 2; l++)
		lockstat_name(lock[l], names[l]);
	how.nodes = memory_alloc(CPUS * sizeof(*how.nodes));
}

static void run_cpus(void (*main)(void *))
{
	for (unsigned int i = 0; i < CPUS; i++) {
		cpus[i].main = main;
		cpus[i].arg = &turns[i];
		holders[i].stats = turns[i].unrecorded ? NULL : stats;
	}
	assert_true(sched_run(cpus, CPUS, stacks, STACK_SIZE));
	for (unsigned int i = 0; i < CPUS; i++) {
		if (holders[i].stats)
			acquisitions += lockstat_merge(stats, &holders[i]);
	}
}

static void turn_main(void *arg)
{
	const uint32_t id = sim_cpu->id;
	struct turn *t = arg;

	if (!t->hold)
		return;
	sim_cpu->clock = t->at;
	/* Those before it do not count. */
	holders[id].flushes += 3;
	hold_acquire(lock[0], &how, id);
	t->acquired = sim_cpu->clock;
	holders[id].flushes += t->flush;
	sim_cpu->clock += t->hold;
	hold_release(lock[0], &how);
}

static const struct lockstat *stat_of(const char *name)
{
	return &stats[lockstat_class(name)];
}

static void play(enum lock_kind k, const struct turn *t)
{
	open_machine();
	how.kind = k;
	memcpy(turns, t, sizeof(turns));
	run_cpus(turn_main);
}

/*
 * CPU 0 has it from @first on. CPU 1 comes while it does; @wait after it had seen that it has to,
 * it has it, at @second. CPU 2 comes when it is free again and takes @late.
 */
static void check_three(enum lock_kind k, uint64_t first, uint64_t second, uint64_t wait,
			uint64_t late)
{
	static const struct turn three[CPUS] = {
		{.at = 0, .hold = 100000},
		{.at = 30000, .hold = 30000},
		{.at = 300000, .hold = 5000, .flush = true},
	};
	const struct lockstat *s;

	play(k, three);
	s = stat_of("script");
	assert_int_equal(turns[0].acquired, first);
	assert_int_equal(turns[1].acquired, second);
	assert_int_equal(turns[2].acquired, 300000 + late);
	assert_int_equal(acquisitions, 3);
	assert_int_equal(s->acq_bounces, 2);
	assert_int_equal(s->contentions, 1);
	assert_int_equal(s->con_bounces, 1);
	/* Of those that were not contended. */
	assert_int_equal(s->acquire.count, 2);
	assert_int_equal(s->acquire.sum, first + late);
	assert_int_equal(s->wait.count, 1);
	assert_int_equal(s->wait.sum, wait);
	assert_int_equal(s->hold.count, 3);
	assert_int_equal(s->hold.sum, 135000);
	assert_int_equal(s->hold.min, 5000);
	assert_int_equal(s->hold.max, 100000);
	assert_int_equal(s->hold_flush.count, 1);
	assert_int_equal(s->hold_flush.sum, 5000);
	for (unsigned int i = 0; i < CPUS; i++)
		assert_int_equal(holders[i].depth, 0);
	assert_int_equal(stat_of("other")->hold.count, 0);
	memory_close();
}

enum {
	GET = TINY_NEAR + TINY_ATOMIC, /* an atomic on another core's line */
	/* From a store that takes a polled line away until the poller has read it again: its
	 * request waits at home until the store has the line. */
	SEE = TINY_NEAR / 4 + TINY_NEAR / 2 + TINY_NEAR * 3 / 4,
};

static void test_tas(void **state)
{
	const uint64_t first = TINY_MEMORY + TINY_ATOMIC;
	const uint64_t released = first + 100000;
	/* CPU 1 looks every 10 ps, also when it is released, gets the line, and tries. */
	const uint64_t second = released + SEE + TINY_ATOMIC;

	(void)state;
	assert_int_equal((released - 30000 - GET) % TINY_RELAX, 0);
	check_three(LOCK_TAS, first, second, second - 30000 - GET, GET);
}

static void test_ticket(void **state)
{
	const uint64_t first = TINY_MEMORY + TINY_ATOMIC;
	/* CPU 0 gets the line to read whose turn it was: CPU 1 loses it half-way, asks for it, and
	 * gets it when CPU 0 has written. */
	const uint64_t second = first + 100000 + TINY_NEAR / 2 + TINY_NEAR;

	(void)state;
	check_three(LOCK_TICKET, first, second, second - 30000 - GET, GET);
}

static void test_queued(void **state)
{
	const uint64_t first = TINY_MEMORY + TINY_ATOMIC;
	const uint64_t second = first + 100000 + SEE;

	(void)state;
	/* CPU 1 is the first to wait: it sets pending, and takes over from where CPU 0 let go. */
	check_three(LOCK_QUEUED, first, second, second - 30000 - GET, GET);
}

/* What a CPU does before it records counts for who held the lock last, and for nothing else. */
static void test_not_recorded(void **state)
{
	static const struct turn two[CPUS] = {
		{.at = 0, .hold = 1000, .unrecorded = true},
		{.at = 30000, .hold = 2000},
	};
	const struct lockstat *s = stat_of("script");

	(void)state;
	play(LOCK_TAS, two);
	assert_int_equal(acquisitions, 1);
	assert_int_equal(s->acq_bounces, 1);
	assert_int_equal(s->contentions, 0);
	assert_int_equal(s->hold.sum, 2000);
	assert_int_equal(s->hold_flush.count, 0);
}

/* CPU 0 holds both locks, and lets go of the outer one first. */
static void nested_main(void *arg)
{
	(void)arg;
	if (sim_cpu->id)
		return;
	hold_acquire(lock[0], &how, 0);
	sim_cpu->clock += 1000;
	hold_acquire(lock[1], &how, 0);
	sim_cpu->clock += 200;
	hold_release(lock[0], &how);
	sim_cpu->clock += 30;
	holders[0].flushes++;
	hold_release(lock[1], &how);
}

static void test_two_at_once(void **state)
{
	(void)state;
	memset(turns, 0, sizeof(turns));
	open_machine();
	how.kind = LOCK_TAS;
	run_cpus(nested_main);
	assert_int_equal(stat_of("script")->hold.sum, 1000 + TINY_MEMORY + TINY_ATOMIC + 200);
	assert_int_equal(stat_of("script")->hold_flush.count, 0);
	assert_int_equal(stat_of("other")->hold.sum, 230);
	assert_int_equal(stat_of("other")->hold_flush.sum, 230);
	assert_int_equal(holders[0].depth, 0);
}

/* A lock among the variables of kernel code, which are in no map. */
__attribute__((section("kernel_data"))) _Alignas(256) static struct lock global;

static void global_main(void *arg)
{
	(void)arg;
	sim_cpu->clock = sim_cpu->id * UINT64_C(1000000);
	hold_acquire(&global, &how, sim_cpu->id);
	sim_cpu->clock += 700;
	hold_release(&global, &how);
}

static void test_global(void **state)
{
	(void)state;
	memset(turns, 0, sizeof(turns));
	open_machine();
	lockstat_name(&global, "global");
	how.kind = LOCK_TAS;
	run_cpus(global_main);
	assert_int_equal(stat_of("global")->hold.count, CPUS);
	assert_int_equal(stat_of("global")->acq_bounces, CPUS - 1);
	assert_int_equal(stat_of("global")->hold.sum, CPUS * 700);
	assert_int_equal(stat_of("script")->hold.count, 0);
}

/* After a test that failed, too. */
static int close_machine(void **state)
{
	(void)state;
	lockstat_unwatch();
	memory_close();
	return 0;
}

static int set_up(void **state)
{
	(void)state;
	stacks = aligned_alloc(64, (size_t)CPUS * STACK_SIZE);
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
		cmocka_unit_test_teardown(test_tas, close_machine),
		cmocka_unit_test_teardown(test_ticket, close_machine),
		cmocka_unit_test_teardown(test_queued, close_machine),
		cmocka_unit_test_teardown(test_not_recorded, close_machine),
		cmocka_unit_test_teardown(test_two_at_once, close_machine),
		cmocka_unit_test_teardown(test_global, close_machine),
	};

	return cmocka_run_group_tests_name("sim_locks", tests, set_up, tear_down);
}
