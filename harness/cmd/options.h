/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command lines of all commands: what they hold, how they are read and what --help says of them. */
#ifndef IOMMUBENCH_OPTIONS_H
#define IOMMUBENCH_OPTIONS_H

#include "audit/audit_request.h"
#include "audit/replay.h"
#include "base/error.h"
#include "measure/sample_request.h"
#include "plan/request.h"
#include "run/compare_plan.h"
#include "run/session.h"
#include "sim/simulate.h"

/* Which command's options: first those of commands that have cells. */
enum options_use {
	OPTIONS_RUN,
	OPTIONS_SAMPLE,
	OPTIONS_AUDIT,
	OPTIONS_SIM,
	OPTIONS_COMPARE,
	OPTIONS_LIST,
	OPTIONS_REPLAY,
	OPTIONS_DOCTOR,
	OPTIONS_OPTIONS,
	OPTIONS_USES
};

/* What `list` lists. */
enum list_what { LIST_NAMES, LIST_PROFILES, LIST_EVENTS, LIST_PLATFORMS };

/* What `options` prints of the table of options. */
enum options_print { OPTIONS_PRINT_NOTHING, OPTIONS_PRINT_MAN, OPTIONS_PRINT_BASH };

/* What no other room needs to know. */
struct local_request {
	enum list_what list;
	enum options_print print;
	const char *trace;       /* of replay */
	const char *kernel;      /* of doctor: a kernel tree, or NULL */
	unsigned int out_format; /* of results: json is the only one */
};

/* A command line, each part for the room that owns it. */
struct options {
	struct plan_request plan;
	struct cmd_request cmd;
	struct local_request local;
	struct sample_request sample;
	struct audit_request audit;
	struct replay_request replay;
	struct sim_request sim;
	struct compare_request compare;
};

/* The names of the commands; a sample's is that of `run`, whose options it has. */
extern const char *const options_commands[OPTIONS_USES];

/*
 * Fills *o from @argv, whose strings must outlive it. 0; 1 if --help was given; -EINVAL with *e
 * set. A sample takes those of `run` and some that only the runner gives.
 */
int options_parse(int argc, char *const *argv, enum options_use use, struct options *o,
		  struct error *e);

/* Prints what --help says of each option of a command. */
void options_help(enum options_use use);
/* Prints the options of all commands as a section of the man page, in mdoc. */
void options_man(void);
/* Prints what makes bash complete commands, options and values. */
void options_bash(void);

#endif
