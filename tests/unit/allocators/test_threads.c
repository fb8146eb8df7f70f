// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every allocator with every lock under real threads. Each entry has an owner, claimed after the
 * alloc and given up before the free: a second claim is an overlap. All that the threads share
 * beside the map is relaxed, so that it orders nothing for a race detector and a missing
 * order in the allocator shows.
 *
 * Stale reuse is judged as in the audit: a free is stamped before the call, a flush at its begin
 * and, when it has ended, counts as complete. An allocation must find that a flush that began
 * after the free is complete. A correct allocator orders these by its locks, hence no false alarm.
 * A hypercall covers what its thread is about to free, and nothing else.
 */
#include "unit/helpers.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#define ENTRIES     2048
#define THREADS_MAX 4
#define LIVE_MAX    1024
#define MAILBOXES   16
/* Of one allocator, number of pools and lock. */
#define RUN_NS (SANITIZED ? 40000000 : 30000000)
#define BATCH  64

struct shared {
	const struct iommu_allocator *a;
	struct iommu_map *map;
	struct iommu_geometry g;
	uint64_t boundary;
	unsigned int threads;
	bool flushes_given;
	pthread_barrier_t barrier;
	_Atomic unsigned int owner[ENTRIES]; /* 0: nobody */
	_Atomic uint64_t freed_at[ENTRIES];  /* 0: never */
	_Atomic uint64_t now;                /* a stamp each, in an order all agree on */
	_Atomic uint64_t flushed;            /* latest begin of a flush that has ended */
	_Atomic uint64_t flushes;
	_Atomic uint64_t mailbox[MAILBOXES]; /* ranges on their way to be freed elsewhere */
	_Atomic unsigned int done;
	_Atomic unsigned long overlaps, stale_reuses, misfits, allocs, failures;
};

struct live {
	unsigned long entry, n;
};

struct actor {
	struct shared *s;
	pthread_t id;
	unsigned int number;
	uint64_t rng;
	struct live live[LIVE_MAX];
	unsigned long live_count, target;
};

static uint64_t get(_Atomic uint64_t *v)
{
	return atomic_load_explicit(v, memory_order_relaxed);
}

static uint64_t stamp(struct shared *s)
{
	return 1 + atomic_fetch_add_explicit(&s->now, 1, memory_order_relaxed);
}

static void count(_Atomic unsigned long *v)
{
	atomic_fetch_add_explicit(v, 1, memory_order_relaxed);
}

/* What this thread is in the middle of freeing. */
static _Thread_local struct iommu_range freeing;

static void hypercall(void *arg)
{
	struct shared *s = arg;

	atomic_fetch_add_explicit(&s->flushes, 1, memory_order_relaxed);
	for (unsigned long i = freeing.start; i < freeing.end; i++)
		atomic_store_explicit(&s->freed_at[i], 0, memory_order_relaxed);
}

static void flush(void *arg)
{
	struct shared *s = arg;
	const uint64_t begin = stamp(s);
	uint64_t last;

	/* Some time, so that others free meanwhile. */
	for (int i = 0; i < 50; i++)
		arch_relax();
	atomic_fetch_add_explicit(&s->flushes, 1, memory_order_relaxed);
	last = get(&s->flushed);
	while (last < begin &&
	       !atomic_compare_exchange_weak_explicit(&s->flushed, &last, begin,
						      memory_order_relaxed, memory_order_relaxed))
		;
}

static void claim(struct actor *t, unsigned long entry, unsigned long n)
{
	struct shared *s = t->s;
	/* Read after alloc has returned, so that all flushes it relied on have ended. */
	const uint64_t flushed = get(&s->flushed);
	const uint64_t first = s->g.base + entry;

	if (entry >= ENTRIES || n >= ENTRIES - entry ||
	    first / s->boundary != (first + n - 1) / s->boundary) {
		count(&s->misfits);
		return;
	}
	for (unsigned long i = entry; i < entry + n; i++) {
		unsigned int nobody = 0;

		if (!atomic_compare_exchange_strong_explicit(&s->owner[i], &nobody, t->number + 1,
							     memory_order_relaxed,
							     memory_order_relaxed))
			count(&s->overlaps);
		if (s->flushes_given && get(&s->freed_at[i]) > flushed)
			count(&s->stale_reuses);
	}
}

