// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * gart, s390 and the stale allocators, of which no recording exists, against models that
 * are as simple as their rules: one char an entry, no words, no locks, no counts. Results and
 * flushes agree operation by operation. What the rules promise is then tested on the models' terms:
 * when it flushes, and to which pool a CPU goes.
 */
#include "unit/helpers.h"

#define N_MAX 2048

enum { FREE, LIVE, STALE };

struct naive {
	unsigned long entries, npools, hint[IOMMU_MAX_POOLS], flushes;
	uint64_t base, boundary;
	char is[N_MAX];
};

struct ask {
	unsigned int cpu, order;
	unsigned long n, handle;
	uint64_t mask;
};

/* First fit in [start, end), whose last entry is never handed out. */
static unsigned long take(struct naive *m, const struct ask *r, unsigned long start,
			  unsigned long end)
{
	for (unsigned long i = start; i + r->n < end; i++) {
		uint64_t first = m->base + i, last = first + r->n - 1;
		unsigned long clear = 0;

		while (clear < r->n && m->is[i + clear] == FREE)
			clear++;
		if (clear < r->n || first / m->boundary != last / m->boundary ||
		    (r->order && i % (r->order < 30 ? 1UL << r->order : 1UL << 30)))
			continue;
		memset(m->is + i, LIVE, r->n);
		return i;
	}
	return IOMMU_FAIL;
}

static bool hopeless(const struct naive *m, const struct ask *r)
{
	return r->n == 0 || r->n > m->boundary || r->mask < m->base;
}

/* ---- gart ---- */

static unsigned long gart_model_alloc(struct naive *m, const struct ask *r)
{
	struct ask plain = {.n = r->n, .order = r->order, .mask = UINT64_MAX};
	unsigned long index;
	bool due = false;

	if (r->n == 0 || r->n > m->boundary)
		return IOMMU_FAIL;
	index = take(m, &plain, m->hint[0], m->entries);
	if (index == IOMMU_FAIL) {
		due = true;
		index = take(m, &plain, 0, m->entries);
	}
	if (index != IOMMU_FAIL) {
		m->hint[0] = index + r->n;
		if (m->hint[0] >= m->entries) {
			m->hint[0] = 0;
			due = true;
		}
	}
	m->flushes += due;
	return index;
}

static void gart_model_free(struct naive *m, unsigned long entry, unsigned long n)
{
	memset(m->is + entry, FREE, n);
	if (entry >= m->hint[0])
		m->hint[0] = entry + n;
}

/* ---- s390 ---- */

static unsigned long s390_model_alloc(struct naive *m, const struct ask *r)
{
	struct ask plain = {.n = r->n, .mask = UINT64_MAX};
	unsigned long index;

	if (r->n == 0 || r->n > m->boundary)
		return IOMMU_FAIL;
	index = take(m, &plain, m->hint[0], m->entries);
	if (index == IOMMU_FAIL) {
		m->flushes++;
		for (unsigned long i = 0; i < m->entries; i++) {
			if (m->is[i] == STALE)
				m->is[i] = FREE;
		}
		index = take(m, &plain, 0, m->entries);
	}
	if (index != IOMMU_FAIL)
		m->hint[0] = index + r->n;
	return index;
}

/* ---- stale ---- */

static unsigned long pool_start(const struct naive *m, unsigned long i)
{
	return m->npools == 1 ? 0 : i * (m->entries / m->npools / 64 * 64);
}

static unsigned long pool_end(const struct naive *m, unsigned long i)
{
	return i == m->npools - 1 ? m->entries : pool_start(m, i + 1);
}

static unsigned long own_pool(const struct naive *m, unsigned int cpu)
{
	return (uint32_t)(cpu * UINT32_C(0x61C88647)) >> 28 & (m->npools - 1);
}

/* The pool's end, or where the mask cuts it off. */
static unsigned long reach(const struct naive *m, const struct ask *r, unsigned long pool)
{
	unsigned long end = pool_end(m, pool);

	return r->mask - m->base < end - 1 ? (unsigned long)(r->mask - m->base + 1) : end;
}

static unsigned long stale_model_search(struct naive *m, const struct ask *r, unsigned long pool,
					bool own)
{
	const unsigned long begin = pool_start(m, pool), end = reach(m, r, pool);
	unsigned long start = m->hint[pool] ? m->hint[pool] : begin, index;

	if (own && r->handle && r->handle >= begin && r->handle < pool_end(m, pool))
		start = r->handle;
	index = take(m, r, start < end ? start : begin, end);
	if (index == IOMMU_FAIL)
		index = take(m, r, begin, end);
	if (index != IOMMU_FAIL)
		m->hint[pool] = index + r->n;
	return index;
}

/* A request that not even the empty pool could satisfy is no reason to flush. */
static bool could_fit(const struct naive *m, const struct ask *r, unsigned long pool)
{
	unsigned long align = r->order < 30 ? 1UL << r->order : 1UL << 30;
	unsigned long first = (pool_start(m, pool) + align - 1) / align * align;

	return first + r->n < reach(m, r, pool);
}

