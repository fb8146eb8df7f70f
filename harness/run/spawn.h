/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a sample process and collects what it says. */
#ifndef IOMMUBENCH_SPAWN_H
#define IOMMUBENCH_SPAWN_H

#include <limits.h>
#include <stdbool.h>
#include <jansson.h>

#include "base/error.h"
#include "counters/wrapper.h"
#include "plan/cell.h"
#include "plan/pass.h"
#include "plan/request.h"
#include "run/program_copy.h"
#include "run/sides.h"

/* What a sample is told besides its options. */
struct spawn_calibration {
	double ticks_per_ns, clock_read_ns, flush_bias_ns, think_bias_ns;
	/* Pass counters: what to count, by counters_to_word(), or NULL: only do the steps; and the
	 * program that counts, or NULL. */
	const char *counters;
	const struct spawn_wrapper *wrapper;
	/* The program of the sample, run as program_copy_exec() does; NULL: that of its pass. */
	const struct program_file *program;
	const struct side_programs *foreign; /* the program is of another build: that side's */
};

enum spawn_end {
	SPAWN_DONE,        /* *sample is what it measured */
	SPAWN_FAILED,      /* it crashed or refused: e says how */
	SPAWN_HUNG,        /* it was killed at its time limit, as e says */
	SPAWN_INTERRUPTED, /* SIGINT or SIGTERM came: the process was killed */
};

/* Is the program of @pass there? 0, or -EINVAL with *e set. */
int spawn_find_program(enum pass pass, struct error *e);

/* Path of the program called @name that lies beside this one. */
void spawn_program_path(const char *name, char path[PATH_MAX]);

/* Blocks the signals that spawn_sample() waits for; call it once, before the first. */
void spawn_prepare(void);

/*
 * Measures @cell in a fresh process of @pass's program. @seed is the sample's own. On SPAWN_DONE
 * *sample is its entry for "benchmarks", complete but for what concerns the run as a whole.
 */
enum spawn_end spawn_sample(const struct cell *cell, enum pass pass, const struct plan_request *o,
			    uint64_t seed, const struct spawn_calibration *calibration,
			    json_t **sample, struct error *e);

#endif
