/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The results file: Google Benchmark JSON with our context (results/README.md). */
#ifndef IOMMUBENCH_RESULTS_H
#define IOMMUBENCH_RESULTS_H

#include <stdbool.h>
#include <stdio.h>
#include <jansson.h>

#include "base/error.h"
#include "output/context.h"

/* How every file ends; samples are appended before it. */
#define RESULTS_END "\n]\n}\n"

struct results {
	json_t *root;       /* the whole document */
	json_t *suite;      /* context.iommubench; borrowed */
	json_t *benchmarks; /* the samples; borrowed */
	char *path;
	/* The samples as text, a line each: the file is rewritten after every one of thousands. */
	char *lines;
	size_t length;
	bool loaded;    /* for --resume */
	bool torn;      /* loaded without its last sample, which is not whole */
	bool keeps_old; /* the first time it is written, what was at its path is kept */
};

/* An empty document with context @c, to be kept at @path, a regular file if any. 0 or -EINVAL with *e set. */
int results_new(struct results *r, const char *path, const struct context *c, struct error *e);

/*
 * Reads a document for --resume. 0, or -EINVAL with *e set if it is not one of ours, is complete, or
 * was made by another build or on another host.
 */
int results_load(struct results *r, const char *path, struct error *e);

/*
 * A comparison's document whose last sample was being written when the writer was killed, without that
 * sample; NULL if it is not one.
 */
json_t *results_load_torn(const char *path);

/*
 * The options kept in a loaded document, as argv words; NULL-terminated, free words and array. NULL if memory is
 * short.
 */
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

/* Records @p in @sample, by Google Benchmark's own keys where it has them. */
void results_place(json_t *sample, const struct sample_place *p);

/* A sample that says why there is none, as Google Benchmark does: readers skip "error_occurred". */
json_t *results_failed_sample(const char *name, const char *message);

/* Adds a sample. @sample is stolen. 0, or -EINVAL with *e set if memory is short. */
int results_add(struct results *r, json_t *sample, struct error *e);

/* Adds it only to r->lines, not to r->benchmarks, and does not steal it. */
int results_add_line(struct results *r, const json_t *sample, struct error *e);

/*
 * As results_add() and results_write(), for files that get too long to be written anew for each
 * sample: one write puts the sample over the file's end, and it is kept only in r->lines. The file
 * must have been written by results_write() or this, and stays whole if this fails. @order: the
 * sample's number.
 */
int results_append(struct results *r, json_t *sample, size_t order, struct error *e);

/*
 * Writes the file anew by temporary file and rename, so that it is whole at any moment; the first time, what
 * was there before a new document is kept as "PATH~". 0, or -EINVAL with *e set.
 */
int results_write(struct results *r, struct error *e);

/* Prints the document. */
void results_print(const struct results *r, FILE *out);

void results_close(struct results *r);

#define RESULTS_PATH_MAX 300

/* results/HOST/DATE.json below the working directory, the folder made. 0, or -EINVAL with *e set. */
int results_default_path(char path[RESULTS_PATH_MAX], struct error *e);

#endif
