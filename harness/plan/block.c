// SPDX-License-Identifier: GPL-2.0-or-later
/* Draws the layout and the order of a comparison's blocks. */
#include "plan/block.h"

#include <string.h>

#include "base/random.h"

const char *const side_names[SIDES] = {"base", "new"};

struct block block_draw(uint64_t seed, unsigned int cell, unsigned int number, unsigned int layouts)
{
	static const enum side orders[2][BLOCK_SAMPLES] = {
		{SIDE_BASE, SIDE_NEW, SIDE_NEW, SIDE_BASE},
		{SIDE_NEW, SIDE_BASE, SIDE_BASE, SIDE_NEW},
	};
	const unsigned int group = 2 * layouts;
	unsigned int drawn[2 * SIDE_LAYOUTS_MAX];
	struct block b;
	uint64_t state = seed;

	/* One after the other, so that no two of them give the same sequence. */
	state = random_next(&state) ^ cell;
	state = random_next(&state) ^ (number / group);
	for (unsigned int i = 0; i < group; i++)
		drawn[i] = i;
	random_shuffle(drawn, group, &state);
	b.layout = drawn[number % group] / 2;
	memcpy(b.side, orders[drawn[number % group] % 2], sizeof(b.side));
	return b;
}

unsigned int block_enough(unsigned int layouts)
{
	/* Three groups have six blocks of each layout. */
	const unsigned int of_layouts = 3 * 2 * layouts, of_samples = 15;

	return of_layouts > of_samples ? of_layouts : of_samples;
}

uint64_t block_seed(uint64_t seed, unsigned int cell, unsigned int number)
{
	uint64_t state = seed;

	state = random_next(&state) ^ cell;
	state = random_next(&state) ^ number;
	/* JSON's integers have a sign. */
	return random_next(&state) & INT64_MAX;
}
