// SPDX-License-Identifier: GPL-2.0-or-later
/* Simulated CPUs: what happens is in the order of (clock, number); barrier, sleep, dead ends. */
#include "unit/helpers.h"

#include "sim/vcpu.h"

#define STACK_SIZE 16384
#define CPUS_MAX   MACHINE_CPUS_MAX
#define EVENTS_MAX 100000

struct event {
	uint64_t clock;
	uint32_t id, nth;
};

static struct vcpu cpus[CPUS_MAX];
static void *stacks;
static struct event events[EVENTS_MAX];
static size_t event_count;
static unsigned int steps;

static int set_up(void **state)
{
	(void)state;
	stacks = aligned_alloc(64, (size_t)CPUS_MAX * STACK_SIZE);
	return stacks ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	free(stacks);
	return 0;
}

static bool run(unsigned int count, void (*main)(void *))
{
	memset(cpus, 0, sizeof(cpus));
	event_count = 0;
	for (unsigned int i = 0; i < count; i++) {
		cpus[i].id = i;
		cpus[i].main = main;
		cpus[i].arg = &cpus[i];
	}
	return sched_run(cpus, count, stacks, STACK_SIZE);
}

/* As an access to shared memory does. */
static void log_event(uint32_t nth)
{
	struct vcpu *c = sim_cpu;

	sched_order(c);
	if (event_count == EVENTS_MAX)
		abort();
	events[event_count++] = (struct event){.clock = c->clock, .id = c->id, .nth = nth};
}

/* Time passes in steps of which many take none, and many CPUs' are equal. */
static uint64_t step_of(uint32_t id, uint32_t nth)
{
	uint64_t seed = (uint64_t)id << 32 | nth;
	uint64_t r = random_next(&seed);

	return r % 3 == 0 ? 0 : r / 3 % 50;
}

static void random_main(void *arg)
{
	struct vcpu *c = arg;

	if (c != sim_cpu)
		abort();
	for (uint32_t n = 0; n < steps; n++) {
		c->clock += step_of(c->id, n);
		log_event(n);
	}
}

/* All events, merged by brute force. */
static void check_against_merge(unsigned int count)
{
	static uint64_t clock[CPUS_MAX];
	static uint32_t nth[CPUS_MAX];

	for (unsigned int i = 0; i < count; i++) {
		clock[i] = step_of(i, 0);
		nth[i] = 0;
	}
	assert_int_equal(event_count, (size_t)count * steps);
	for (size_t e = 0; e < event_count; e++) {
		unsigned int first = count;

		for (unsigned int i = 0; i < count; i++) {
			if (nth[i] < steps && (first == count || clock[i] < clock[first]))
				first = i;
		}
		CHECK(events[e].id == first && events[e].clock == clock[first] &&
			      events[e].nth == nth[first],
		      "event %zu of %u CPUs", e, count);
		if (++nth[first] < steps)
			clock[first] += step_of(first, nth[first]);
	}
}

static void test_order(void **state)
{
	static const unsigned int counts[] = {1, 2, 3, 5, 7, 8, 64, 160, 255, 1024};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		steps = counts[i] > 100 ? 20 : 500;
		assert_true(run(counts[i], random_main));
		assert_null(sim_cpu);
		check_against_merge(counts[i]);
	}
}

static void lockstep_main(void *arg)
{
	struct vcpu *c = arg;

	for (uint32_t n = 0; n < 100; n++) {
		c->clock += 10;
		log_event(n);
	}
}

/* Equally early: by number. */
static void test_ties(void **state)
{
	(void)state;
	assert_true(run(17, lockstep_main));
	for (size_t e = 0; e < event_count; e++) {
		assert_int_equal(events[e].id, e % 17);
		assert_int_equal(events[e].clock, (e / 17 + 1) * 10);
	}
}

static void barrier_main(void *arg)
{
	struct vcpu *c = arg;

	for (uint32_t n = 0; n < 20; n++) {
		c->clock += 1 + step_of(c->id, n);
		log_event(n);
		sched_barrier();
		log_event(n);
	}
}

