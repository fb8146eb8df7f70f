/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What most test programs share: cmocka's headers in their order, random numbers, geometries. */
#ifndef IOMMUBENCH_TEST_HELPERS_H
#define IOMMUBENCH_TEST_HELPERS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "allocator.h"
#include "base/error.h"
#include "plan/variant.h"

/* cmocka 2 wants to be told of the sign. Its check without one warns of a conversion of its own. */
#ifdef assert_int_in_range
#undef assert_in_range
#define assert_in_range(value, minimum, maximum) \
	assert_int_in_range((intmax_t)(value), (intmax_t)(minimum), (intmax_t)(maximum))
#endif

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* Fails the test with a message of its own. Not for threads: cmocka cannot return there. */
#define CHECK(condition, ...)                            \
	do {                                             \
		if (!(condition)) {                      \
			print_error("%s: ", #condition); \
			print_error(__VA_ARGS__);        \
			print_error("\n");               \
			fail();                          \
		}                                        \
	} while (0)

/* Less work where every access is instrumented. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

/* splitmix64. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

static inline unsigned long random_below(uint64_t *state, unsigned long below)
{
	return (unsigned long)(random_next(state) % below);
}

static inline bool one_in(uint64_t *state, unsigned long n)
{
	return random_below(state, n) == 0;
}

static inline struct iommu_map *map_make(const struct iommu_allocator *a,
					 const struct iommu_geometry *g, iommu_flush_fn flush,
					 void *flush_arg)
{
	struct error e;
	struct iommu_map *map = map_create(a, g, flush, flush_arg, &e);

	CHECK(map, "%s", e.text);
	return map;
}

/* A geometry for 64 CPU numbers, based at 0. */
static inline struct iommu_geometry plain_geometry(unsigned long entries, unsigned int npools)
{
	return (struct iommu_geometry){
		.entries = entries,
		.npools = npools,
		.ncpus = 64,
		.lock_kind = LOCK_TAS,
	};
}

/* A device that nothing constrains but @boundary. */
static inline struct iommu_device any_device_with(uint64_t boundary)
{
	return (struct iommu_device){.mask = UINT64_MAX, .boundary = boundary};
}

/* Calls @body for each allocator with each number of pools that it takes. */
static inline void for_each_variant(void (*body)(const struct iommu_allocator *a,
						 unsigned int npools))
{
	size_t count;
	const struct iommu_allocator *const *all = iommu_allocators(&count);

	assert_true(count >= 6);
	for (size_t i = 0; i < count; i++) {
		for (const unsigned int *p = all[i]->pools; *p; p++)
			body(all[i], *p);
	}
}

#endif
