/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The conductor of run, compare, audit and sim: opens their results, or goes on with those of a run that was
 * interrupted, calibrates, has the samples taken, and says what came of it. What is a command's own are its steps:
 * what is taken next, how a sample is taken, and what is printed at the end.
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

/* The first member of a command's own struct, to which its steps cast it. */
struct session {
	/* The command's. */
	const struct session_steps *steps;
	const struct plan_request *request;
	struct cmd_request *cmd;
	const struct plan *plan;
	size_t planned;   /* samples; 0: that will be seen. steps->plan sets it */
	size_t failed;    /* of those in the file */
	bool interrupted; /* steps->take was told to stop */
	/* The session's. */
	struct topology topology;
	struct run_costs costs; /* the clock is the command's where it is not native */
	struct results results;
	struct progress progress;
	char **words; /* options of the run that is resumed */
};

/* Those that return int: 0, or -EINVAL with *e set. */
struct session_steps {
	const char *command; /* as in `iommubench COMMAND` */
	bool native;         /* samples take time on this host's CPUs, which is calibrated before */
	/* Reads the options of the file that is resumed into *s->request and *s->cmd; 1: --help. NULL: none is. */
	int (*parse)(struct session *s, int argc, char *const *argv, struct error *e);
	/* What is to be taken. */
	int (*plan)(struct session *s, struct error *e);
	/* Is it what the file was begun with? On the same CPUs it is. */
	int (*check_resumed)(struct session *s, struct error *e);
	/* SESSION_GOES_ON, or the exit code where nothing is to be measured. */
	int (*preview)(struct session *s);
	/* Adds to the context, s->results.suite. */
	void (*describe)(struct session *s);
	/* Takes all samples that are not there yet, or until it is interrupted. */
	int (*take)(struct session *s, struct error *e);
	/* Prints what was found. */
	void (*print)(const struct session *s);
	/* What follows from it: 1: a check failed. NULL: nothing. */
	int (*conclude)(struct session *s, struct error *e);
};

#define SESSION_GOES_ON (-1)

/* Conducts @s, whose first part is set. @argv: the command line. Returns an exit code. */
int session_conduct(struct session *s, int argc, char *const *argv);

/* Places @sample, which is stolen, and adds it to the results. */
int session_add(struct session *s, json_t *sample, const struct sample_place *place,
		struct error *e);

/* The same, and writes them. */
int session_keep(struct session *s, json_t *sample, const struct sample_place *place,
		 struct error *e);

/* For steps->print: the table, and lock statistics if they were asked for. */
void session_print_table(const struct session *s);

#endif