/* All events of a round are before all of the next, which begins for all at the latest's time. */
static void test_barrier(void **state)
{
	static const unsigned int counts[] = {1, 2, 5, 64, 300};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++) {
		const unsigned int n = counts[i];

		assert_true(run(n, barrier_main));
		assert_int_equal(event_count, 40 * n);
		for (size_t round = 0; round < 20; round++) {
			const struct event *before = &events[round * 2 * n], *after = before + n;
			const uint64_t latest = before[n - 1].clock;

			for (unsigned int c = 0; c < n; c++) {
				assert_int_equal(before[c].nth, round);
				assert_true(before[c].clock <= latest);
				assert_int_equal(after[c].nth, round);
				assert_int_equal(after[c].clock, latest);
				assert_int_equal(after[c].id, c);
			}
		}
	}
}

/* CPU 0 sleeps at once; CPU 1 wakes it for 500 when it is 100, and both go on. */
static void sleeper_main(void *arg)
{
	struct vcpu *c = arg;

	if (c->id == 0) {
		log_event(0);
		sched_sleep();
		c->clock = 500;
		log_event(1);
		c->clock += 5;
		log_event(2);
		return;
	}
	c->clock = 100;
	log_event(0);
	sched_wake(&cpus[0], 500);
	for (c->clock = 200; c->clock < 1000; c->clock += 100)
		log_event((uint32_t)c->clock);
}

static void test_sleep_and_wake(void **state)
{
	static const struct event expected[] = {
		{0, 0, 0},     {100, 1, 0},   {200, 1, 200}, {300, 1, 300},
		{400, 1, 400}, {500, 0, 1},   {500, 1, 500}, {505, 0, 2},
		{600, 1, 600}, {700, 1, 700}, {800, 1, 800}, {900, 1, 900},
	};

	(void)state;
	assert_true(run(2, sleeper_main));
	assert_int_equal(event_count, ARRAY_SIZE(expected));
	for (size_t e = 0; e < event_count; e++) {
		CHECK(events[e].clock == expected[e].clock && events[e].id == expected[e].id &&
			      events[e].nth == expected[e].nth,
		      "event %zu: CPU %u at %llu", e, events[e].id,
		      (unsigned long long)events[e].clock);
	}
}

/* As they finish the others run on, however far apart. */
static void staggered_main(void *arg)
{
	struct vcpu *c = arg;

	for (uint32_t n = 0; n <= c->id; n++) {
		c->clock += 1000 * (c->id + 1);
		log_event(n);
	}
}

static void test_some_end_early(void **state)
{
	(void)state;
	assert_true(run(40, staggered_main));
	assert_int_equal(event_count, 40 * 41 / 2);
	for (size_t e = 1; e < event_count; e++)
		assert_true(sched_key(&cpus[events[e - 1].id], events[e - 1].clock) <
			    sched_key(&cpus[events[e].id], events[e].clock));
	for (unsigned int i = 0; i < 40; i++)
		assert_int_equal(cpus[i].clock, 1000 * (i + 1) * (i + 1));
}

static void forever_main(void *arg)
{
	struct vcpu *c = arg;

	c->clock += 10;
	log_event(0);
	if (c->id % 2)
		sched_sleep();
	log_event(1);
}

/* One waits at a barrier to which the others never come. */
static void lonely_main(void *arg)
{
	struct vcpu *c = arg;

	if (c->id == 0)
		sched_barrier();
	else
		sched_sleep();
	log_event(0);
}

static void test_waiting_for_ever(void **state)
{
	(void)state;
	assert_false(run(4, forever_main));
	assert_null(sim_cpu);
	assert_int_equal(event_count, 6);
	assert_false(run(3, lonely_main));
	assert_int_equal(event_count, 0);
	/* What is left of it does not matter to the next. */
	steps = 50;
	assert_true(run(5, random_main));
	check_against_merge(5);
}

static void aborting_main(void *arg)
{
	struct vcpu *c = arg;

	for (uint32_t n = 0; n < 100; n++) {
		c->clock += 10;
		log_event(n);
		if (c->id == 3 && n == 50)
			sched_abort();
	}
}

static void test_abort(void **state)
{
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_false(run(8, aborting_main));
		assert_null(sim_cpu);
		/* 50 rounds of all and those up to CPU 3. */
		assert_int_equal(event_count, 50 * 8 + 4);
		steps = 50;
		assert_true(run(5, random_main));
		check_against_merge(5);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),          cmocka_unit_test(test_ties),
		cmocka_unit_test(test_barrier),        cmocka_unit_test(test_sleep_and_wake),
		cmocka_unit_test(test_some_end_early), cmocka_unit_test(test_waiting_for_ever),
		cmocka_unit_test(test_abort),
	};

	return cmocka_run_group_tests_name("sim_vcpu", tests, set_up, tear_down);
}
