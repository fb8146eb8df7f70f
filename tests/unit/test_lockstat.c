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

struct shared {
	struct lock lock;
	enum lock_kind kind;
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
	lockstat_self = s->stats[side->cpu];
	atomic_fetch_add(&s->ready, 1);
	while (atomic_load(&s->ready) < 2)
		arch_relax();
	for (int i = 0; i < ROUNDS; i++) {
		struct lock_node node = {.waiting = 0};

		lock_acquire(&s->lock, s->kind, &node);
		s->counter++;
		if (i % 10 == 0)
			lockstat_flush();
		lock_release(&s->lock, s->kind, &node);
	}
	lockstat_self = NULL;
	return NULL;
}

/* What must hold between the counts, whatever the threads' timing was. */
static void test_counts(void **state)
{
	(void)state;
	for (int kind = LOCK_TAS; kind <= LOCK_MCS; kind++) {
		struct shared s = {.kind = (enum lock_kind)kind};
		struct lockstat *all = calloc(1, sizeof(*all));
		struct side sides[2];
		pthread_t id[2];
		uint32_t lock_id;

		lock_name(&s.lock, "test", (unsigned int)kind);
		lock_id = lockstat_id("test", (unsigned int)kind);
		for (unsigned int i = 0; i < 2; i++) {
			s.stats[i] = calloc(1, sizeof(*s.stats[i]));
			sides[i] = (struct side){.shared = &s, .cpu = i};
			pthread_create(&id[i], NULL, side_main, &sides[i]);
		}
		for (unsigned int i = 0; i < 2; i++) {
			pthread_join(id[i], NULL);
			assert_int_equal(s.stats[i]->lock[lock_id].acquisitions, ROUNDS);
			lockstat_merge(all, &s.stats[i]->lock[lock_id]);
			free(s.stats[i]);
		}
		assert_int_equal(s.counter, 2 * ROUNDS);
		assert_int_equal(all->acquisitions, 2 * ROUNDS);
		assert_int_equal(all->hold.count, 2 * ROUNDS);
		assert_int_equal(all->hold_flush.count, 2 * ROUNDS / 10);
		assert_int_equal(all->wait.count, all->contentions);
		assert_true(all->con_bounces <= all->contentions);
		assert_true(all->con_bounces <= all->acq_bounces);
		/* Both threads had it, so it changed hands. */
		assert_true(all->acq_bounces >= 1);
		free(all);
	}
}

/* A lock that is certainly held when the other thread tries. */
static void *wait_main(void *arg)
{
	struct side *side = arg;
	struct shared *s = side->shared;
	struct lock_node node = {.waiting = 0};

	lockstat_cpu = side->cpu + 1;
	lockstat_self = s->stats[1];
	atomic_store(&s->ready, 1);
	lock_acquire(&s->lock, s->kind, &node);
	lock_release(&s->lock, s->kind, &node);
	lockstat_self = NULL;
	return NULL;
}

#define HOLD_NS 20000000

static void test_contention(void **state)
{
	(void)state;
	for (int kind = LOCK_TAS; kind <= LOCK_MCS; kind++) {
		struct shared s = {.kind = (enum lock_kind)kind};
		struct lockstat_thread *mine = calloc(1, sizeof(*mine));
		struct side side = {.shared = &s, .cpu = 1};
		struct clock_calibration c;
		struct lock_node node = {.waiting = 0};
		double hold_ns, wait_ns;
		pthread_t id;
		uint64_t begun;

		clock_calibrate(&c);
		s.stats[1] = calloc(1, sizeof(*s.stats[1]));
		lockstat_cpu = 1;
		lockstat_self = mine;
		lock_acquire(&s.lock, s.kind, &node);
		pthread_create(&id, NULL, wait_main, &side);
		while (!atomic_load(&s.ready))
			arch_relax();
		begun = clock_raw_ns();
		while (clock_raw_ns() - begun < HOLD_NS)
			;
		lock_release(&s.lock, s.kind, &node);
		lockstat_self = NULL;
		lockstat_cpu = 0;
		pthread_join(id, NULL);

		hold_ns = (double)mine->lock[0].hold.max / c.ticks_per_ns;
		wait_ns = (double)s.stats[1]->lock[0].wait.max / c.ticks_per_ns;
		assert_int_equal(mine->lock[0].contentions, 0);
		assert_int_equal(s.stats[1]->lock[0].contentions, 1);
		assert_int_equal(s.stats[1]->lock[0].con_bounces, 1);
		assert_int_equal(s.stats[1]->lock[0].acq_bounces, 1);
		assert_true(hold_ns >= HOLD_NS * 0.99);
		/* It began to wait after the hold had begun; it may have been off the CPU
		 * between saying that it was ready and its first attempt. */
		assert_true(wait_ns > 0);
		assert_true(s.stats[1]->lock[0].hold.count == 1);
		free(s.stats[1]);
		free(mine);
	}
}

