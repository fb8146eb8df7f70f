/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `run`, of the sample processes it starts, of `audit`, `sim` and `compare`. */
#ifndef IOMMUBENCH_OPTIONS_H
#define IOMMUBENCH_OPTIONS_H

#include "audit/audit_request.h"
#include "base/error.h"
#include "measure/sample_request.h"
#include "plan/request.h"
#include "run/compare_plan.h"
#include "run/session.h"
#include "sim/exploration.h"

/* Which command's options. */
enum options_use {
	OPTIONS_RUN,
	OPTIONS_SAMPLE,
	OPTIONS_AUDIT,
	OPTIONS_SIM,
	OPTIONS_COMPARE,
	OPTIONS_USES
};

/* A command line, each part for the room that owns it. */
struct options {
	struct plan_request plan;
	struct cmd_request cmd;
	struct sample_request sample;
	struct audit_request audit;
	struct sim_request sim;
	struct compare_request compare;
};

/*
 * Fills *o from @argv, whose strings must outlive it. 0; 1 if --help was given; -EINVAL with *e
 * set. A sample takes those of `run` and some that only the runner gives.
 */
int options_parse(int argc, char *const *argv, enum options_use use, struct options *o,
		  struct error *e);

/* Prints a line for each option of a command. */
void options_help(enum options_use use);

#endif
