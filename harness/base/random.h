/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers for orders of measuring: the same on every host, for the same seed. */
#ifndef IOMMUBENCH_RANDOM_H
#define IOMMUBENCH_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* splitmix64: the next number after *state. */
static inline uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
	return z ^ (z >> 31);
}

/* Puts the numbers of @list in random order. */
static inline void random_shuffle(unsigned int *list, size_t n, uint64_t *state)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = (size_t)(random_next(state) % i);
		unsigned int swap = list[i - 1];

		list[i - 1] = list[j];
		list[j] = swap;
	}
}

#endif
