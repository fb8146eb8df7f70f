// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What holds for every allocator, whatever it returns: random requests, one thread, each
 * allocator with each number of pools and kind of lock.
 */
#include "unit/helpers.h"

#define N_MAX     4096
#define LIVE_MAX  N_MAX
#define PAGES_MAX 40

struct live {
	unsigned long entry, n;
};

/* The map as the caller sees it. */
struct model {
	const struct iommu_allocator *a;
	struct iommu_geometry g;
	uint64_t boundary;
	bool flush;
	struct iommu_map *map;
	uint64_t rng;
	bool taken[N_MAX];
	uint64_t freed_at[N_MAX]; /* 0: never */
	struct live live[LIVE_MAX];
	unsigned long live_count, entries_live;
	/* Stamps: each free and flush is a moment of its own. */
	uint64_t now, flushed_at, flushes;
	unsigned long successes, failures, stale_reuses;
};

static void flush_stamp(void *arg)
{
	struct model *m = arg;

	m->flushed_at = ++m->now;
	m->flushes++;
}

/* A random shape of @a, with pools of any size: one thread needs no whole words. */
static void random_geometry(struct model *m, unsigned int npools, enum lock_kind lock)
{
	do {
		m->g = (struct iommu_geometry){
			.entries = 2 + random_below(&m->rng, one_in(&m->rng, 2) ? 300 : N_MAX - 1),
			.npools = npools,
			.large_pool = m->a->takes_large_pool && one_in(&m->rng, 2),
			.base = one_in(&m->rng, 2) ? 0 : random_next(&m->rng) >> 33,
			.ncpus = 64,
			.lock_kind = lock,
		};
	} while (m->a->check(&m->g));
	m->boundary = UINT64_C(1) << (one_in(&m->rng, 2) ? 40 : 5 + random_below(&m->rng, 6));
}

static void model_begin(struct model *m, const struct iommu_geometry *g, bool flush)
{
	m->g = *g;
	m->flush = flush;
	m->map = map_make(m->a, g, flush ? flush_stamp : NULL, m);
}

static struct iommu_range whole(const struct model *m)
{
	return (struct iommu_range){.start = 0, .end = m->g.entries};
}

struct request {
	unsigned int cpu, order;
	unsigned long n, handle;
	bool has_handle;
	uint64_t mask;
};

static struct request random_request(struct model *m)
{
	uint64_t *rng = &m->rng;
	struct request r = {
		.cpu = (unsigned int)random_below(rng, 64),
		.n = one_in(rng, 2) ? 1 : 1 + random_below(rng, PAGES_MAX),
		.order = one_in(rng, 4) ? (unsigned int)random_below(rng, 7) : 0,
		.has_handle = one_in(rng, 3),
		.handle = one_in(rng, 3) ? 0 : random_below(rng, m->g.entries + 10),
		.mask = UINT64_MAX,
	};

	if (one_in(rng, 200))
		r.order = 20 + (unsigned int)random_below(rng, 44);
	if (one_in(rng, 6))
		r.mask = m->g.base + random_below(rng, 2 * m->g.entries);
	return r;
}

static void check_success(struct model *m, const struct request *r, unsigned long entry)
{
	const uint64_t first = m->g.base + entry, last = first + r->n - 1;

	CHECK(entry < m->g.entries && r->n < m->g.entries - entry, "%s: [%lu, +%lu) of %lu entries",
	      m->a->name, entry, r->n, m->g.entries);
	for (unsigned long i = entry; i < entry + r->n; i++) {
		CHECK(!m->taken[i], "%s: %lu is live already", m->a->name, i);
		m->taken[i] = true;
		m->stale_reuses += m->freed_at[i] > m->flushed_at;
		if (m->a->stale_safe)
			CHECK(m->freed_at[i] <= m->flushed_at,
			      "%s pools:%u: %lu was freed at %llu, last flush at %llu", m->a->name,
			      m->g.npools, i, (unsigned long long)m->freed_at[i],
			      (unsigned long long)m->flushed_at);
	}
	CHECK(first / m->boundary == last / m->boundary, "%s: crosses", m->a->name);
	if (m->a->uses_mask)
		CHECK(last <= r->mask, "%s: beyond the mask", m->a->name);
	if (m->a->uses_align)
		CHECK(entry % (r->order < 64 ? UINT64_C(1) << r->order : 1) == 0,
		      "%s: %lu is not aligned to 2^%u", m->a->name, entry, r->order);
}

