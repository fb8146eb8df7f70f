/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The order in which a comparison takes the samples of both sides: blocks of four. */
#ifndef IOMMUBENCH_BLOCK_H
#define IOMMUBENCH_BLOCK_H

#include <stdint.h>

#include "plan/side.h"

/* A block's samples follow right after each other: base new new base, or new base base new. */
#define BLOCK_SAMPLES 4

struct block {
	unsigned int layout; /* of all four, from 0 */
	enum side side[BLOCK_SAMPLES];
};

/*
 * The @number-th block of a cell. Of 2 x @layouts blocks in a row every layout has one in
 * each of the two orders; the rest is drawn from @seed, @cell and @number alone.
 */
struct block block_draw(uint64_t seed, unsigned int cell, unsigned int number,
			unsigned int layouts);

/*
 * So many blocks of a cell are enough for any verdict: 5 of each layout, whatever was drawn, and 29 samples a side
 * (report/stats: LAYOUT_BLOCKS_MIN, SAMPLES_MIN).
 */
unsigned int block_enough(unsigned int layouts);

/* The seed of that block's four samples: below 2^63, and of each block and each @seed another. */
uint64_t block_seed(uint64_t seed, unsigned int cell, unsigned int number);

#endif