/* No two threads are inside with the same CPU number: each has those that leave its own remainder. */
static unsigned int some_cpu(struct actor *t)
{
	const unsigned int threads = t->s->threads;

	return t->number + threads * (unsigned int)random_below(&t->rng, 64 / threads);
}

static void give_back(struct actor *t, struct live l)
{
	struct shared *s = t->s;
	const uint64_t now = stamp(s);

	for (unsigned long i = l.entry; i < l.entry + l.n; i++) {
		atomic_store_explicit(&s->freed_at[i], now, memory_order_relaxed);
		atomic_store_explicit(&s->owner[i], 0, memory_order_relaxed);
	}
	freeing = (struct iommu_range){.start = l.entry, .end = l.entry + l.n};
	s->a->free(s->map, some_cpu(t), l.entry, l.n);
	freeing.end = l.entry;
}

/* Hands a range to whoever comes by, and frees what lay there. */
static void post(struct actor *t, struct live l)
{
	uint64_t letter = l.entry << 8 | l.n;
	/* Acquire and release: who frees comes after who claimed. */
	uint64_t found = atomic_exchange_explicit(&t->s->mailbox[random_below(&t->rng, MAILBOXES)],
						  letter, memory_order_acq_rel);

	if (found)
		give_back(t, (struct live){.entry = found >> 8, .n = found & 255});
}

static void map_one(struct actor *t)
{
	struct shared *s = t->s;
	const bool mixed = one_in(&t->rng, 3);
	const unsigned long n = mixed ? 1 + random_below(&t->rng, 20) : 1;
	const unsigned int order =
		s->a->uses_align && mixed ? (unsigned int)random_below(&t->rng, 5) : 0;
	unsigned long handle = one_in(&t->rng, 2) ? 0 : random_below(&t->rng, ENTRIES);
	/* pooled and ppc leave their pool for a mask: not with threads. */
	const bool masked = s->a->stale_safe && one_in(&t->rng, 8);
	const uint64_t mask = masked ? s->g.base + random_below(&t->rng, ENTRIES) : UINT64_MAX;
	const struct iommu_device device = {.mask = mask, .boundary = s->boundary};
	unsigned long entry = s->a->alloc(s->map, some_cpu(t), n, order,
					  one_in(&t->rng, 3) ? &handle : NULL, &device);

	if (entry == IOMMU_FAIL) {
		count(&s->failures);
		return;
	}
	count(&s->allocs);
	claim(t, entry, n);
	if (entry & ((1UL << order) - 1) || (s->a->uses_mask && s->g.base + entry + n - 1 > mask))
		count(&s->misfits);
	t->live[t->live_count++] = (struct live){.entry = entry, .n = n};
}

static void unmap_one(struct actor *t)
{
	unsigned long i = random_below(&t->rng, t->live_count);
	struct live l = t->live[i];

	t->live[i] = t->live[--t->live_count];
	if (one_in(&t->rng, 4))
		post(t, l);
	else
		give_back(t, l);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void *act(void *arg)
{
	struct actor *t = arg;
	struct shared *s = t->s;
	uint64_t end;

	pthread_barrier_wait(&s->barrier);
	end = now_ns() + RUN_NS;
	do {
		t->target = random_below(&t->rng, LIVE_MAX);
		for (int i = 0; i < BATCH; i++) {
			if (t->live_count && random_below(&t->rng, LIVE_MAX) < t->live_count)
				unmap_one(t);
			else
				map_one(t);
			if (t->live_count > t->target)
				unmap_one(t);
		}
	} while (now_ns() < end);
	while (t->live_count)
		unmap_one(t);
	return NULL;
}

/* No more spinners than CPUs: a waiter in a FIFO that is not running holds up all behind it. */
static unsigned int thread_count(enum lock_kind lock)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	unsigned int n = online < 2 ? 2 : online > THREADS_MAX ? THREADS_MAX : (unsigned int)online;

	return lock == LOCK_TAS && n < THREADS_MAX ? n + 1 : n;
}

