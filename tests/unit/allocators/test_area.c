// SPDX-License-Identifier: GPL-2.0-or-later
/* The bitmap functions and the shared search, against one bool an entry. */
#include "unit/helpers.h"

#include "area.h"

#define BITS_MAX 1024
#define WORDS    (BITS_MAX / BITS_PER_WORD)

static bool bit(const unsigned long *words, unsigned long i)
{
	return words[i / BITS_PER_WORD] >> (i % BITS_PER_WORD) & 1;
}

static void pack(unsigned long *words, const bool *bits)
{
	memset(words, 0, BITS_MAX / 8);
	for (unsigned long i = 0; i < BITS_MAX; i++)
		words[i / BITS_PER_WORD] |= (unsigned long)bits[i] << (i % BITS_PER_WORD);
}

static void assert_same(const unsigned long *words, const bool *bits, const char *after)
{
	for (unsigned long i = 0; i < BITS_MAX; i++)
		CHECK(bit(words, i) == bits[i], "bit %lu after %s", i, after);
}

/* Runs of ones and zeros, so that searches meet long ones of both. */
static void randomize(bool *bits, uint64_t *rng)
{
	const unsigned long longest = 1UL << random_below(rng, 9);
	bool value = one_in(rng, 2);

	for (unsigned long i = 0; i < BITS_MAX; value = !value) {
		for (unsigned long n = 1 + random_below(rng, longest); n && i < BITS_MAX; n--)
			bits[i++] = value;
	}
}

static unsigned long naive_next(const bool *bits, unsigned long size, unsigned long start,
				bool value)
{
	while (start < size && bits[start] != value)
		start++;
	return start < size ? start : size;
}

/* Edges of words more often than chance would have them. */
static unsigned long position(uint64_t *rng, unsigned long max)
{
	unsigned long p = random_below(rng, max + 1);

	if (one_in(rng, 2))
		p = p / BITS_PER_WORD * BITS_PER_WORD + random_below(rng, 3);
	else if (one_in(rng, 3))
		p |= BITS_PER_WORD - 1;
	return p < max ? p : max;
}

static void test_word_masks(void **state)
{
	(void)state;
	assert_int_equal(bitmap_words(0), 0);
	assert_int_equal(bitmap_words(1), 1);
	assert_int_equal(bitmap_words(BITS_PER_WORD), 1);
	assert_int_equal(bitmap_words(BITS_PER_WORD + 1), 2);
	for (unsigned long i = 0; i < BITS_PER_WORD; i++) {
		for (unsigned long b = 0; b < BITS_PER_WORD; b++) {
			assert_int_equal(bitmap_from(i) >> b & 1, b >= i);
			assert_int_equal(bitmap_below(i + 1) >> b & 1, b <= i);
		}
	}
}

static void test_bitmap_search(void **state)
{
	unsigned long words[WORDS];
	bool bits[BITS_MAX];
	uint64_t rng = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		unsigned long size = position(&rng, BITS_MAX);
		unsigned long start = position(&rng, BITS_MAX);

		if (round % 16 == 0)
			randomize(bits, &rng);
		pack(words, bits);
		assert_int_equal(bitmap_next_clear(words, size, start),
				 naive_next(bits, size, start, false));
		assert_int_equal(bitmap_next_set(words, size, start),
				 naive_next(bits, size, start, true));
	}
}

static void test_bitmap_set_and_clear(void **state)
{
	unsigned long words[WORDS];
	bool bits[BITS_MAX];
	uint64_t rng = 2;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		unsigned long start = position(&rng, BITS_MAX - 1);
		unsigned long n = 1 + position(&rng, BITS_MAX - start - 1);
		bool value = one_in(&rng, 2);

		if (round % 16 == 0)
			randomize(bits, &rng);
		pack(words, bits);
		memset(bits + start, value, n);
		if (value)
			bitmap_set(words, start, n);
		else
			bitmap_clear(words, start, n);
		assert_same(words, bits, value ? "set" : "clear");
	}
}

