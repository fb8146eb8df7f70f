// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The loops that a host is calibrated with. Built twice: KERNEL_PREFIX is what the names begin
 * with.
 */
#include "sim/kernels/kernels.h"

#define JOIN(prefix, name)            prefix##_##name
#define EXPAND_AND_JOIN(prefix, name) JOIN(prefix, name)
#define KERNEL(name)                  EXPAND_AND_JOIN(KERNEL_PREFIX, name)

static uint64_t mix(uint64_t v)
{
	v ^= v >> 31;
	v *= UINT64_C(0x7FB5D329728EA185);
	return v ^ v >> 27;
}

/* Index of the first of @words from @from on that has a bit of @mask, or n. */
static size_t find(const uint64_t *words, size_t n, size_t from, uint64_t mask)
{
	for (size_t i = from; i < n; i++) {
		if (words[i] & mask)
			return i;
	}
	return n;
}

/* Moves words[at] to the front. */
static void to_front(uint64_t *words, size_t at)
{
	const uint64_t v = words[at];

	for (; at > 0; at--)
		words[at] = words[at - 1];
	words[0] = v;
}

/* Branches that go mostly one way, as those of low-level code do. */
uint64_t KERNEL(compute)(uint64_t *words, size_t n, unsigned int rounds)
{
	uint64_t sum = 0;

	for (unsigned int r = 0; r < rounds; r++) {
		for (size_t i = 0; i < n; i++)
			words[i] = mix(words[i] + r + i);
		for (size_t i = 0; i < n; i++)
			sum += find(words, n, i, sum | 1);
		for (size_t i = 0; i < n; i += 8)
			to_front(words, i);
	}
	return sum;
}

void KERNEL(pingpong)(struct kernel_ball *ball, unsigned int side, uint64_t rounds)
{
	for (uint64_t i = 0; i < rounds; i++) {
		const uint64_t mine = 2 * i + side;

		/* Acquire and release: each pairs with the other's; the word itself is all there is. */
		while (atomic_load_explicit(&ball->turn, memory_order_acquire) != mine)
			;
		atomic_store_explicit(&ball->turn, mine + 1, memory_order_release);
	}
}
