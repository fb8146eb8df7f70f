// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * sparc's call paths: each returns and flushes as the allocator in it does; what map and unmap write to the page
 * table; how often they take which lock, as the statistics build counts it; what the hypervisor is called for.
 */
#include "unit/helpers.h"

#include "audit/replay.h"
#include "dma-4.1.h"
#include "dma4v.h"
#include "sun4u.h"
#ifdef IOMMU_STAT
#include "lockstat.h"
#endif

static void count_call(void *calls)
{
	++*(unsigned long *)calls;
}

/* Behind the harness's header and upstream's table. */
static struct dma41_iommu *iommu_of_41(struct iommu_map *map)
{
	return (struct dma41_iommu *)((char *)map + sizeof(*map) + 600);
}

static struct sun4u_iommu *iommu_of_40(struct iommu_map *map)
{
	return &((struct sun4u *)map)->iommu;
}

/* ---- the allocator inside ---- */

static const struct {
	const char *path, *bare;
	unsigned int npools;
	bool lazy_flush;
} pairs[] = {
	{"dma4u-4.0", "sun4u", 1, true},
	{"dma4u-4.1", "pooled", 1, true},
	{"dma4v-4.0", "sun4u", 1, false},
	{"dma4v-4.1", "pooled", 16, false},
};

struct both {
	const struct iommu_allocator *a[2];
	struct iommu_map *map[2];
	unsigned long calls[2], count, made;
	struct {
		unsigned long entry, n;
	} live[2048];
};

static void map_both(struct both *b, uint64_t *rng, const struct iommu_device *device)
{
	const unsigned int cpu = (unsigned int)random_below(rng, 64);
	const unsigned long n = one_in(rng, 2) ? 1 : 1 + random_below(rng, 30);
	const bool segment = one_in(rng, 3);
	const unsigned long start = one_in(rng, 3) ? 0 : random_below(rng, 2200);
	unsigned long entry[2], handle[2] = {start, start};

	for (int i = 0; i < 2; i++)
		entry[i] =
			b->a[i]->alloc(b->map[i], cpu, n, 0, segment ? &handle[i] : NULL, device);
	assert_int_equal(entry[0], entry[1]);
	assert_int_equal(handle[0], handle[1]);
	if (entry[0] == IOMMU_FAIL)
		return;
	b->live[b->count].entry = entry[0];
	b->live[b->count++].n = n;
	b->made++;
}

/* The same requests to a path and to its allocator: single pages, sizes, lists, till it is full. */
static void as_the_allocator(size_t which, uint64_t seed)
{
	const bool hypercalls = !pairs[which].lazy_flush;
	struct iommu_geometry g = plain_geometry(1500 + seed, pairs[which].npools);
	const struct iommu_device device = any_device_with(seed % 3 ? UINT64_C(1) << 40 : 32);
	struct both *b = calloc(1, sizeof(*b));
	unsigned long frees = 0;
	uint64_t rng = seed;

	g.base = 262147;
	for (int i = 0; i < 2; i++) {
		b->a[i] = iommu_allocator_find(i ? pairs[which].bare : pairs[which].path);
		b->map[i] =
			map_make(b->a[i], &g, i && hypercalls ? NULL : count_call, &b->calls[i]);
	}
	for (int op = 0; op < 4000; op++) {
		if (b->count && random_below(&rng, 9) >= (op / 500 % 2 ? 3U : 6U)) {
			const unsigned long at = random_below(&rng, b->count);

			for (int i = 0; i < 2; i++)
				b->a[i]->free(b->map[i], 3, b->live[at].entry, b->live[at].n);
			b->live[at] = b->live[--b->count];
			frees++;
		} else {
			map_both(b, &rng, &device);
		}
		if (hypercalls)
			assert_int_equal(b->calls[0], b->made + frees);
		else
			assert_int_equal(b->calls[0], b->calls[1]);
	}
	assert_true(b->calls[0] > 3 && frees > 500);
	map_destroy(b->map[0]);
	map_destroy(b->map[1]);
	free(b);
}

static void test_as_the_allocator(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		for (uint64_t seed = 0; seed < (SANITIZED ? 6 : 24); seed++)
			as_the_allocator(i, seed);
	}
}

