/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The programs of the two sides of a comparison, and what is known of where they come from. */
#ifndef IOMMUBENCH_SIDES_H
#define IOMMUBENCH_SIDES_H

#include <stdbool.h>
#include <stdint.h>
#include <jansson.h>

#include "base/error.h"
#include "plan/side.h"
#include "run/program_copy.h"

struct side_programs {
	unsigned int layouts;
	/* Open until side_close(): a file may be replaced while it is being measured. */
	struct program_file program[SIDE_LAYOUTS_MAX];
	uint64_t hash[SIDE_LAYOUTS_MAX]; /* of the file: equal programs have equal ones */
	bool tree;                       /* a whole tree: it has its own harness too */
	json_t *facts;                   /* of the folder's file "about"; NULL if there is none */
	/* Of a tree, by side_learn(): */
	bool old_names;     /* it has mcs for queued and advance for gart, which are not the same */
	bool old_workloads; /* they think twice an op, and sg frees each segment by itself */
	bool no_platforms;  /* one size of table a plan, which cells' names do not tell */
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

#endif