/* Strict means that a map flushes nothing; a hypercall that a map makes flushes nothing either. */
static void check_strict_map(struct model *m, uint64_t flushes, uint64_t flushed_at, bool mapped)
{
	if (!m->a->strict_flush)
		return;
	assert_int_equal(m->flushes - flushes, m->a->hypercalls && m->flush && mapped ? 1 : 0);
	m->flushed_at = flushed_at;
}

static unsigned long model_alloc(struct model *m, const struct request *r)
{
	const struct iommu_device device = {.mask = r->mask, .boundary = m->boundary};
	unsigned long handle = r->handle, entry;
	const uint64_t flushes = m->flushes, flushed_at = m->flushed_at;

	entry = m->a->alloc(m->map, r->cpu, r->n, r->order, r->has_handle ? &handle : NULL,
			    &device);
	check_strict_map(m, flushes, flushed_at, entry != IOMMU_FAIL);
	if (entry == IOMMU_FAIL) {
		m->failures++;
		assert_int_equal(handle, r->handle);
		return entry;
	}
	m->successes++;
	/* Where there is no flush nothing is ever stale. */
	if (!m->flush)
		m->flushed_at = m->now;
	check_success(m, r, entry);
	if (r->has_handle)
		assert_int_equal(handle, entry + r->n);
	m->live[m->live_count++] = (struct live){.entry = entry, .n = r->n};
	m->entries_live += r->n;
	return entry;
}

static void model_free(struct model *m, unsigned long i)
{
	const struct live l = m->live[i];
	const uint64_t flushes = m->flushes;

	m->live[i] = m->live[--m->live_count];
	m->entries_live -= l.n;
	m->now++;
	for (unsigned long e = l.entry; e < l.entry + l.n; e++) {
		m->taken[e] = false;
		m->freed_at[e] = m->now;
	}
	m->a->free(m->map, (unsigned int)random_below(&m->rng, 64), l.entry, l.n);
	/* Lazy means not here; strict means here, and once. */
	assert_int_equal(m->flushes - flushes, m->a->strict_flush && m->flush ? 1 : 0);
}

static void check_live(struct model *m)
{
	struct iommu_range r = {.start = random_below(&m->rng, m->g.entries),
				.end = random_below(&m->rng, m->g.entries + 1)};
	unsigned long expected = 0;

	for (unsigned long i = r.start; i < r.end; i++)
		expected += m->taken[i];
	assert_int_equal(m->a->live(m->map, r), expected);
	assert_int_equal(m->a->live(m->map, whole(m)), m->entries_live);
}

static void model_end(struct model *m)
{
	const struct request one = {.n = 1, .mask = UINT64_MAX};

	while (m->live_count)
		model_free(m, random_below(&m->rng, m->live_count));
	assert_int_equal(m->a->live(m->map, whole(m)), 0);
	CHECK(model_alloc(m, &one) != IOMMU_FAIL, "%s is empty but full", m->a->name);
	model_free(m, 0);
	map_destroy(m->map);
}

static struct model *model_new(const struct iommu_allocator *a, uint64_t seed)
{
	struct model *m = calloc(1, sizeof(*m));

	assert_non_null(m);
	m->a = a;
	m->rng = seed;
	return m;
}

static void random_operations(struct model *m, int operations)
{
	for (int i = 0; i < operations; i++) {
		/* Filling and emptying take turns. */
		const unsigned long fill = (unsigned long)i / 400 % 2 ? 3 : 6;
		struct request r = random_request(m);

		if (m->live_count && random_below(&m->rng, 9) >= fill)
			model_free(m, random_below(&m->rng, m->live_count));
		else
			model_alloc(m, &r);
		if (i % 64 == 0)
			check_live(m);
	}
}

static unsigned long successes, failures;

static void properties(const struct iommu_allocator *a, unsigned int npools)
{
	const int rounds = SANITIZED ? 4 : 12;

	for (int round = 0; round < 3 * rounds; round++) {
		struct model *m = model_new(a, (uint64_t)round);

		random_geometry(m, npools, (enum lock_kind)(round % 3));
		model_begin(m, &m->g, round / 3 % 4 != 0);
		random_operations(m, 2000);
		if (!m->flush)
			assert_int_equal(m->flushes, 0);
		model_end(m);
		successes += m->successes;
		failures += m->failures;
		free(m);
	}
}

