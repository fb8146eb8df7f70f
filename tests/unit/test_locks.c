// SPDX-License-Identifier: GPL-2.0-or-later
/* The three locks: one holder at a time, first come first served where that is promised. */
#include "unit/helpers.h"

#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "lock.h"

#define ROUNDS      (SANITIZED ? 20000 : 60000)
#define WAITERS     3
#define THREADS_MAX 4

static const enum lock_kind kinds[] = {LOCK_TAS, LOCK_TICKET, LOCK_MCS};

struct counter {
	struct lock lock;
	enum lock_kind kind;
	unsigned long count; /* plain: the lock is all that guards it */
	unsigned long again; /* equal to count whenever the lock is free */
	unsigned long torn;
};

/* As many as there are CPUs: a waiter in line that does not run holds up all behind it. */
static unsigned int thread_count(enum lock_kind kind)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);

	if (kind == LOCK_TAS)
		return THREADS_MAX;
	return online < 2 ? 2 : online > THREADS_MAX ? THREADS_MAX : (unsigned int)online;
}

static void *count_up(void *arg)
{
	struct counter *c = arg;

	for (int i = 0; i < ROUNDS; i++) {
		struct lock_node node = {.waiting = 0};

		lock_acquire(&c->lock, c->kind, &node);
		c->torn += c->count != c->again;
		c->count++;
		/* Holding it: others wait, several where that does no harm, and meet at the release. */
		if (i % 128 == 0 && c->kind == LOCK_TAS)
			sched_yield();
		c->again++;
		lock_release(&c->lock, c->kind, &node);
	}
	return NULL;
}

static void count_with_threads(struct counter *c)
{
	const unsigned int n = thread_count(c->kind);
	pthread_t threads[THREADS_MAX];

	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_up, c), 0);
	for (unsigned int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(c->count, n * ROUNDS);
	assert_int_equal(c->again, n * ROUNDS);
	assert_int_equal(c->torn, 0);
}

static void test_mutual_exclusion(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct counter c = {.kind = kinds[i]};

		count_with_threads(&c);
	}
}

/* Tickets go round after 2^32 acquisitions. */
static void test_ticket_wraps(void **state)
{
	struct counter c = {.kind = LOCK_TICKET};

	(void)state;
	atomic_store(&c.lock.next, UINT32_MAX - ROUNDS);
	atomic_store(&c.lock.owner, UINT32_MAX - ROUNDS);
	count_with_threads(&c);
	assert_true(atomic_load(&c.lock.next) < UINT32_MAX / 2);
}

static void test_uncontended(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct lock lock = {.next = 0}, other = {.next = 0};
		struct lock_node node = {.waiting = 0}, other_node = {.waiting = 0};

		for (int round = 0; round < 100000; round++) {
			lock_acquire(&lock, kinds[i], &node);
			lock_acquire(&other, kinds[i], &other_node);
			lock_release(&lock, kinds[i], &node);
			lock_release(&other, kinds[i], &other_node);
		}
		/* Free again: no waiter queued, no ticket out. */
		assert_null(atomic_load(&lock.tail));
		assert_int_equal(atomic_load(&lock.next),
				 kinds[i] == LOCK_TAS ? 0 : atomic_load(&lock.owner));
	}
}

struct waiter {
	struct counter *c;
	unsigned int number;
	unsigned int *order; /* where the holders write themselves down */
	pthread_t id;
};

static void *wait_in_line(void *arg)
{
	struct waiter *w = arg;
	struct lock_node node = {.waiting = 0};

	lock_acquire(&w->c->lock, w->c->kind, &node);
	w->order[w->c->count++] = w->number;
	lock_release(&w->c->lock, w->c->kind, &node);
	return NULL;
}

/* Changes whenever one more is in line. */
static uintptr_t line(struct counter *c)
{
	return c->kind == LOCK_MCS ? (uintptr_t)atomic_load(&c->lock.tail) :
				     atomic_load(&c->lock.next);
}

static void test_handed_over_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct counter c = {.kind = kinds[i]};
		struct waiter waiters[WAITERS];
		unsigned int order[WAITERS] = {0};
		struct lock_node node = {.waiting = 0};

		if (kinds[i] == LOCK_TAS)
			continue;
		/* The first waiter gets the last ticket before they go round. */
		if (kinds[i] == LOCK_TICKET) {
			atomic_store(&c.lock.next, UINT32_MAX - 1);
			atomic_store(&c.lock.owner, UINT32_MAX - 1);
		}
		lock_acquire(&c.lock, c.kind, &node);
		for (unsigned int w = 0; w < WAITERS; w++) {
			uintptr_t before = line(&c);

			waiters[w] = (struct waiter){.c = &c, .number = w, .order = order};
			assert_int_equal(
				pthread_create(&waiters[w].id, NULL, wait_in_line, &waiters[w]), 0);
			while (line(&c) == before)
				usleep(100);
		}
		usleep(1000);
		/* They wait: nobody got in. */
		assert_int_equal(c.count, 0);
		lock_release(&c.lock, c.kind, &node);
		for (unsigned int w = 0; w < WAITERS; w++)
			pthread_join(waiters[w].id, NULL);
		for (unsigned int w = 0; w < WAITERS; w++)
			assert_int_equal(order[w], w);
	}
}

/* A waiter of the unfair one waits too. */
static void test_tas_waits(void **state)
{
	struct counter c = {.kind = LOCK_TAS};
	unsigned int order[1];
	struct waiter w = {.c = &c, .order = order};
	struct lock_node node = {.waiting = 0};

	(void)state;
	lock_acquire(&c.lock, c.kind, &node);
	assert_int_equal(pthread_create(&w.id, NULL, wait_in_line, &w), 0);
	usleep(5000);
	assert_int_equal(c.count, 0);
	lock_release(&c.lock, c.kind, &node);
	pthread_join(w.id, NULL);
	assert_int_equal(c.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutual_exclusion),
		cmocka_unit_test(test_ticket_wraps),
		cmocka_unit_test(test_uncontended),
		cmocka_unit_test(test_handed_over_in_order),
		cmocka_unit_test(test_tas_waits),
	};

	return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