static void test_count(void **state)
{
	unsigned long words[WORDS], minus_words[WORDS];
	bool bits[BITS_MAX], minus[BITS_MAX];
	uint64_t rng = 3;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct iommu_range r = {position(&rng, BITS_MAX), position(&rng, BITS_MAX)};
		unsigned long all = 0, less = 0;

		randomize(bits, &rng);
		randomize(minus, &rng);
		pack(words, bits);
		pack(minus_words, minus);
		for (unsigned long i = r.start; i < r.end; i++) {
			all += bits[i];
			less += bits[i] && !minus[i];
		}
		assert_int_equal(area_count(words, NULL, r), all);
		assert_int_equal(area_count(words, minus_words, r), less);
	}
}

/* What the rules of the search come to: the first index that nothing speaks against. */
static unsigned long naive_alloc(bool *bits, uint64_t base, uint64_t boundary, unsigned long size,
				 unsigned long start, unsigned long n, unsigned long align)
{
	for (unsigned long i = start; i + n < size; i++) {
		uint64_t first = base + i, last = first + n - 1;

		if (i % align || first / boundary != last / boundary ||
		    naive_next(bits, i + n, i, true) != i + n)
			continue;
		memset(bits + i, true, n);
		return i;
	}
	return IOMMU_FAIL;
}

static uint64_t random_base(uint64_t *rng)
{
	const uint64_t bases[] = {0,
				  1,
				  262144,
				  262147,
				  random_next(rng) >> 8,
				  UINT64_MAX - BITS_MAX,
				  UINT32_MAX - 100};

	return bases[random_below(rng, ARRAY_SIZE(bases))];
}

static void test_area_alloc(void **state)
{
	unsigned long words[WORDS], found = 0;
	bool bits[BITS_MAX];
	const int rounds = SANITIZED ? 40000 : 200000;
	uint64_t rng = 4;

	(void)state;
	for (int round = 0; round < rounds; round++) {
		unsigned long size = position(&rng, BITS_MAX);
		unsigned long start = position(&rng, BITS_MAX);
		unsigned int order = one_in(&rng, 2) ? 0 : (unsigned int)random_below(&rng, 9);
		const uint64_t base = random_base(&rng);
		const struct iommu_device device = any_device_with(
			UINT64_C(1) << random_below(&rng, one_in(&rng, 2) ? 12 : 64));
		unsigned long n = 1 + random_below(&rng, 1UL << random_below(&rng, 10));
		unsigned long expected, got;

		if (!area_possible(n, base, &device))
			continue;
		if (round % 8 == 0)
			randomize(bits, &rng);
		pack(words, bits);
		expected = naive_alloc(bits, base, device.boundary, size, start, n, 1UL << order);
		got = area_alloc(words, size, start, n, base, device.boundary,
				 area_align_mask(order));
		CHECK(got == expected,
		      "round %d: size %lu start %lu n %lu order %u base %llu "
		      "boundary %llu: %lu, not %lu",
		      round, size, start, n, order, (unsigned long long)base,
		      (unsigned long long)device.boundary, got, expected);
		assert_same(words, bits, "area_alloc");
		found += got != IOMMU_FAIL;
	}
	/* Neither always nor never: both ways were tried. */
	assert_in_range(found, rounds / 20, rounds / 20 * 19);
}

static void test_last_entry(void **state)
{
	unsigned long words[WORDS];
	const uint64_t boundary = UINT64_C(1) << 40;

	(void)state;
	for (unsigned long size = 1; size <= 200; size++) {
		memset(words, 0, sizeof(words));
		for (unsigned long i = 0; i + 1 < size; i++)
			assert_int_equal(area_alloc(words, size, 0, 1, 0, boundary, 0), i);
		assert_true(area_alloc(words, size, 0, 1, 0, boundary, 0) == IOMMU_FAIL);
		assert_false(bit(words, size - 1));

		memset(words, 0, sizeof(words));
		assert_true(area_alloc(words, size, 0, size, 0, boundary, 0) == IOMMU_FAIL);
		assert_true(area_alloc(words, size, 0, size + 1, 0, boundary, 0) == IOMMU_FAIL);
		assert_true(area_alloc(words, size, 0, IOMMU_FAIL, 0, boundary, 0) == IOMMU_FAIL);
		if (size > 1)
			assert_int_equal(area_alloc(words, size, 0, size - 1, 0, boundary, 0), 0);
	}
	assert_true(area_alloc(words, 0, 0, 1, 0, boundary, 0) == IOMMU_FAIL);
}

