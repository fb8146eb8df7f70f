/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine facts as data. A profile is harness/profiles/NAME, built into the program: lines
 * `key = value | source`, where the source says who published the figure, or begins with
 * "assumed" and says what it rests on. `#` begins a comment line.
 */
#ifndef IOMMUBENCH_PROFILE_H
#define IOMMUBENCH_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "error.h"
#include "iotlb.h"

struct profile_figure {
	uint64_t value;
	char source[200];
};

struct profile {
	char name[32];
	char summary[120];
	bool has_flush; /* all three of the following are given */
	struct profile_figure flush_writes;   /* posted register writes of a full flush */
	struct profile_figure flush_write_ns; /* each */
	struct profile_figure flush_read_ns;  /* the read, or other wait, that ends it */
	bool has_iotlb; /* all three of the following are given */
	struct profile_figure iotlb_tags;
	struct profile_figure iotlb_ways;	 /* as many as tags: fully associative */
	struct profile_figure iotlb_replacement; /* an enum iotlb_replacement; written as its name */
	struct iotlb_shape iotlb;		 /* the same three, checked */
};

/* Names of the profiles that are built in, sorted; *count gets their number. */
const char *const *profile_names(size_t *count);

/* 0, -ENOENT if there is none of that name (*e untouched), -EINVAL with *e set. */
int profile_load(const char *name, struct profile *p, struct error *e);

/* Parses @text, for messages called @name. 0, or -EINVAL with *e naming the line. */
int profile_parse(const char *name, const char *text, struct profile *p, struct error *e);

#endif