/* Hands back what is stale in [begin, end); false if nothing was. */
static bool reclaim(struct naive *m, unsigned long begin, unsigned long end)
{
	bool any = memchr(m->is + begin, STALE, end - begin);

	if (any)
		m->flushes++;
	for (unsigned long i = begin; i < end; i++) {
		if (m->is[i] == STALE)
			m->is[i] = FREE;
	}
	return any;
}

static unsigned long local_model_alloc(struct naive *m, const struct ask *r)
{
	unsigned long index = IOMMU_FAIL;

	for (unsigned long i = 0; i < m->npools && index == IOMMU_FAIL && !hopeless(m, r); i++) {
		unsigned long pool = (own_pool(m, r->cpu) + i) % m->npools;

		index = stale_model_search(m, r, pool, i == 0);
		if (index == IOMMU_FAIL && could_fit(m, r, pool) &&
		    reclaim(m, pool_start(m, pool), pool_end(m, pool)))
			index = stale_model_search(m, r, pool, i == 0);
	}
	return index;
}

static unsigned long hop_model_alloc(struct naive *m, const struct ask *r)
{
	unsigned long index = IOMMU_FAIL;
	bool fits = false;

	if (m->npools == 1)
		return local_model_alloc(m, r);
	if (hopeless(m, r))
		return IOMMU_FAIL;
	for (int round = 0; round < 2; round++) {
		for (unsigned long i = 0; i < m->npools && index == IOMMU_FAIL; i++) {
			unsigned long pool = (own_pool(m, r->cpu) + i) % m->npools;

			index = stale_model_search(m, r, pool, round == 0 && i == 0);
			fits |= could_fit(m, r, pool);
		}
		if (index == IOMMU_FAIL && round == 0 && fits)
			reclaim(m, 0, m->entries);
	}
	return index;
}

static void stale_model_free(struct naive *m, unsigned long entry, unsigned long n)
{
	memset(m->is + entry, STALE, n);
}

static const struct {
	const char *name;
	unsigned long (*alloc)(struct naive *m, const struct ask *r);
	void (*free)(struct naive *m, unsigned long entry, unsigned long n);
} models[] = {
	{"gart", gart_model_alloc, gart_model_free},
	{"s390", s390_model_alloc, stale_model_free},
	{"stale-local", local_model_alloc, stale_model_free},
	{"stale-hop", hop_model_alloc, stale_model_free},
};

static void count_flush(void *flushes)
{
	++*(unsigned long *)flushes;
}

static void compare(size_t which, unsigned int npools, uint64_t seed)
{
	const struct iommu_allocator *a = iommu_allocator_find(models[which].name);
	struct naive m = {.npools = npools};
	unsigned long flushes = 0, count = 0;
	struct ask live[N_MAX];
	struct iommu_geometry g = plain_geometry(0, npools);
	/* From single pages at light load to mixed sizes when all is full. */
	const unsigned long frees = 2 + seed % 3, sizes = seed % 2 ? 1 : 24;
	const bool constrained = seed % 3 == 0;
	struct iommu_map *map;
	uint64_t rng = seed;

	do {
		g.entries = 2 + random_below(&rng, N_MAX - 2);
	} while (a->check(&g));
	g.base = random_next(&rng) >> 20;
	g.ncpus = 40;
	m.entries = g.entries;
	m.base = g.base;
	m.boundary = constrained ? 64 : UINT64_C(1) << 60;
	map = map_make(a, &g, count_flush, &flushes);
	for (int i = 0; i < 4000; i++) {
		struct ask r = {
			.cpu = (unsigned int)random_below(&rng, 40),
			.n = 1 + random_below(&rng, sizes),
			.order = constrained && one_in(&rng, 4) ?
					 (unsigned int)random_below(&rng, 12) :
					 0,
			.handle = one_in(&rng, 3) ? random_below(&rng, g.entries) : 0,
			.mask = constrained && one_in(&rng, 4) ?
					g.base - 1 + random_below(&rng, g.entries + 2) :
					UINT64_MAX,
		};
		const struct iommu_device device = {.mask = r.mask, .boundary = m.boundary};
		unsigned long handle = r.handle, expected, got;

		if (count && random_below(&rng, frees + 2) < frees &&
		    (i / 500 % 2 || one_in(&rng, 2))) {
			unsigned long at = random_below(&rng, count);

			models[which].free(&m, live[at].handle, live[at].n);
			a->free(map, r.cpu, live[at].handle, live[at].n);
			live[at] = live[--count];
		} else {
			expected = models[which].alloc(&m, &r);
			got = a->alloc(map, r.cpu, r.n, r.order, &handle, &device);
			CHECK(got == expected,
			      "%s pools:%u seed %llu, operation %d: n %lu order %u "
			      "handle %lu mask %llu: %lu, the model says %lu",
			      a->name, npools, (unsigned long long)seed, i, r.n, r.order, r.handle,
			      (unsigned long long)r.mask, got, expected);
			r.handle = got;
			if (got != IOMMU_FAIL)
				live[count++] = r;
		}
		CHECK(flushes == m.flushes,
		      "%s pools:%u seed %llu, operation %d: %lu flushes, the "
		      "model says %lu",
		      a->name, npools, (unsigned long long)seed, i, flushes, m.flushes);
	}
	map_destroy(map);
}

