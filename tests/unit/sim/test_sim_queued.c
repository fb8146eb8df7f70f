// SPDX-License-Identifier: GPL-2.0-or-later
/* The queued lock's states, in virtual time: who waits where, who comes next, and the two races of pending and queue. */
#include "unit/sim/sim_tiny.h"

#include "sim/coherence.h"
#include "sim/explore.h"
#include "sim/hooks.h"
#include "unit/sim/subjects/hold.h"

#define CPUS       6
#define STACK_SIZE 16384
#define NEVER      UINT64_MAX
/* The tail of a queue whose last is that CPU. */
#define TAIL(cpu) ((uint32_t)((cpu) + 1) << 18)

/* What a CPU does: at a time, takes the lock and holds it for so long; NEVER: nothing. */
struct visit {
	uint64_t at, hold;
	/* What comes out: the lock's word when it has it, which it is in order, and when. */
	uint32_t word;
	unsigned int place;
	uint64_t acquired;
};

/* A CPU is held up for so long after its first transaction of a line, of those from number @from on, that finds the
 * lock's word so. */
struct delay {
	uint32_t cpu;
	unsigned int from;
	uint32_t word;
	uint64_t ps;
};

/* CPU 5 takes no part: it looks at the lock at these times, and finds that. */
struct look {
	uint64_t at;
	uint32_t word;
	unsigned int nodes; /* in use */
};

static struct machine machine;
static struct vcpu cpus[CPUS];
static struct lockstat_thread threads[CPUS];
static struct lockstat stats[LOCKSTAT_CLASSES];
static void *stacks;
static struct lock *lock;
static struct lock_scheme how;
static struct visit visits[CPUS];
static struct delay delays[4]; /* without ps: the end */
static const struct look *looks;
static char wrong[100]; /* the first look that did not find what it should */
static unsigned int transactions[CPUS];
static unsigned int holders, taken, torn;

static uint64_t hold_up(uint64_t latency)
{
	const unsigned int number = ++transactions[sim_cpu->id];

	(void)latency;
	for (struct delay *d = delays; d->ps; d++) {
		if (d->cpu == sim_cpu->id && d->from && number >= d->from &&
		    atomic_load(&lock->word) == d->word) {
			d->from = 0;
			return d->ps;
		}
	}
	return 0;
}

static void open_machine(void)
{
	struct error e;

	tiny_make("", &machine);
	machine.block_ps = 0;
	memset(cpus, 0, sizeof(cpus));
	memset(threads, 0, sizeof(threads));
	memset(transactions, 0, sizeof(transactions));
	for (unsigned int i = 0; i < CPUS; i++)
		threads[i].stats = stats;
	CHECK(memory_open(&machine, cpus, CPUS, 65536, &e) == 0, "%s", e.text);
	sim_locks_use(threads, 0);
	lock = memory_alloc(sizeof(*lock));
	how = (struct lock_scheme){.kind = LOCK_QUEUED,
				   .nodes = memory_alloc(CPUS * sizeof(*how.nodes))};
	holders = taken = torn = 0;
}

/* Moves the CPU's clock, and lets the others do what they do until then. */
static void wait_until(uint64_t at)
{
	if (sim_cpu->clock < at)
		sim_cpu->clock = at;
	sched_order(sim_cpu);
}

static void take(struct visit *v)
{
	hold_acquire(lock, &how, sim_cpu->id);
	torn += holders++ != 0;
	v->place = taken++;
	v->acquired = sim_cpu->clock;
	v->word = atomic_load(&lock->word);
	wait_until(sim_cpu->clock + v->hold);
	torn += --holders != 0;
	hold_release(lock, &how);
}

static void visit_main(void *arg)
{
	struct visit *v = arg;

	if (v->at == NEVER)
		return;
	wait_until(v->at);
	take(v);
}

static unsigned int nodes_in_use(void)
{
	unsigned int used = 0;

	for (unsigned int i = 0; i < CPUS; i++)
		used += how.nodes[i].node[0].count;
	return used;
}

static void look_main(void *arg)
{
	(void)arg;
	for (const struct look *l = looks; l->at; l++) {
		wait_until(l->at);
		if (!wrong[0] &&
		    (atomic_load(&lock->word) != l->word || nodes_in_use() != l->nodes))
			snprintf(wrong, sizeof(wrong), "at %llu: word %#x, %u nodes in use",
				 (unsigned long long)l->at, atomic_load(&lock->word),
				 nodes_in_use());
	}
}

static void play(const struct visit *v, const struct look *l)
{
	looks = l;
	wrong[0] = '\0';
	open_machine();
	sim_memory.hold_up = hold_up;
	memcpy(visits, v, sizeof(visits));
	for (unsigned int i = 0; i < CPUS; i++) {
		cpus[i].main = i == CPUS - 1 ? look_main : visit_main;
		cpus[i].arg = &visits[i];
	}
	assert_true(sched_run(cpus, CPUS, stacks, STACK_SIZE));
	CHECK(!wrong[0], "%s", wrong);
	/* Nobody holds it, is pending or in line, and no node is in use. */
	assert_int_equal(torn, 0);
	assert_int_equal(atomic_load(&lock->word), 0);
	assert_int_equal(nodes_in_use(), 0);
	/* Each delay was met. */
	for (const struct delay *d = delays; d->ps; d++)
		assert_int_equal(d->from, 0);
}

