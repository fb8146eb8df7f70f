/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The two sides of a comparison: the programs of each, what is known of where they come from, and in
 * which order the samples of both are taken.
 */
#ifndef IOMMUBENCH_SIDES_H
#define IOMMUBENCH_SIDES_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include "error.h"
#include "fresh.h"

enum side { SIDE_BASE, SIDE_NEW, SIDES };
extern const char *const side_names[SIDES];

/* Programs of a side: the same objects, linked in different orders. */
#define SIDE_LAYOUTS_MAX 9

struct side_programs {
	unsigned int layouts;
	/* Open until side_close(): what a name stands for may change while it is measured. */
	struct fresh_program program[SIDE_LAYOUTS_MAX];
	uint64_t hash[SIDE_LAYOUTS_MAX]; /* of the file: equal programs have equal ones */
	bool tree; /* has a harness of its own, too */
	json_t *facts; /* of the folder's file "about"; NULL if there is none */
};

/*
 * Reads the folder @path of a side: its programs iommubench-1, iommubench-2 ..., and the facts in
 * its file "about", where it has one: a line each, KEY VALUE. 0, or -EINVAL with *e set. The
 * caller calls side_close() in either case.
 */
int side_open(const char *path, struct side_programs *s, struct error *e);
/* This very program alone. */
int side_open_self(struct side_programs *s, struct error *e);
void side_close(struct side_programs *s);

/* The hashes, a text for each layout. */
json_t *side_hashes(const struct side_programs *s);

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

/* The seed of that block's four samples: below 2^63, and of each block and each @seed another. */
uint64_t block_seed(uint64_t seed, unsigned int cell, unsigned int number);

#endif