static void run_threads(struct shared *s, struct actor *actors)
{
	const unsigned int n = s->threads = thread_count(s->g.lock_kind);

	pthread_barrier_init(&s->barrier, NULL, n);
	for (unsigned int i = 0; i < n; i++) {
		actors[i].s = s;
		actors[i].number = i;
		actors[i].rng = i + 1;
		assert_int_equal(pthread_create(&actors[i].id, NULL, act, &actors[i]), 0);
	}
	for (unsigned int i = 0; i < n; i++)
		pthread_join(actors[i].id, NULL);
	pthread_barrier_destroy(&s->barrier);
}

static void check_end(struct shared *s)
{
	struct iommu_range all = {.start = 0, .end = ENTRIES};
	const char *name = s->a->name;

	CHECK(s->overlaps == 0, "%s pools:%u: %lu", name, s->g.npools, s->overlaps);
	CHECK(s->misfits == 0, "%s pools:%u: %lu", name, s->g.npools, s->misfits);
	CHECK(s->allocs > 100, "%s pools:%u: %lu", name, s->g.npools, s->allocs);
	if (s->a->stale_safe)
		CHECK(s->stale_reuses == 0, "%s pools:%u: %lu of %lu", name, s->g.npools,
		      s->stale_reuses, s->allocs);
	for (int i = 0; i < MAILBOXES; i++) {
		if (s->mailbox[i])
			s->a->free(s->map, 0, s->mailbox[i] >> 8, s->mailbox[i] & 255);
	}
	assert_int_equal(s->a->live(s->map, all), 0);
	assert_true(s->a->alloc(s->map, 0, 1, 0, NULL, &iommu_any_device) != IOMMU_FAIL);
}

static uint64_t total_flushes;

static void threaded(const struct iommu_allocator *a, unsigned int npools)
{
	for (int lock = LOCK_TAS; lock <= LOCK_QUEUED; lock++) {
		struct shared *s = calloc(1, sizeof(*s));
		struct actor *actors = calloc(THREADS_MAX, sizeof(*actors));

		assert_true(s && actors);
		s->a = a;
		s->g = plain_geometry(ENTRIES, npools);
		s->g.base = 262147;
		s->boundary = npools % 3 == 1 ? 128 : UINT64_C(1) << 40;
		s->flushes_given = npools != 2;
		s->g.lock_kind = (enum lock_kind)lock;
		/* Words must not be shared: all is 64 times the pools, ppc's three quarters too. */
		s->map = map_make(a, &s->g,
				  !s->flushes_given ? NULL :
				  a->hypercalls     ? hypercall :
						      flush,
				  s);
		run_threads(s, actors);
		check_end(s);
		total_flushes += s->flushes;
		map_destroy(s->map);
		free(actors);
		free(s);
	}
}

static void test_threads(void **state)
{
	(void)state;
	for_each_variant(threaded);
	assert_true(total_flushes > 100);
}

/* sun4u's reuse is unsafe and the stamps say so: the test above could have failed. */
static void test_reuse_is_seen(void **state)
{
	struct shared *s = calloc(1, sizeof(*s));
	struct actor *actors = calloc(THREADS_MAX, sizeof(*actors));

	(void)state;
	assert_true(s && actors);
	s->a = iommu_allocator_find("sun4u");
	s->g = plain_geometry(ENTRIES, 1);
	s->boundary = UINT64_C(1) << 40;
	s->flushes_given = true;
	s->map = map_make(s->a, &s->g, flush, s);
	run_threads(s, actors);
	assert_true(s->stale_reuses > 0);
	check_end(s);
	map_destroy(s->map);
	free(actors);
	free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_reuse_is_seen),
	};

	return cmocka_run_group_tests_name("threads", tests, NULL, NULL);
}