static void test_models(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(models); i++) {
		const unsigned int *pools = iommu_allocator_find(models[i].name)->pools;

		for (; *pools; pools++) {
			for (uint64_t seed = 0; seed < (SANITIZED ? 6 : 24); seed++)
				compare(i, *pools, seed);
		}
	}
}

/* stale: one-page requests at a steady occupancy flush once a full lap of what is not live. */
static void test_stale_flushes_on_exhaustion_only(void **state)
{
	static const char *const names[] = {"stale-local", "stale-hop"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct iommu_allocator *a = iommu_allocator_find(names[i]);
		struct iommu_geometry g = plain_geometry(1024, 1);
		unsigned long flushes = 0, live[100];
		struct iommu_map *map = map_make(a, &g, count_flush, &flushes);

		for (int j = 0; j < 100; j++)
			live[j] = a->alloc(map, 0, 1, 0, NULL, &iommu_any_device);
		/* 1023 can be handed out: 99 are live when one is asked for, 924 can be stale. */
		for (int j = 0; j < 924 * 10; j++) {
			assert_int_equal(flushes, j / 924);
			a->free(map, 0, live[j % 100], 1);
			live[j % 100] = a->alloc(map, 0, 1, 0, NULL, &iommu_any_device);
			assert_true(live[j % 100] != IOMMU_FAIL);
		}
		map_destroy(map);
	}
}

/* ---- which CPU starts in which pool ---- */

static void test_pool_of_a_cpu(void **state)
{
	static const char *const names[] = {"pooled", "pooled-padded", "ppc", "stale-local",
					    "stale-hop"};
	unsigned int pools_met;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const struct iommu_allocator *a = iommu_allocator_find(names[i]);
		const unsigned int bits = strcmp(names[i], "ppc") == 0 ? 2 : 4;

		for (const unsigned int *p = a->pools; *p; p++) {
			struct iommu_geometry g = plain_geometry(16384, *p);
			unsigned long size = (bits == 2 ? 12288 : 16384) / *p;

			pools_met = 0;
			for (uint64_t cpu = 0; cpu < 300; cpu++) {
				/* As the rule has it, in 64 bits. */
				unsigned long nr =
					(cpu * 0x61C88647 % (UINT64_C(1) << 32)) >> (32 - bits);
				struct iommu_map *map = map_make(a, &g, NULL, NULL);
				struct iommu_range own = a->own_pool(map, (unsigned int)cpu, 1);

				nr %= *p;
				assert_int_equal(own.start, nr * size);
				assert_int_equal(own.end, (nr + 1) * size - (i < 2));
				assert_int_equal(a->alloc(map, (unsigned int)cpu, 1, 0, NULL,
							  &iommu_any_device),
						 nr * size);
				pools_met |= 1U << nr;
				map_destroy(map);
			}
			assert_int_equal(pools_met, (1U << *p) - 1);
		}
	}
}

static void test_large_pool(void **state)
{
	const struct iommu_allocator *pooled = iommu_allocator_find("pooled");
	const struct iommu_allocator *ppc = iommu_allocator_find("ppc");
	struct iommu_geometry g = plain_geometry(8192, 4);
	struct iommu_map *map;

	(void)state;
	map = map_make(ppc, &g, NULL, NULL);
	assert_int_equal(ppc->alloc(map, 0, 16, 0, NULL, &iommu_any_device), 6144);
	assert_int_equal(ppc->alloc(map, 0, 15, 0, NULL, &iommu_any_device), 0);
	assert_int_equal(ppc->own_pool(map, 0, 16).start, 6144);
	assert_int_equal(ppc->own_pool(map, 0, 16).end, 8192);
	map_destroy(map);

	map = map_make(pooled, &g, NULL, NULL);
	assert_int_equal(pooled->alloc(map, 0, 16, 0, NULL, &iommu_any_device), 0);
	map_destroy(map);
	g.large_pool = true;
	map = map_make(pooled, &g, NULL, NULL);
	assert_int_equal(pooled->alloc(map, 0, 16, 0, NULL, &iommu_any_device), 6144);
	assert_int_equal(pooled->alloc(map, 0, 15, 0, NULL, &iommu_any_device), 0);
	map_destroy(map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_models),
		cmocka_unit_test(test_stale_flushes_on_exhaustion_only),
		cmocka_unit_test(test_pool_of_a_cpu),
		cmocka_unit_test(test_large_pool),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
