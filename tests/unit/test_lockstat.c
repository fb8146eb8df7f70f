// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Lock statistics: the histogram against sorted values, and what the statistics build's locks
 * record (the other builds record nothing, which is tested too).
 */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "allocator.h"
#include "hist.h"
#include "lock.h"
#include "lockstat.h"
#include "plan/variant.h"

#define VALUES 20000

static uint64_t random_state = 88172645463325252u;

static uint64_t random_next(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* Values spread over all octaves, or within one, with many ties or none. */
static uint64_t draw(int shape)
{
	switch (shape) {
	case 0:
		return random_next() >> (24 + random_next() % 40);
	case 1:
		return random_next() % 100;
	case 2:
		return 1000000 + random_next() % 5000;
	default:
		return random_next() % 3 ? 7 : UINT64_C(1) << (random_next() % HIST_BITS);
	}
}

static void assert_quantiles(const struct hist *h, const uint64_t *sorted, size_t n)
{
	static const double quantiles[] = {0, 0.001, 0.1, 0.25, 0.5, 0.9, 0.99, 0.999, 1};

	for (size_t i = 0; i < sizeof(quantiles) / sizeof(quantiles[0]); i++) {
		size_t rank = (size_t)ceil(quantiles[i] * (double)n);
		double exact = (double)sorted[rank ? rank - 1 : 0];
		double got = (double)hist_quantile(h, quantiles[i]);

		assert_true(fabs(got - exact) <= 0.01 * exact);
	}
}

static void test_hist_against_sorted(void **state)
{
	uint64_t *values = malloc(VALUES * sizeof(*values));
	struct hist *h = malloc(sizeof(*h)), *part = malloc(sizeof(*part));

	(void)state;
	for (int shape = 0; shape < 4; shape++) {
		uint64_t sum = 0;

		memset(h, 0, sizeof(*h));
		memset(part, 0, sizeof(*part));
		for (size_t i = 0; i < VALUES; i++) {
			values[i] = draw(shape) & ((UINT64_C(1) << HIST_BITS) - 1);
			sum += values[i];
			hist_record(i % 3 ? h : part, values[i]);
		}
		hist_merge(h, part);
		qsort(values, VALUES, sizeof(*values), by_value);
		assert_int_equal(h->count, VALUES);
		assert_int_equal(h->min, values[0]);
		assert_int_equal(h->max, values[VALUES - 1]);
		assert_int_equal(h->sum, sum);
		assert_int_equal(h->overflow, 0);
		assert_quantiles(h, values, VALUES);
	}
	free(values);
	free(part);
	free(h);
}

/* Buckets follow each other without a gap, and each value is in its own. */
static void test_hist_buckets(void **state)
{
	uint64_t expected = 0, low = 0, width = 0;

	(void)state;
	for (unsigned int i = 0; i < HIST_BUCKETS; i++) {
		width = hist_bucket(i, &low);
		assert_int_equal(low, expected);
		assert_int_equal(hist_index(low), i);
		assert_int_equal(hist_index(low + width - 1), i);
		expected = low + width;
	}
	assert_int_equal(expected, UINT64_C(1) << HIST_BITS);
}

static void test_hist_edges(void **state)
{
	struct hist *h = calloc(1, sizeof(*h)), *empty = calloc(1, sizeof(*empty));

	(void)state;
	assert_int_equal(hist_quantile(h, 0.5), 0);
	assert_true(hist_mean(h) == 0);
	hist_record(h, UINT64_C(1) << HIST_BITS);
	hist_record(h, UINT64_MAX >> 1);
	hist_record(h, 5);
	assert_int_equal(h->count, 3);
	assert_int_equal(h->overflow, 2);
	assert_int_equal(hist_quantile(h, 0.1), 5);
	assert_int_equal(hist_quantile(h, 0.9), UINT64_MAX >> 1);
	hist_merge(h, empty);
	assert_int_equal(h->min, 5);
	hist_merge(empty, h);
	assert_int_equal(empty->min, 5);
	assert_int_equal(empty->overflow, 2);
	free(h);
	free(empty);
}

#ifdef IOMMU_STAT
#define ROUNDS 2000

static struct lock_scheme how_of(int kind)
{
	static struct lock_nodes nodes[2];

	return (struct lock_scheme){.kind = (enum lock_kind)kind, .nodes = nodes};
}

/* A thread that draws each acquisition. */
static struct lockstat_thread *stats_new(void)
{
	struct lockstat_thread *t = calloc(1, sizeof(*t));

	assert_non_null(t);
	lockstat_start(t, (struct lockstat_gaps){1, 1}, 0);
	t->stats = calloc(LOCKSTAT_CLASSES, sizeof(*t->stats));
	assert_non_null(t->stats);
	return t;
}

/* From here on the calling thread is @t, whatever it was. */
static void become(const struct lockstat_thread *t)
{
	lockstat_self = *t;
}

/* It no longer is. */
static void leave(struct lockstat_thread *t)
{
	*t = lockstat_self;
	lockstat_self = (struct lockstat_thread){0};
}

static void stats_free(struct lockstat_thread *t)
{
	assert_int_equal(t->depth, 0);
	free(t->stats);
	free(t);
}

struct shared {
	struct lock lock;
	struct lock_scheme how;
	struct lockstat_thread *stats[2];
	_Atomic int ready;
	unsigned long counter;
};

struct side {
	struct shared *shared;
	unsigned int cpu;
};

static void *side_main(void *arg)
{
	struct side *side = arg;
	struct shared *s = side->shared;

	lockstat_cpu = side->cpu + 1;
	become(s->stats[side->cpu]);
	atomic_fetch_add(&s->ready, 1);
	while (atomic_load(&s->ready) < 2)
		arch_relax();
	for (int i = 0; i < ROUNDS; i++) {
		lock_acquire(&s->lock, &s->how, side->cpu);
		s->counter++;
		if (i % 10 == 0)
			lockstat_flush();
		lock_release(&s->lock, &s->how);
	}
	leave(s->stats[side->cpu]);
	return NULL;
}

/* What must hold between the counts, whatever the threads' timing was. */
static void test_counts(void **state)
{
	(void)state;
	for (int kind = LOCK_TAS; kind <= LOCK_QUEUED; kind++) {
		struct shared s = {.how = how_of(kind)};
		struct lockstat *all = calloc(LOCKSTAT_CLASSES, sizeof(*all));
		const struct lockstat *of;
		struct side sides[2];
		pthread_t id[2];
		const unsigned int class = lockstat_class("test");
		uint64_t acquisitions = 0;

		assert_int_equal(lockstat_watch(&s.lock, sizeof(s.lock)), 0);
		lock_name(&s.lock, "test");
		for (unsigned int i = 0; i < 2; i++) {
			s.stats[i] = stats_new();
			sides[i] = (struct side){.shared = &s, .cpu = i};
			pthread_create(&id[i], NULL, side_main, &sides[i]);
		}
		for (unsigned int i = 0; i < 2; i++) {
			pthread_join(id[i], NULL);
			assert_int_equal(lockstat_acquisitions(s.stats[i]), ROUNDS);
			acquisitions += lockstat_merge(all, s.stats[i]);
			stats_free(s.stats[i]);
		}
		assert_int_equal(s.counter, 2 * ROUNDS);
		of = &all[class];
		assert_int_equal(acquisitions, 2 * ROUNDS);
		assert_int_equal(of->acquire.count + of->wait.count, 2 * ROUNDS);
		assert_int_equal(of->hold.count, 2 * ROUNDS);
		assert_int_equal(of->hold_flush.count, 2 * ROUNDS / 10);
		assert_int_equal(of->wait.count, of->contentions);
		/* All but the first are behind one that was marked. */
		assert_int_equal(of->followed, 2 * ROUNDS - 1);
		assert_true(of->con_bounces <= of->contentions);
		assert_true(of->con_bounces <= of->acq_bounces);
		/* Both threads had it, so it changed hands. */
		assert_true(of->acq_bounces >= 1);
		free(all);
	}
}

/* A lock that is certainly held when the other thread tries. */
static void *wait_main(void *arg)
{
	struct side *side = arg;
	struct shared *s = side->shared;

	lockstat_cpu = side->cpu + 1;
	become(s->stats[1]);
	atomic_store(&s->ready, 1);
	lock_acquire(&s->lock, &s->how, side->cpu);
	lock_release(&s->lock, &s->how);
	leave(s->stats[1]);
	return NULL;
}

#define HOLD_NS 20000000

static void test_contention(void **state)
{
	(void)state;
	for (int kind = LOCK_TAS; kind <= LOCK_QUEUED; kind++) {
		struct shared s = {.how = how_of(kind)};
		struct lockstat_thread *mine = stats_new();
		struct side side = {.shared = &s, .cpu = 1};
		struct clock_calibration c;
		double hold_ns, wait_ns;
		pthread_t id;
		uint64_t begun;

		clock_calibrate(&c);
		assert_int_equal(lockstat_watch(&s.lock, sizeof(s.lock)), 0);
		s.stats[1] = stats_new();
		lockstat_cpu = 1;
		become(mine);
		lock_acquire(&s.lock, &s.how, 0);
		pthread_create(&id, NULL, wait_main, &side);
		while (!atomic_load(&s.ready))
			arch_relax();
		begun = clock_raw_ns();
		while (clock_raw_ns() - begun < HOLD_NS)
			;
		lock_release(&s.lock, &s.how);
		leave(mine);
		lockstat_cpu = 0;
		pthread_join(id, NULL);

		hold_ns = (double)mine->stats[0].hold.max / c.ticks_per_ns;
		wait_ns = (double)s.stats[1]->stats[0].wait.max / c.ticks_per_ns;
		assert_int_equal(mine->stats[0].contentions, 0);
		assert_int_equal(s.stats[1]->stats[0].contentions, 1);
		assert_int_equal(s.stats[1]->stats[0].con_bounces, 1);
		assert_int_equal(s.stats[1]->stats[0].acq_bounces, 1);
		assert_int_equal(s.stats[1]->stats[0].acquire.count, 0);
		assert_int_equal(mine->stats[0].acquire.count, 1);
		assert_true(hold_ns >= HOLD_NS * 0.99);
		/* It began to wait after the hold had begun; it may have been off the CPU
		 * between saying that it was ready and its first attempt. */
		assert_true(wait_ns > 0);
		assert_true(s.stats[1]->stats[0].hold.count == 1);
		stats_free(s.stats[1]);
		stats_free(mine);
	}
}

static void test_not_recording(void **state)
{
	struct lockstat_thread *mine = stats_new();
	const struct lock_scheme how = how_of(LOCK_TAS);
	struct lock lock = {{0}};

	(void)state;
	lock_acquire(&lock, &how, 0);
	lock_release(&lock, &how);
	become(mine);
	lockstat_flush();
	lock_acquire(&lock, &how, 0);
	lock_release(&lock, &how);
	leave(mine);
	assert_int_equal(mine->stats[0].hold.count, 1);
	/* A flush before the hold is not in it. */
	assert_int_equal(mine->stats[0].hold_flush.count, 0);
	stats_free(mine);
}

/* Of single acquisitions, drawn at random, there is what there is of all of them, in proportion. */
static void test_drawn(void **state)
{
	enum { GAP = 10, TAKEN = 200000 };
	struct lockstat_thread *threads[2] = {stats_new(), stats_new()};
	const struct lock_scheme how = how_of(LOCK_TAS);
	struct lockstat *all = calloc(LOCKSTAT_CLASSES, sizeof(*all));
	static struct lock lock;
	const struct lockstat *of;
	uint64_t bounces = 0, last = 2, acquisitions = 0;
	unsigned int class;

	(void)state;
	assert_int_equal(lockstat_watch(&lock, sizeof(lock)), 0);
	lock_name(&lock, "drawn");
	class = lockstat_class("drawn");
	for (uint64_t i = 0; i < 2; i++)
		lockstat_start(threads[i], (struct lockstat_gaps){GAP, 1}, i);
	/* Three in four by the same CPU as the last. */
	for (int i = 0; i < TAKEN; i++) {
		const uint64_t who = random_next() % 4 ? last % 2 : !(last % 2);

		bounces += last < 2 && who != last;
		last = who;
		become(threads[who]);
		lockstat_cpu = (uint32_t)who + 1;
		lock_acquire(&lock, &how, 0);
		/* One in 100 with a flush. */
		if (i % 100 == 0)
			lockstat_flush();
		lock_release(&lock, &how);
		leave(threads[who]);
	}
	lockstat_cpu = 0;
	for (int i = 0; i < 2; i++)
		acquisitions += lockstat_merge(all, threads[i]);
	of = &all[class];
	assert_int_equal(acquisitions, TAKEN);
	assert_int_equal(of->contentions, 0);
	/* A third of the drawn ones each: within six standard deviations and more. */
	assert_in_range(of->hold.count, TAKEN / GAP / 3 * 9 / 10, TAKEN / GAP / 3 * 11 / 10);
	assert_in_range(of->acquire.count, TAKEN / GAP / 3 * 9 / 10, TAKEN / GAP / 3 * 11 / 10);
	assert_in_range(of->hold_flush.count, of->hold.count / 200, of->hold.count / 50);
	assert_int_equal(of->wait.count, 0);
	assert_in_range(of->followed, TAKEN / GAP / 3 * 9 / 10, TAKEN / GAP / 3 * 11 / 10);
	assert_true(fabs((double)of->acq_bounces / (double)of->followed - (double)bounces / TAKEN) <
		    0.03);
	assert_int_equal(of->con_bounces, 0);
	for (int i = 0; i < 2; i++)
		stats_free(threads[i]);
	free(all);
	lockstat_unwatch();
}

/* A timed acquisition that is not over counts for nothing, and one that nobody records leaves no trace. */
static void test_not_over(void **state)
{
	struct lockstat *all = calloc(LOCKSTAT_CLASSES, sizeof(*all));
	struct lockstat_thread *mine = stats_new();
	struct lockstat *stats = mine->stats;
	const struct lock_scheme how = how_of(LOCK_TICKET);
	struct lock lock = {{0}};

	(void)state;
	become(mine);
	lock_acquire(&lock, &how, 0);
	assert_int_equal(lockstat_merge(all, &lockstat_self), 0);
	lockstat_self.stats = NULL;
	lock_release(&lock, &how);
	leave(mine);
	assert_int_equal(stats[0].hold.count, 0);
	mine->stats = stats;
	assert_int_equal(lockstat_merge(all, mine), 1);
	assert_int_equal(all[0].hold.count, 0);
	stats_free(mine);
	free(all);
}

/* More locks than there are classes, told apart by where they are; what is not watched has no class. */
static void test_classes(void **state)
{
	struct lockstat_thread *mine = stats_new();
	const struct lock_scheme how = how_of(LOCK_TICKET);
	static struct lock locks[100], stranger;
	unsigned int odd, even;

	(void)state;
	assert_int_equal(lockstat_watch(locks, sizeof(locks)), 0);
	for (size_t i = 0; i < 100; i++)
		lock_name(&locks[i], i % 2 ? "odd" : "even");
	lock_name(&stranger, "odd");
	odd = lockstat_class("odd");
	even = lockstat_class("even");
	assert_true(odd && even && odd != even);
	assert_string_equal(lockstat_class_name(odd), "odd");
	become(mine);
	for (size_t i = 0; i < 100; i++) {
		lockstat_cpu = 1 + (uint32_t)i % 3;
		/* One in another, and the outer one let go of first. */
		lock_acquire(&locks[i], &how, 0);
		lock_acquire(&locks[(i + 2) % 100], &how, 0);
		lock_release(&locks[i], &how);
		lock_release(&locks[(i + 2) % 100], &how);
	}
	lock_acquire(&stranger, &how, 0);
	lock_release(&stranger, &how);
	leave(mine);
	lockstat_cpu = 0;
	assert_int_equal(mine->stats[odd].hold.count, 100);
	assert_int_equal(mine->stats[even].hold.count, 100);
	assert_int_equal(mine->stats[0].hold.count, 1);
	/* Each lock's second holder came from another CPU than its first. */
	assert_int_equal(mine->stats[odd].acq_bounces + mine->stats[even].acq_bounces, 100);
	lockstat_unwatch();
	stats_free(mine);
}

/* Locks among the variables of kernel code are watched beside any map's. */
__attribute__((section("kernel_data"))) static struct lock globals[3];

static void test_globals(void **state)
{
	struct lockstat_thread *mine = stats_new();
	const struct lock_scheme how = how_of(LOCK_TAS);
	static struct lock in_map[5];
	const unsigned int map = lockstat_class("odd"), global = lockstat_class("global");

	(void)state;
	assert_int_equal(lockstat_watch(in_map, sizeof(in_map)), 0);
	lock_name(&in_map[4], "odd");
	lock_name(&globals[2], "global");
	become(mine);
	for (uint32_t cpu = 1; cpu <= 2; cpu++) {
		lockstat_cpu = cpu;
		lock_acquire(&in_map[4], &how, 0);
		lock_release(&in_map[4], &how);
		for (unsigned int i = 1; i < 3; i++) {
			lock_acquire(&globals[i], &how, 0);
			lock_release(&globals[i], &how);
		}
	}
	leave(mine);
	lockstat_cpu = 0;
	assert_int_equal(mine->stats[map].hold.count, 2);
	assert_int_equal(mine->stats[map].acq_bounces, 1);
	assert_int_equal(mine->stats[global].hold.count, 2);
	assert_int_equal(mine->stats[global].acq_bounces, 1);
	/* Nobody named it, but who held it last is known. */
	assert_int_equal(mine->stats[0].hold.count, 2);
	assert_int_equal(mine->stats[0].acq_bounces, 1);
	lockstat_unwatch();
	lock_name(&globals[2], "odd");
	assert_int_equal(lockstat_watch(in_map, sizeof(in_map)), 0);
	become(mine);
	lock_acquire(&globals[2], &how, 0);
	lock_release(&globals[2], &how);
	leave(mine);
	/* Each watch begins anew. */
	assert_int_equal(mine->stats[0].hold.count, 3);
	lockstat_unwatch();
	stats_free(mine);
}

/* Those beyond the last place go together, and nothing is written beyond. */
static void test_too_many_classes(void **state)
{
	static char names[LOCKSTAT_CLASSES][8];

	(void)state;
	for (unsigned int i = 0; i < LOCKSTAT_CLASSES; i++)
		snprintf(names[i], sizeof(names[i]), "c%u", i);
	for (unsigned int i = 0; i < LOCKSTAT_CLASSES; i++)
		assert_true(lockstat_class(names[i]) < LOCKSTAT_CLASSES);
	assert_int_equal(lockstat_class(names[LOCKSTAT_CLASSES - 1]), 0);
	assert_string_equal(lockstat_class_name(0), "unnamed");
}
#else
static void test_nothing_in_plain_build(void **state)
{
	struct lock lock = {{0}};

	(void)state;
	lock_name(&lock, "nothing comes of it");
	assert_int_equal(lockstat_table.places, 0);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hist_against_sorted),
		cmocka_unit_test(test_hist_buckets),
		cmocka_unit_test(test_hist_edges),
#ifdef IOMMU_STAT
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_contention),
		cmocka_unit_test(test_not_recording),
		cmocka_unit_test(test_drawn),
		cmocka_unit_test(test_not_over),
		cmocka_unit_test(test_classes),
		cmocka_unit_test(test_globals),
		cmocka_unit_test(test_too_many_classes),
#else
		cmocka_unit_test(test_nothing_in_plain_build),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