/* What the original code returned; a hypercall is no flush, so where they are made there is none to count. */
static void test_golden(void **state)
{
	static const struct {
		const char *trace, *path;
	} cases[] = {
		{"sun4u-lazy-1page", "dma4u-4.0"},    {"sun4u-lazy-boundary", "dma4u-4.0"},
		{"sun4u-lazy-full", "dma4u-4.0"},     {"sun4u-lazy-mixed", "dma4u-4.0"},
		{"sun4u-noflush-mixed", "dma4u-4.0"}, {"sun4u-noflush-mixed", "dma4v-4.0"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct replay_request request = {.allocator = cases[i].path};
		struct replay_result result;
		char path[300];
		struct error e;
		FILE *in;

		snprintf(path, sizeof(path), TEST_DATA "/golden/%s.trace", cases[i].trace);
		in = fopen(path, "r");
		assert_non_null(in);
		CHECK(replay_trace(in, path, &request, stderr, &result, &e) == 0, "%s", e.text);
		assert_true(result.operations > 1000);
		assert_int_equal(result.mismatches, 0);
		fclose(in);
	}
}

/* ---- the page table ---- */

#define PROTECTION UINT64_C(0x8000000000000012) /* valid, cacheable, writable */

static void check_iopte(const uint64_t *table, unsigned long entry, uint64_t expected)
{
	CHECK(table[entry] == expected, "entry %lu: %llx, not %llx", entry,
	      (unsigned long long)table[entry], (unsigned long long)expected);
}

/* Mapped as a page and as a segment: the buffer's pages, one after the other; else the dummy. */
static void ioptes(const char *name, bool segment)
{
	const struct iommu_allocator *a = iommu_allocator_find(name);
	const struct iommu_geometry g = plain_geometry(256, 1);
	struct iommu_map *map = map_make(a, &g, NULL, NULL);
	const bool is_41 = strcmp(name, "dma4u-4.1") == 0;
	const uint64_t *table = is_41 ? iommu_of_41(map)->page_table : iommu_of_40(map)->page_table;
	unsigned long handle = 0, entry;

	for (unsigned long i = 0; i < 256; i++)
		check_iopte(table, i, DMA_DUMMY_PA);
	for (int round = 0; round < 3; round++) {
		entry = a->alloc(map, 0, 5, 0, segment ? &handle : NULL, &iommu_any_device);
		assert_int_equal(entry, 5 * (unsigned long)round);
		for (unsigned long i = 0; i < 5; i++)
			check_iopte(table, entry + i, PROTECTION | (DMA_BUFFER_PA + 8192 * i));
	}
	/* Of the second, and half of the third; its protection stays. */
	a->free(map, 0, 5, 7);
	for (unsigned long i = 0; i < 256; i++)
		check_iopte(table, i,
			    i < 5  ? PROTECTION | (DMA_BUFFER_PA + 8192 * i) :
			    i < 12 ? PROTECTION | DMA_DUMMY_PA :
			    i < 15 ? PROTECTION | (DMA_BUFFER_PA + 8192 * (i - 10)) :
				     DMA_DUMMY_PA);
	map_destroy(map);
}

static void test_ioptes(void **state)
{
	(void)state;
	for (int segment = 0; segment < 2; segment++) {
		ioptes("dma4u-4.0", segment);
		ioptes("dma4u-4.1", segment);
	}
}

/* The hypervisor's: what the batch listed; nothing once demapped. */
static void test_hypervisor_table(void **state)
{
	const struct iommu_allocator *a = iommu_allocator_find("dma4v-4.0");
	const struct iommu_geometry g = plain_geometry(8192, 1);
	const struct iommu_device far = any_device_with(UINT64_C(1) << 40);
	unsigned long calls = 0, entry;
	struct iommu_map *map = map_make(a, &g, count_call, &calls);
	const size_t behind = (sizeof(struct sun4u) + IOMMU_CACHE_LINE - 1) / IOMMU_CACHE_LINE;
	const struct dma4v *v = (const struct dma4v *)((char *)map + behind * IOMMU_CACHE_LINE);

	(void)state;
	entry = a->alloc(map, 7, 3, 0, NULL, &far);
	assert_int_equal(entry, 0);
	assert_int_equal(calls, 1);
	for (unsigned long i = 0; i < 4; i++)
		check_iopte(v->iotsb, i, i < 3 ? (DMA_BUFFER_PA + 8192 * i) | 3 : 0);
	assert_int_equal(v->batch[7].pglist[2], DMA_BUFFER_PA + 8192 * 2);
	assert_int_equal(v->batch[6].pglist[0], 0);
	a->free(map, 6, 0, 2);
	assert_int_equal(calls, 2);
	check_iopte(v->iotsb, 0, 0);
	check_iopte(v->iotsb, 1, 0);
	check_iopte(v->iotsb, 2, (DMA_BUFFER_PA + 8192 * 2) | 3);
	/* A call a batch: 1024 pages are one, 2049 are three; to demap them is one. */
	entry = a->alloc(map, 7, 1024, 0, NULL, &far);
	assert_int_equal(calls, 3);
	a->free(map, 7, entry, 1024);
	assert_int_equal(calls, 4);
	entry = a->alloc(map, 7, 2049, 0, NULL, &far);
	assert_int_equal(calls, 7);
	for (unsigned long i = 0; i < 2049; i++)
		check_iopte(v->iotsb, entry + i, (DMA_BUFFER_PA + 8192 * i) | 3);
	/* What fails calls nobody. */
	assert_true(a->alloc(map, 7, 8191, 0, NULL, &far) == IOMMU_FAIL);
	assert_int_equal(calls, 7);
	map_destroy(map);
}

/* ---- contexts, where the IOMMU flushes by them ---- */

static void contexts(const char *name, bool segment)
{
	const struct iommu_allocator *a = iommu_allocator_find(name);
	const struct iommu_geometry g = plain_geometry(16384, 1);
	struct iommu_map *map = map_make(a, &g, NULL, NULL);
	const bool is_41 = strcmp(name, "dma4u-4.1") == 0;
	unsigned long *ctxflush = is_41 ? &iommu_of_41(map)->ctxflush : &iommu_of_40(map)->ctxflush;
	unsigned long *used = is_41 ? iommu_of_41(map)->ctx_bitmap : iommu_of_40(map)->ctx_bitmap;
	const uint64_t *table = is_41 ? iommu_of_41(map)->page_table : iommu_of_40(map)->page_table;
	const struct iommu_range all = {.start = 0, .end = DMA_CONTEXTS};
	unsigned long handle = 0, entry;

	*ctxflush = 1;
	for (unsigned long i = 0; i < DMA_CONTEXTS; i++) {
		entry = a->alloc(map, 0, 2, 0, segment ? &handle : NULL, &iommu_any_device);
		/* 1 to 4095, then there is none left but 0. */
		assert_int_equal(iopte_context(table[entry]), (i + 1) % DMA_CONTEXTS);
		assert_int_equal(iopte_context(table[entry + 1]), (i + 1) % DMA_CONTEXTS);
	}
	assert_int_equal(area_count(used, NULL, all), DMA_CONTEXTS - 1);
	/* Freed is the context of the mapping; and taken again the lowest. */
	a->free(map, 0, 2 * 70, 2);
	a->free(map, 0, 2 * 30, 2);
	assert_int_equal(area_count(used, NULL, all), DMA_CONTEXTS - 3);
	entry = a->alloc(map, 0, 1, 0, NULL, &iommu_any_device);
	assert_int_equal(iopte_context(table[entry]), 31);
	entry = a->alloc(map, 0, 1, 0, NULL, &iommu_any_device);
	assert_int_equal(iopte_context(table[entry]), 71);
	/* What fails keeps none. */
	a->free(map, 0, 2 * 9, 2);
	assert_true(a->alloc(map, 0, 16000, 0, segment ? &handle : NULL, &iommu_any_device) ==
		    IOMMU_FAIL);
	assert_int_equal(area_count(used, NULL, all), DMA_CONTEXTS - 2);
	map_destroy(map);
}

static void test_contexts(void **state)
{
	(void)state;
	for (int segment = 0; segment < 2; segment++) {
		contexts("dma4u-4.0", segment);
		contexts("dma4u-4.1", segment);
	}
}

/* ---- locks ---- */

#ifdef IOMMU_STAT
static const struct {
	const char *path;
	unsigned int npools;
	/* Acquisitions a map, a segment and an unmap. */
	unsigned int iommu[3], pool[3];
} rounds[] = {
	{"dma4u-4.0", 1, {1, 1, 1}, {0, 0, 0}},
	{"dma4u-4.1", 1, {1, 1, 1}, {1, 1, 1}},
	{"dma4v-4.0", 1, {1, 1, 1}, {0, 0, 0}},
	{"dma4v-4.1", 16, {0, 0, 0}, {1, 1, 1}},
};

/* Each of them has been timed. */
static void check_rounds(struct lockstat *stats, unsigned int iommu, unsigned int pool)
{
	assert_int_equal(stats[lockstat_class("iommu")].hold.count, iommu);
	assert_int_equal(stats[lockstat_class("pool")].hold.count, pool);
	assert_int_equal(stats[0].hold.count, 0);
	memset(stats, 0, LOCKSTAT_CLASSES * sizeof(*stats));
}

static void test_lock_rounds(void **state)
{
	struct lockstat *stats = calloc(LOCKSTAT_CLASSES, sizeof(*stats));

	(void)state;
	assert_non_null(stats);
	for (size_t i = 0; i < ARRAY_SIZE(rounds); i++) {
		const struct iommu_allocator *a = iommu_allocator_find(rounds[i].path);
		const struct iommu_geometry g = plain_geometry(2048, rounds[i].npools);
		struct iommu_map *map = map_make(a, &g, NULL, NULL);
		unsigned long handle = 0, entry;

		lockstat_start(&lockstat_self, (struct lockstat_gaps){1, 1}, 0);
		lockstat_self.stats = stats;
		entry = a->alloc(map, 0, 1, 0, NULL, &iommu_any_device);
		check_rounds(stats, rounds[i].iommu[0], rounds[i].pool[0]);
		a->alloc(map, 0, 1, 0, &handle, &iommu_any_device);
		check_rounds(stats, rounds[i].iommu[1], rounds[i].pool[1]);
		a->free(map, 0, entry, 1);
		check_rounds(stats, rounds[i].iommu[2], rounds[i].pool[2]);
		lockstat_self = (struct lockstat_thread){0};
		map_destroy(map);
	}
	lockstat_unwatch();
	free(stats);
}
#endif

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_the_allocator), cmocka_unit_test(test_golden),
		cmocka_unit_test(test_ioptes),           cmocka_unit_test(test_hypervisor_table),
		cmocka_unit_test(test_contexts),
#ifdef IOMMU_STAT
		cmocka_unit_test(test_lock_rounds),
#endif
	};

	return cmocka_run_group_tests_name("paths", tests, NULL, NULL);
}
