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

static const enum lock_kind kinds[] = {LOCK_TAS, LOCK_TICKET, LOCK_QUEUED};

struct counter {
	struct lock lock;
	struct lock_scheme how;
	_Atomic unsigned int threads; /* so far: the next one's CPU number */
	unsigned long count;          /* plain: the lock is all that guards it */
	unsigned long again;          /* equal to count whenever the lock is free */
	unsigned long torn;
};

static struct counter counter_of(enum lock_kind kind)
{
	static struct lock_nodes nodes[THREADS_MAX];

	memset(nodes, 0, sizeof(nodes));
	return (struct counter){.how = {.kind = kind, .nodes = nodes}};
}

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
	const unsigned int cpu = atomic_fetch_add(&c->threads, 1);

	for (int i = 0; i < ROUNDS; i++) {
		lock_acquire(&c->lock, &c->how, cpu);
		c->torn += c->count != c->again;
		c->count++;
		/* Holding it: others wait, several where that does no harm, and meet at the release. */
		if (i % 128 == 0 && c->how.kind == LOCK_TAS)
			sched_yield();
		c->again++;
		lock_release(&c->lock, &c->how);
	}
	return NULL;
}

static void count_with_threads(struct counter *c)
{
	const unsigned int n = thread_count(c->how.kind);
	pthread_t threads[THREADS_MAX];

	for (unsigned int i = 0; i < n; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, count_up, c), 0);
	for (unsigned int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(c->count, n * ROUNDS);
	assert_int_equal(c->again, n * ROUNDS);
	assert_int_equal(c->torn, 0);
	/* Free again: nobody pending, no waiter queued, no node in use. */
	assert_int_equal((uint16_t)atomic_load(&c->lock.word),
			 c->how.kind == LOCK_TICKET ? atomic_load(&c->lock.high) : 0);
	for (unsigned int i = 0; i < THREADS_MAX; i++)
		assert_int_equal(c->how.nodes[i].node[0].count, 0);
}

static void test_mutual_exclusion(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct counter c = counter_of(kinds[i]);

		count_with_threads(&c);
	}
}

/* Tickets go round after 2^16 acquisitions, and out of the word. */
static void test_ticket_wraps(void **state)
{
	struct counter c = counter_of(LOCK_TICKET);

	(void)state;
	atomic_store(&c.lock.low, UINT16_MAX - ROUNDS / 2);
	atomic_store(&c.lock.high, UINT16_MAX - ROUNDS / 2);
	count_with_threads(&c);
}

static void test_uncontended(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct counter c = counter_of(kinds[i]);
		/* Not on the stack: gcc 14 takes what statistics keep of it, while it is held, for too long. */
		static struct lock lock[2];

		memset(lock, 0, sizeof(lock));
		for (int round = 0; round < 100000; round++) {
			lock_acquire(&lock[0], &c.how, 0);
			lock_acquire(&lock[1], &c.how, 0);
			lock_release(&lock[0], &c.how);
			lock_release(&lock[1], &c.how);
		}
		for (int l = 0; l < 2; l++)
			assert_int_equal(atomic_load(&lock[l].low),
					 kinds[i] == LOCK_TICKET ? 100000 % 65536 : 0);
	}
}

/* The halves and bytes of a lock are those of the word by value, whatever the byte order. */
static void test_parts_of_the_word(void **state)
{
	struct lock l = {{0}};

	(void)state;
	assert_int_equal(sizeof(l), 4);
	atomic_store(&l.locked, 1);
	assert_int_equal(atomic_load(&l.word), LOCK_LOCKED);
	atomic_store(&l.pending, 1);
	assert_int_equal(atomic_load(&l.word), LOCK_LOCKED | LOCK_PENDING);
	assert_int_equal(atomic_load(&l.low), 0x101);
	atomic_store(&l.high, 0xabcd);
	assert_int_equal(atomic_load(&l.word), 0xabcd0101);
	atomic_store(&l.low, 1);
	assert_int_equal(atomic_load(&l.word), 0xabcd0001);
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

	lock_acquire(&w->c->lock, &w->c->how, w->number + 1);
	w->order[w->c->count++] = w->number;
	lock_release(&w->c->lock, &w->c->how);
	return NULL;
}

/* Changes whenever one more is in line. */
static uint32_t line(struct counter *c)
{
	return atomic_load(&c->lock.word);
}

static void test_handed_over_in_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct counter c = counter_of(kinds[i]);
		struct waiter waiters[WAITERS];
		unsigned int order[WAITERS] = {0};

		if (kinds[i] == LOCK_TAS)
			continue;
		/* The first waiter gets the last ticket before they go round. */
		if (kinds[i] == LOCK_TICKET) {
			atomic_store(&c.lock.high, UINT16_MAX - 1);
			atomic_store(&c.lock.low, UINT16_MAX - 1);
		}
		lock_acquire(&c.lock, &c.how, 0);
		for (unsigned int w = 0; w < WAITERS; w++) {
			uint32_t before = line(&c);

			waiters[w] = (struct waiter){.c = &c, .number = w, .order = order};
			assert_int_equal(
				pthread_create(&waiters[w].id, NULL, wait_in_line, &waiters[w]), 0);
			while (line(&c) == before)
				usleep(100);
		}
		usleep(1000);
		/* They wait: nobody got in. */
		assert_int_equal(c.count, 0);
		lock_release(&c.lock, &c.how);
		for (unsigned int w = 0; w < WAITERS; w++)
			pthread_join(waiters[w].id, NULL);
		for (unsigned int w = 0; w < WAITERS; w++)
			assert_int_equal(order[w], w);
	}
}

/* A waiter of the unfair one waits too. */
static void test_tas_waits(void **state)
{
	struct counter c = counter_of(LOCK_TAS);
	unsigned int order[1];
	struct waiter w = {.c = &c, .order = order};

	(void)state;
	lock_acquire(&c.lock, &c.how, 0);
	assert_int_equal(pthread_create(&w.id, NULL, wait_in_line, &w), 0);
	usleep(5000);
	assert_int_equal(c.count, 0);
	lock_release(&c.lock, &c.how);
	pthread_join(w.id, NULL);
	assert_int_equal(c.count, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mutual_exclusion),
		cmocka_unit_test(test_ticket_wraps),
		cmocka_unit_test(test_uncontended),
		cmocka_unit_test(test_parts_of_the_word),
		cmocka_unit_test(test_handed_over_in_order),
		cmocka_unit_test(test_tas_waits),
	};

	return cmocka_run_group_tests_name("locks", tests, NULL, NULL);
}