static void test_properties(void **state)
{
	(void)state;
	successes = failures = 0;
	for_each_variant(properties);
	/* Both were met often enough to mean something. */
	assert_true(failures > successes / 100 && successes > failures / 100);
}

/* ---- impossible requests ---- */

static void impossible(const struct iommu_allocator *a, unsigned int npools)
{
	struct iommu_geometry g = plain_geometry(2048, npools);
	struct model *m = model_new(a, 1);
	const struct iommu_device device = any_device_with(64),
				  below = {.mask = 999, .boundary = 64},
				  none = {.mask = 0, .boundary = 64};
	unsigned long handle = 7;

	g.base = 1000;
	m->boundary = 64;
	model_begin(m, &g, true);
	assert_true(a->alloc(m->map, 0, 0, 0, &handle, &device) == IOMMU_FAIL);
	assert_true(a->alloc(m->map, 0, 65, 0, &handle, &device) == IOMMU_FAIL);
	assert_true(a->alloc(m->map, 0, 2048, 0, &handle, &device) == IOMMU_FAIL);
	assert_true(a->alloc(m->map, 0, IOMMU_FAIL, 0, &handle, &device) == IOMMU_FAIL);
	if (a->uses_mask) {
		assert_true(a->alloc(m->map, 0, 1, 0, &handle, &below) == IOMMU_FAIL);
		assert_true(a->alloc(m->map, 0, 1, 0, &handle, &none) == IOMMU_FAIL);
	}
	assert_int_equal(handle, 7);
	/* Refused before anything is searched, so before anything is flushed. */
	assert_int_equal(m->flushes, 0);
	assert_int_equal(a->live(m->map, whole(m)), 0);
	model_end(m);
	free(m);
}

static void test_impossible(void **state)
{
	(void)state;
	for_each_variant(impossible);
}

/* ---- no failure while there is room ---- */

/* Has any of the parts that an allocation may come from room for @n entries in a row? */
static bool has_room(const struct model *m, struct iommu_range part, unsigned long n)
{
	unsigned long run = 0;

	for (unsigned long i = part.start; i < part.end; i++) {
		run = m->taken[i] ? 0 : run + 1;
		if (run == n)
			return true;
	}
	return false;
}