/* The first to wait is pending, the others are in line with a node each, and all get it in the order they came. */
static void test_pending_then_queue_then_in_order(void **state)
{
	static const struct visit in_turn[CPUS] = {
		{.at = 0, .hold = 1000000},     {.at = 100000, .hold = 100000},
		{.at = 200000, .hold = 100000}, {.at = 300000, .hold = 100000},
		{.at = 400000, .hold = 100000},
	};
	static const struct look as_they_come[] = {
		{50000, LOCK_LOCKED, 0},
		{150000, LOCK_LOCKED | LOCK_PENDING, 0},
		{250000, LOCK_LOCKED | LOCK_PENDING | TAIL(2), 1},
		{350000, LOCK_LOCKED | LOCK_PENDING | TAIL(3), 2},
		{450000, LOCK_LOCKED | LOCK_PENDING | TAIL(4), 3},
		/* CPU 1 has it, as it was pending. */
		{1050000, LOCK_LOCKED | TAIL(4), 3},
		/* CPU 2, which has given its node back, CPU 3, CPU 4, the last. */
		{1150000, LOCK_LOCKED | TAIL(4), 2},
		{1270000, LOCK_LOCKED | TAIL(4), 1},
		{1380000, LOCK_LOCKED, 0},
		{0, 0, 0},
	};

	(void)state;
	memset(delays, 0, sizeof(delays));
	play(in_turn, as_they_come);
	for (unsigned int i = 0; i < CPUS - 1; i++)
		assert_int_equal(visits[i].place, i);
	/* With somebody behind it the tail stays when the lock is taken; the last takes it off. */
	assert_int_equal(visits[1].word, LOCK_LOCKED | TAIL(4));
	assert_int_equal(visits[3].word, LOCK_LOCKED | TAIL(4));
	assert_int_equal(visits[4].word, LOCK_LOCKED);
	memory_close();
}

/* CPU 3 found nobody waiting, and comes to it when CPU 1 has been pending and CPU 2 is in line. */
static const struct visit late[CPUS] = {
	{.at = 0, .hold = 1000000},
	{.at = 100000, .hold = 100000},
	{.at = 200000, .hold = 100000},
	{.at = 50000, .hold = 100000},
	{.at = NEVER},
};

static void check_late(const struct delay *d, size_t count, const struct look *l)
{
	memset(delays, 0, sizeof(delays));
	memcpy(delays, d, count * sizeof(*d));
	play(late, l);
	for (unsigned int i = 0; i < 4; i++)
		assert_int_equal(visits[i].place, i);
	memory_close();
}

/* It sets pending while somebody is in line, takes that back, and gets in line itself. */
static void test_pending_is_taken_back(void **state)
{
	static const struct delay held_up[] = {{3, 1, LOCK_LOCKED, 1030000}};
	static const struct look found[] = {
		{300000, LOCK_LOCKED | LOCK_PENDING | TAIL(2), 1},
		{1050000, LOCK_LOCKED | TAIL(2), 1},
		{1100000, LOCK_LOCKED | TAIL(3), 2},
		{0, 0, 0},
	};

	(void)state;
	check_late(held_up, ARRAY_SIZE(held_up), found);
}

/* The same, while the lock is free and CPU 2, the head of the line and its only one, is about to take it. */
static void test_pending_while_the_head_takes_it(void **state)
{
	static const struct delay held_up[] = {
		{3, 1, LOCK_LOCKED, 1100000},
		{2, 1, TAIL(2), 100000},
		{3, 2, TAIL(2), 100000},
	};
	static const struct look found[] = {
		{1140000, TAIL(2), 1},
		{1180000, LOCK_PENDING | TAIL(2), 1},
		/* It could not take the tail off with the lock: it waits for who is to be behind it. */
		{1230000, LOCK_LOCKED | LOCK_PENDING | TAIL(2), 1},
		{1290000, LOCK_LOCKED | TAIL(3), 1},
		{0, 0, 0},
	};

	(void)state;
	check_late(held_up, ARRAY_SIZE(held_up), found);
	assert_int_equal(visits[2].word, LOCK_LOCKED | TAIL(3));
}

/* Whatever the schedule: one holder at a time, and all is given back. */
static void rounds_main(void *arg)
{
	struct visit *v = arg;

	for (int i = 0; i < 20; i++) {
		v->hold = 100 + 700 * (unsigned int)i % 3000;
		take(v);
	}
}

static void test_many_schedules(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 300; seed++) {
		open_machine();
		explore_begin(seed, true, cpus, CPUS);
		for (unsigned int i = 0; i < CPUS; i++) {
			cpus[i].main = rounds_main;
			cpus[i].arg = &visits[i];
		}
		CHECK(sched_run(cpus, CPUS, stacks, STACK_SIZE), "seed %u hangs",
		      (unsigned int)seed);
		CHECK(torn == 0 && taken == CPUS * 20 && atomic_load(&lock->word) == 0 &&
			      nodes_in_use() == 0,
		      "seed %u: %u acquisitions, %u torn, word %#x", (unsigned int)seed, taken,
		      torn, atomic_load(&lock->word));
		memory_close();
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
		cmocka_unit_test_teardown(test_pending_then_queue_then_in_order, close_machine),
		cmocka_unit_test_teardown(test_pending_is_taken_back, close_machine),
		cmocka_unit_test_teardown(test_pending_while_the_head_takes_it, close_machine),
		cmocka_unit_test_teardown(test_many_schedules, close_machine),
	};

	return cmocka_run_group_tests_name("sim_queued", tests, set_up, tear_down);
}
