/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands' --help: what each is for, and its options. */
#ifndef IOMMUBENCH_HELP_H
#define IOMMUBENCH_HELP_H

enum help_topic {
	HELP_MAIN,
	HELP_LIST,
	HELP_RUN,
	HELP_REPLAY,
	HELP_DOCTOR,
	HELP_AUDIT,
	HELP_SIM,
	HELP_COMPARE,
	HELP_OPTIONS
};

/* Prints the topic on stdout and returns EXIT_DONE. */
int help_print(enum help_topic topic);

#endif
