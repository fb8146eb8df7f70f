// SPDX-License-Identifier: GPL-2.0-or-later
/* Switching stacks: what the simulated CPUs stand on. Linked with the fallback by ucontext, too. */
#include "unit/helpers.h"

#include "sim/arch/switch.h"

#define STACKS     8
#define STACK_SIZE 16384
#define ROUNDS     20000
#define PAINT      0xA5

struct routine {
	void *sp;
	unsigned int number;
	uint64_t sum, expected;
	uintptr_t lowest, highest; /* of the addresses of locals */
	unsigned int misaligned;
};

/* With painted ones at both ends. New for each test: those left in their midst are of no use. */
static unsigned char (*stacks)[STACK_SIZE];
static struct routine routines[STACKS];
static struct routine *current;
static void *outside;
static unsigned int rounds_left;

/*
 * Where the stack is. Neither inlined nor instrumented: so that it finds uses after a return, the
 * address sanitizer may keep the locals of what it instruments elsewhere.
 */
__attribute__((noinline, no_sanitize("address"))) static void note_stack(struct routine *r)
{
	_Alignas(16) volatile char local[16];
	/* Else the compiler takes its alignment for granted. */
	volatile uintptr_t here = (uintptr_t)local;
	const uintptr_t at = here;

	local[0] = 1;
	r->lowest = r->lowest && r->lowest < at ? r->lowest : at;
	r->highest = r->highest > at ? r->highest : at;
	r->misaligned += at % 16 != 0;
}

/* To the next one, or out when enough was done. */
static void switch_on(void)
{
	struct routine *from = current;

	if (!rounds_left--) {
		rounds_left = 0;
		arch_switch(&from->sp, outside);
		return;
	}
	current = &routines[(from->number + 1) % STACKS];
	arch_switch(&from->sp, current->sp);
}

/* More values live across the switch than there are registers. */
static uint64_t work(uint64_t seed)
{
	uint64_t a = seed * 3, b = a ^ 0x11, c = b * 5, d = c ^ 0x22, e = d * 7, f = e ^ 0x33;
	uint64_t g = f * 11, h = g ^ 0x44, i = h * 13, j = i ^ 0x55, k = j * 17, l = k ^ 0x66;
	double x = (double)(seed % 1000) * 0.5;

	switch_on();
	return a + b + c + d + e + f + g + h + i + j + k + l + (uint64_t)(x * 2);
}

/* The same, not interrupted. */
static uint64_t work_alone(uint64_t seed)
{
	uint64_t a = seed * 3, b = a ^ 0x11, c = b * 5, d = c ^ 0x22, e = d * 7, f = e ^ 0x33;
	uint64_t g = f * 11, h = g ^ 0x44, i = h * 13, j = i ^ 0x55, k = j * 17, l = k ^ 0x66;

	return a + b + c + d + e + f + g + h + i + j + k + l + seed % 1000;
}

static void routine_main(void)
{
	struct routine *me = current;

	for (uint64_t seed = me->number;; seed += STACKS) {
		note_stack(me);
		me->sum += work(seed);
		me->expected += work_alone(seed);
		if (me != current)
			me->misaligned += 1000000;
	}
}

static void prepare_all(void (*entry)(void))
{
	memset(routines, 0, sizeof(routines));
	stacks = aligned_alloc(64, (STACKS + 2) * sizeof(*stacks));
	assert_non_null(stacks);
	memset(stacks, PAINT, (STACKS + 2) * sizeof(*stacks));
	for (unsigned int i = 0; i < STACKS; i++) {
		routines[i].number = i;
		routines[i].sp = arch_switch_prepare(stacks[i + 1], STACK_SIZE, entry);
	}
	current = &routines[0];
}

static int free_stacks(void **state)
{
	(void)state;
	free(stacks);
	return 0;
}

static bool is_painted(const unsigned char *stack)
{
	for (size_t i = 0; i < STACK_SIZE; i++) {
		if (stack[i] != PAINT)
			return false;
	}
	return true;
}

static void test_round_robin(void **state)
{
	(void)state;
	prepare_all(routine_main);
	rounds_left = ROUNDS;
	arch_switch(&outside, current->sp);
	for (unsigned int i = 0; i < STACKS; i++) {
		const struct routine *r = &routines[i];

		assert_true(r->sum != 0);
		CHECK(r->sum == r->expected, "stack %u: what it kept was changed", i);
		assert_int_equal(r->misaligned, 0);
		/* Each stays on its own stack. */
		assert_true(r->lowest >= (uintptr_t)stacks[i + 1]);
		assert_true(r->highest < (uintptr_t)stacks[i + 2]);
	}
	assert_true(is_painted(stacks[0]) && is_painted(stacks[STACKS + 1]));
}

/* It can be left and entered again and again, from a place that changes. */
static void test_in_and_out(void **state)
{
	(void)state;
	prepare_all(routine_main);
	for (int i = 0; i < 1000; i++) {
		uint64_t before = (uint64_t)i * 3, after;

		rounds_left = (unsigned int)i % 5;
		arch_switch(&outside, current->sp);
		after = (uint64_t)i * 3;
		assert_int_equal(before, after);
	}
	for (unsigned int i = 0; i < STACKS; i++)
		assert_int_equal(routines[i].sum, routines[i].expected);
}

static unsigned int recursion(unsigned int depth)
{
	volatile unsigned char here[64];

	here[depth % 64] = (unsigned char)depth;
	if (!depth) {
		switch_on();
		return 0;
	}
	return recursion(depth - 1) + (here[depth % 64] == (unsigned char)depth);
}

static void deep_main(void)
{
	struct routine *me = current;

	for (;;) {
		me->sum += recursion(40);
		me->expected += 40;
	}
}

static void test_deep_calls(void **state)
{
	(void)state;
	prepare_all(deep_main);
	rounds_left = 10 * STACKS;
	arch_switch(&outside, current->sp);
	for (unsigned int i = 0; i < STACKS; i++)
		assert_int_equal(routines[i].sum, routines[i].expected);
	assert_true(is_painted(stacks[0]) && is_painted(stacks[STACKS + 1]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_round_robin, free_stacks),
		cmocka_unit_test_teardown(test_in_and_out, free_stacks),
		cmocka_unit_test_teardown(test_deep_calls, free_stacks),
	};

	return cmocka_run_group_tests_name("sim_switch", tests, NULL, NULL);
}