/* Is @name one of these? */
static bool is_among(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

static const char *const with_one_map[] = {"sun4u", "gart", "s390", "dma4u-4.0", "dma4v-4.0"};
static const char *const with_pools[] = {"pooled", "pooled-padded", "dma4u-4.1", "dma4v-4.1"};

/*
 * What each allocator can hand out, by the rules: a part of the map that is searched from end to
 * end before alloc fails, less its last entry. pooled's pools are one shorter. Its large pool is
 * for n > 15 only, and those go nowhere else; ppc goes everywhere with everything. Freed is free,
 * at the latest after the flush that a failing alloc of a stale allocator has made.
 */
static bool must_succeed(const struct model *m, unsigned long n)
{
	const unsigned long N = m->g.entries;
	const bool pooled = is_among(m->a->name, with_pools, ARRAY_SIZE(with_pools)),
		   ppc = strcmp(m->a->name, "ppc") == 0;
	const bool large = ppc || m->g.large_pool;
	unsigned long size = (large ? N * 3 / 4 : N) / m->g.npools;

	if (strncmp(m->a->name, "stale", 5) == 0 && m->g.npools > 1)
		size = size / 64 * 64;
	else if (!is_among(m->a->name, with_one_map, ARRAY_SIZE(with_one_map)) && !pooled && !ppc &&
		 strncmp(m->a->name, "stale", 5) != 0)
		return n == 1 && m->entries_live == 0; /* a new one: its rules are not known here */
	if (large && (ppc || n > IOMMU_LARGE_REQUEST) &&
	    has_room(m, (struct iommu_range){size * m->g.npools, N - 1}, n))
		return true;
	if (pooled && large && n > IOMMU_LARGE_REQUEST)
		return false;
	for (unsigned int i = 0; i < m->g.npools; i++) {
		struct iommu_range part = {i * size, (i + 1) * size - (pooled ? 2 : 1)};

		if (strncmp(m->a->name, "stale", 5) == 0 && i == m->g.npools - 1)
			part.end = N - 1;
		if (has_room(m, part, n))
			return true;
	}
	return false;
}

static void room(const struct iommu_allocator *a, unsigned int npools)
{
	for (int round = 0; round < (SANITIZED ? 4 : 16); round++) {
		struct model *m = model_new(a, (uint64_t)round);

		random_geometry(m, npools, LOCK_TAS);
		m->boundary = UINT64_C(1) << 60;
		m->g.base = UINT64_C(1) << 31;
		model_begin(m, &m->g, round % 4 != 0);
		for (int i = 0; i < 2000; i++) {
			struct request r = random_request(m);

			r.order = 0;
			r.mask = UINT64_MAX;
			if (m->live_count && one_in(&m->rng, 3)) {
				model_free(m, random_below(&m->rng, m->live_count));
				continue;
			}
			CHECK((model_alloc(m, &r) != IOMMU_FAIL) || !must_succeed(m, r.n),
			      "%s pools:%u: no %lu entries with %lu of %lu live", a->name, npools,
			      r.n, m->entries_live, m->g.entries);
		}
		assert_true(m->failures > 0);
		model_end(m);
		free(m);
	}
}

static void test_no_failure_with_room(void **state)
{
	(void)state;
	for_each_variant(room);
}

/* ---- the stamps above do find what is unsafe ---- */

static unsigned long stale_reuses(const char *name, unsigned int npools)
{
	struct model *m = model_new(iommu_allocator_find(name), 5);
	const struct iommu_geometry g = plain_geometry(N_MAX, npools);
	struct request r = {.n = 1, .mask = UINT64_MAX};
	unsigned long reuses;

	m->boundary = UINT64_C(1) << 40;
	model_begin(m, &g, true);
	for (int i = 0; i < 20000; i++) {
		r.cpu = (unsigned int)random_below(&m->rng, 16);
		if (m->entries_live > N_MAX / 2)
			model_free(m, random_below(&m->rng, m->live_count));
		model_alloc(m, &r);
	}
	reuses = m->stale_reuses;
	model_end(m);
	free(m);
	return reuses;
}

static void test_stale_reuse_is_seen(void **state)
{
	(void)state;
	/* 36 % of sun4u's, 6 % of pooled's allocations in the long run, fewer at first. */
	assert_in_range(stale_reuses("sun4u", 1), 20000 / 5, 20000 / 2);
	assert_in_range(stale_reuses("pooled", 1), 20000 / 5, 20000 / 2);
	assert_in_range(stale_reuses("pooled", 16), 20000 / 40, 20000 / 10);
	assert_int_equal(stale_reuses("gart", 1), 0);
}

/* ---- with one pool the stale variants are one ---- */

static void test_stale_with_one_pool(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		struct model *hop = model_new(iommu_allocator_find("stale-hop"), seed);
		struct model *local = model_new(iommu_allocator_find("stale-local"), seed);

		random_geometry(hop, 1, LOCK_TAS);
		random_geometry(local, 1, LOCK_TAS);
		model_begin(hop, &hop->g, seed % 4 != 0);
		model_begin(local, &local->g, seed % 4 != 0);
		for (int i = 0; i < 3000; i++) {
			struct request r = random_request(hop);

			random_request(local);
			assert_true(hop->rng == local->rng);
			if (hop->live_count && one_in(&hop->rng, 3)) {
				unsigned long which = random_below(&hop->rng, hop->live_count);

				model_free(hop, which);
				model_free(local, which);
			} else {
				assert_int_equal(model_alloc(hop, &r), model_alloc(local, &r));
			}
			local->rng = hop->rng;
			assert_int_equal(hop->flushes, local->flushes);
		}
		if (hop->flush)
			assert_true(hop->flushes > 0);
		model_end(hop);
		model_end(local);
		free(hop);
		free(local);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_properties),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_no_failure_with_room),
		cmocka_unit_test(test_stale_reuse_is_seen),
		cmocka_unit_test(test_stale_with_one_pool),
	};

	return cmocka_run_group_tests_name("alloc", tests, NULL, NULL);
}
