/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of figures, results/figures.json, as tables need it. */
#ifndef IOMMUBENCH_FIGURE_LIST_H
#define IOMMUBENCH_FIGURE_LIST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/* Columns of events that the list does not have stand behind this one. */
#define FIGURE_EVENTS_COLUMN 29

enum figure_table {
	FIGURE_NONE,     /* not in a table */
	FIGURE_FOOTNOTE, /* under a table where it is beyond its limit; a column of a wide one */
	FIGURE_WIDE,     /* a column of a wide table */
	FIGURE_DEFAULT,  /* a column of every table */
};

/* results/README.md says what the members mean. Strings are the list's own. */
struct figure {
	const char *name;    /* key in samples; of a ratio, the key of what is divided */
	const char *per;     /* a ratio's divisor; else NULL */
	const char *format1; /* the key that results of format 1 have for it; NULL: the same */
	const char *title;
	const char *heads[2];
	char shown_unit[16]; /* with a blank before it; empty if there is none */
	const json_t *passes;
	enum figure_table table;
	double column; /* place in a table */
	double scale;
	int decimals; /* -1: about four digits */
	bool clocked;
	bool counted;     /* events per op */
	bool spread;      /* an interval stands beside it */
	bool scaling;     /* and how it grows with CPUs */
	double low, high; /* of a footnote: it is told of values below or above */
};

/* All figures and ratios in their order in a table, read once; *count is 0 if memory is short. */
const struct figure *figure_list(size_t *count);

/* Is @name the key of a figure of the list? */
bool figure_is_listed(const char *name);

/*
 * The value of @f in a sample, whatever of @f's passes it is of. False if it has none, or is of
 * another pass.
 */
bool figure_of_sample(const struct figure *f, const json_t *sample, double *value);

#endif
