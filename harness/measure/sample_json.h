/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a sample process tells the runner, whether threads or simulated CPUs ran: Google Benchmark's
 * document with the figures, and the details that its flat counters cannot hold.
 */
#ifndef IOMMUBENCH_SAMPLE_JSON_H
#define IOMMUBENCH_SAMPLE_JSON_H

#include <jansson.h>

#include "gbench.h"
#include "base/error.h"
#include "locks/lock_figures.h"
#include "measure/interval.h"

/* A figure of the sample; @state is its struct gbench_state. */
void sample_put(void *state, const char *name, double value);

/* The interval as one batch of all its ops: an op's time is then that of one CPU. */
void sample_put_time(struct gbench_state *state, const struct interval_result *r);

/* The figures of pass timing. */
void sample_put_figures(struct gbench_state *state, const struct interval_result *r);

/* Those of the locks, as far as @c has them recorded. */
void sample_put_locks(struct gbench_state *state, const struct interval_config *c,
		      const struct interval_result *r, const struct lock_time_scale *scale);

/* What else the host did meanwhile. */
void sample_put_disturbance(struct gbench_state *state, const struct interval_result *r);

/* Counts per op, all CPUs together, and the part of the time that all of them ran. */
void sample_put_events(struct gbench_state *state, const struct interval_config *c,
		       const struct interval_result *r);

/*
 * Runs @body once as the benchmark @name, with Google Benchmark's document on @fd. 0, or -EINVAL with *e set; a
 * body that failed has said so itself.
 */
int sample_run(const char *name, gbench_fn *body, void *arg, int fd, struct error *e);

/* The details: each CPU's part, and the locks if they were recorded. */
json_t *sample_details(const struct interval_config *c, const struct interval_result *r,
		       const struct lock_time_scale *scale);

/* Writes @details, which are stolen, to @fd. 0, or -EINVAL with *e set. */
int sample_write_details(json_t *details, int fd, struct error *e);

#endif
