/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A session conducts run, compare, audit and sim: it opens their results or resumes those of an
 * interrupted run, calibrates, has the samples taken, reports how it went and chooses the exit
 * code. A command brings only its own steps: what is taken next, how one sample is taken, and what
 * is printed at the end.
 */
#ifndef IOMMUBENCH_SESSION_H
#define IOMMUBENCH_SESSION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "host/topology.h"
#include "output/progress.h"
#include "output/results.h"
#include "plan/plan.h"
#include "plan/request.h"
#include "run/run_costs.h"

enum output_format { OUTPUT_TABLE, OUTPUT_JSON };

/* What a command does with its plan and its results. */
struct cmd_request {
	const char *out, *resume; /* files, or NULL */
	enum output_format format;
	bool dry_run;    /* print the plan and measure nothing */
	bool list_tests; /* the same, names alone */
	bool wide;       /* all columns of the table */
	bool lock_stat;  /* print lock statistics as /proc/lock_stat does */
};

struct session_steps;

/* The first member of a command's own struct. */
struct session {
	/* The command's. */
	const struct session_steps *steps;
	const struct plan_request *request;
	struct cmd_request *cmd;
	const struct plan *plan;
	size_t planned;   /* samples to take; set by steps->plan; 0: not known before */
	size_t failed;    /* of those in the file */
	bool interrupted; /* steps->take was told to stop */
	/* The session's. */
	struct topology topology;
	struct run_costs costs; /* where samples are not native, steps->plan sets the clock */
	struct results results;
	struct progress progress;
	char **words; /* options of the run that is resumed */
};

/*
 * @self is the command's own struct, which begins with its session. What returns int returns 0, or
 * -EINVAL with *e set, unless it says otherwise.
 */
struct session_steps {
	const char *command; /* as in `iommubench COMMAND` */
	bool native;         /* samples are measured on this host, so it is calibrated first */
	/*
	 * Reads the options kept in the file that is resumed; 1: --help. NULL: there is no
	 * --resume.
	 */
	int (*parse)(void *self, int argc, char *const *argv, struct error *e);
	/* Works out which samples to take. */
	int (*plan)(void *self, struct error *e);
	/* Was the file that is resumed begun with this plan? The CPUs are checked already. */
	int (*check_resumed)(void *self, struct error *e);
	/*
	 * Prints the plan if only that was asked for. SESSION_GOES_ON, or an exit code: nothing is
	 * measured.
	 */
	int (*preview)(void *self);
	/* Adds what is special about this command to the context, results.suite. */
	void (*describe)(void *self);
	/* Takes the samples that are not there yet, until all are or it is interrupted. */
	int (*take)(void *self, struct error *e);
	/* Prints what was found. */
	void (*print)(const void *self);
	/* Judges the results: 1: a check failed. NULL: there is nothing to judge. */
	int (*conclude)(void *self, struct error *e);
};

#define SESSION_GOES_ON (-1)

/* Runs @s, whose first part is set, for the command line @argv. Returns an exit code. */
int session_conduct(struct session *s, int argc, char *const *argv);

/* Adds @sample, which is stolen, to the results, at @place in the plan. */
int session_add(struct session *s, json_t *sample, const struct sample_place *place,
		struct error *e);

/* The same, and writes the file. */
int session_keep(struct session *s, json_t *sample, const struct sample_place *place,
		 struct error *e);

/* For steps->print: the table, and lock statistics if they were asked for. */
void session_print_table(const void *session);

#endif