static void test_possible(void **state)
{
	struct iommu_device device = any_device_with(64);

	(void)state;
	assert_false(area_possible(0, 100, &device));
	assert_true(area_possible(1, 100, &device));
	assert_true(area_possible(64, 100, &device));
	assert_false(area_possible(65, 100, &device));
	device.mask = 99;
	assert_false(area_possible(1, 100, &device));
	device.mask = 100;
	assert_true(area_possible(1, 100, &device));
}

static void test_device_check(void **state)
{
	struct iommu_device device = any_device_with(0);

	(void)state;
	assert_non_null(iommu_device_check(&device));
	for (int i = 0; i < 64; i++) {
		device.boundary = UINT64_C(1) << i;
		assert_null(iommu_device_check(&device));
		device.boundary |= UINT64_C(1) << (i + 3) % 64;
		assert_non_null(iommu_device_check(&device));
	}
	assert_null(iommu_device_check(&iommu_any_device));
}

static void test_align_mask(void **state)
{
	(void)state;
	for (unsigned int order = 0; order < 30; order++)
		assert_int_equal(area_align_mask(order), (1UL << order) - 1);
	/* Beyond the largest map they all mean the same. */
	assert_int_equal(area_align_mask(31), area_align_mask(30));
	assert_int_equal(area_align_mask(63), area_align_mask(30));
	assert_int_equal(area_align_mask(1000), area_align_mask(30));
	assert_true(area_align_mask(30) >= IOMMU_MAX_ENTRIES - 1);
}

static void test_check(void **state)
{
	const struct iommu_geometry good = {.entries = 64, .npools = 4};
	struct iommu_geometry g = good;

	(void)state;
	assert_null(area_check(&g));
	for (unsigned int n = 0; n <= 40; n++) {
		g.npools = n;
		assert_true((area_check(&g) == NULL) ==
			    (n == 1 || n == 2 || n == 4 || n == 8 || n == 16));
	}
	g = good;
	for (g.entries = 0; g.entries < 4; g.entries++)
		assert_true((area_check(&g) == NULL) == (g.entries >= 2));
	g.entries = IOMMU_MAX_ENTRIES;
	assert_null(area_check(&g));
	g.entries++;
	assert_non_null(area_check(&g));
	g = good;
	g.ncpus = LOCK_CPUS_MAX;
	assert_null(area_check(&g));
	g.ncpus++;
	assert_non_null(area_check(&g));
	g = good;
	g.base = UINT64_MAX - 64;
	assert_null(area_check(&g));
	g.base++;
	assert_non_null(area_check(&g));
}

/* What is taken from an arena lies on lines of its own, and is as much as area_size() says. */
static void test_arena(void **state)
{
	(void)state;
	for (unsigned long n = 2; n < 5000; n += 7) {
		struct iommu_geometry g = {.entries = n, .npools = 1, .ncpus = (unsigned int)n % 9};
		size_t bytes;
		struct iommu_arena arena;
		struct iommu_map *map;
		char *memory;

		g.lock_kind = (enum lock_kind)(n % 3);
		bytes = area_size(&g, 1000, 2);
		memory = aligned_alloc(IOMMU_CACHE_LINE, bytes);
		memset(memory, 0, bytes);
		arena = (struct iommu_arena){.next = memory, .left = bytes};
		map = area_init(&arena, &g, 1000, NULL);
		assert_ptr_equal(map, memory);
		assert_int_equal(map->entries, n);
		assert_true(!map->locks.nodes == (g.lock_kind != LOCK_QUEUED));
		for (int i = 0; i < 2; i++)
			assert_int_equal((uintptr_t)area_bitmap(&arena, &g) % IOMMU_CACHE_LINE, 0);
		assert_int_equal(arena.left, 0);
		assert_null(iommu_arena_alloc(&arena, 1));
		free(memory);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_word_masks),
		cmocka_unit_test(test_bitmap_search),
		cmocka_unit_test(test_bitmap_set_and_clear),
		cmocka_unit_test(test_count),
		cmocka_unit_test(test_area_alloc),
		cmocka_unit_test(test_last_entry),
		cmocka_unit_test(test_possible),
		cmocka_unit_test(test_device_check),
		cmocka_unit_test(test_align_mask),
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_arena),
	};

	return cmocka_run_group_tests_name("area", tests, NULL, NULL);
}
