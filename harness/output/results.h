/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The results file: Google Benchmark JSON with our context (results/README.md). */
#ifndef IOMMUBENCH_RESULTS_H
#define IOMMUBENCH_RESULTS_H

#include <stdbool.h>
#include <stdio.h>
#include <jansson.h>

#include "base/error.h"
#include "output/context.h"

/* How every document ends: what is appended goes before it. */
#define RESULTS_END "\n]\n}\n"

struct results {
	json_t *root;       /* the whole document */
	json_t *suite;      /* context.iommubench; borrowed */
	json_t *benchmarks; /* the samples; borrowed */
	char *path;
	/* The samples as they are written, a line each: a run of thousands is rewritten as often. */
	char *lines;
	size_t length;
	bool torn; /* loaded without its last sample, which is not whole */
};

/* An empty document with context @c, to be kept at @path. 0 or -EINVAL with *e set. */
int results_new(struct results *r, const char *path, const struct context *c, struct error *e);

/*
 * Reads a document for --resume. 0, or -EINVAL with *e set if it is not one of ours, is complete, or
 * was made by another build or on another host.
 */
int results_load(struct results *r, const char *path, struct error *e);

/* The options kept in a loaded document, as argv words; NULL-terminated, free words and array. */
char **results_arguments(const struct results *r, int *count);

/* Does the document have this sample, measured or failed? */
bool results_has(const struct results *r, const char *cell, const char *pass,
		 unsigned int repetition);

/* Which sample of a run it is. */
struct sample_place {
	unsigned int cpus, cell, repetitions, repetition; /* cell: its number in the plan */
	const char *pass;
	uint64_t seed;
};

/* Says so in @sample, in Google Benchmark's words where it has any. */
void results_place(json_t *sample, const struct sample_place *p);

/* A sample that says why there is none, as Google Benchmark does: readers skip "error_occurred". */
json_t *results_failed_sample(const char *name, const char *message);

/* Adds a sample. @sample is stolen. 0, or -EINVAL with *e set if memory is short. */
int results_add(struct results *r, json_t *sample, struct error *e);

/* Adds it to r->lines alone, so not to r->benchmarks, and steals nothing. As above. */
int results_add_line(struct results *r, const json_t *sample, struct error *e);

/*
 * As results_add() and results_write(), for files that get too long to be written anew for each sample:
 * the sample is written over the file's end with one write, and kept in r->lines alone. What is in
 * the file must be what results_write() or this wrote, and still is if it fails. @order is the sample's.
 */
int results_append(struct results *r, json_t *sample, size_t order, struct error *e);

/*
 * Writes the file anew by temporary file and rename, so that it is whole at any moment. 0, or
 * -EINVAL with *e set.
 */
int results_write(const struct results *r, struct error *e);

/* Prints the document. */
void results_print(const struct results *r, FILE *out);

void results_close(struct results *r);

/*
 * results/HOST/DATE.json below the working directory, the folder made. Free it; NULL with *e
 * set on failure.
 */
char *results_default_path(struct error *e);

#endif