static void test_not_recording(void **state)
{
	struct lockstat_thread *mine = calloc(1, sizeof(*mine));
	struct lock lock = {.next = 0};
	struct lock_node node = {.waiting = 0};

	(void)state;
	lock_acquire(&lock, LOCK_TAS, &node);
	lock_release(&lock, LOCK_TAS, &node);
	lockstat_self = mine;
	lockstat_flush();
	lock_acquire(&lock, LOCK_TAS, &node);
	lock_release(&lock, LOCK_TAS, &node);
	lockstat_self = NULL;
	assert_int_equal(mine->lock[0].acquisitions, 1);
	/* A flush before the hold is not in it. */
	assert_int_equal(mine->lock[0].hold_flush.count, 0);
	free(mine);
}

static uint64_t acquisitions_of(const struct lockstat_thread *t)
{
	uint64_t sum = 0;

	for (unsigned int id = 0; id < LOCKSTAT_LOCKS; id++)
		sum += t->lock[id].acquisitions;
	return sum;
}

/* Each allocator's other copy works on the same map, call by call, and never records. */
static void test_unrecorded_allocators(void **state)
{
	struct lockstat_thread *mine = calloc(1, sizeof(*mine));
	size_t count;
	const struct iommu_allocator *const *all = iommu_allocators(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct iommu_allocator *a = all[i], *twin = iommu_allocator_unrecorded(a);
		const struct iommu_geometry g = {
			.entries = 1024,
			.npools = a->default_pools[0],
			.boundary = 1UL << 20,
		};
		struct error e;
		struct iommu_map *map = map_create(a, &g, NULL, NULL, &e);
		unsigned long one, other;
		uint64_t recorded;

		assert_non_null(map);
		assert_ptr_not_equal(twin, a);
		assert_string_equal(twin->name, a->name);
		lockstat_self = mine;
		recorded = acquisitions_of(mine);
		one = a->alloc(map, 0, 1, 0, NULL, UINT64_MAX);
		assert_true(acquisitions_of(mine) > recorded);
		recorded = acquisitions_of(mine);
		other = twin->alloc(map, 0, 1, 0, NULL, UINT64_MAX);
		assert_int_not_equal(one, other);
		twin->free(map, one, 1);
		assert_int_equal(acquisitions_of(mine), recorded);
		a->free(map, other, 1);
		assert_true(acquisitions_of(mine) > recorded);
		lockstat_self = NULL;
		assert_int_equal(a->live(map, (struct iommu_range){0, g.entries}), 0);
		map_destroy(map);
	}
	free(mine);
}
#else
/* The plain build's locks must not even have room for it. */
static void test_nothing_in_plain_build(void **state)
{
	(void)state;
	assert_int_equal(sizeof(struct lock), sizeof(void *) + 2 * sizeof(uint32_t));
	assert_true(sizeof(struct lock_node) <= 2 * sizeof(void *));
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
		cmocka_unit_test(test_unrecorded_allocators),
#else
		cmocka_unit_test(test_nothing_in_plain_build),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
