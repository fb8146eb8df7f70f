/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that runs a sample and counts what it does. */
#ifndef IOMMUBENCH_WRAPPER_H
#define IOMMUBENCH_WRAPPER_H

#include <stdbool.h>

#define SPAWN_WRAPPER_WORDS 16

/* Points into itself: not to be copied. */
struct spawn_wrapper {
	const char *words[SPAWN_WRAPPER_WORDS]; /* before the sample's own; the first is a path */
	unsigned int count;
	char folder[64];     /* a temporary one */
	char path[100];      /* the file in it that the program writes */
	char text[400];      /* a word that has to be kept */
	bool repeatable;     /* no random addresses, an empty environment */
	double more_seconds; /* that it may take on top */
};

/* All of the file that the program wrote, as text; NULL if there is none. Free it. */
char *spawn_wrapper_read(const struct spawn_wrapper *w);

/* Removes the file and its folder. */
void spawn_wrapper_remove(struct spawn_wrapper *w);

#endif
