/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cell's name taken apart: for tables of results whose allocators this program may not have. */
#ifndef IOMMUBENCH_CELL_PARTS_H
#define IOMMUBENCH_CELL_PARTS_H

#include <stdbool.h>
#include <stdint.h>

#include "plan/cell.h"

#define CELL_PART_MAX 80

struct cell_parts {
	bool audit;
	char profile[CELL_PART_MAX]; /* of the machine it is simulated on, or empty */
	char workload[CELL_PART_MAX];
	char allocator[CELL_PART_MAX];
	uint64_t entries;               /* of the table; 0: the name does not tell */
	char parameters[CELL_PART_MAX]; /* "/key:value/key:value", or empty */
	uint64_t npools, cpus;
	char flush[CELL_PART_MAX];
	char occupancy[CELL_PART_MAX]; /* percent; files may have fractions */
	char lock[CELL_PART_MAX];
	uint64_t think_ns;
};

/*
 * Reads [audit/|sim/PROFILE/]WORKLOAD/ALLOCATOR[/entries:N](/key:value)*
 * /pools:P/cpus:C/flush:MODEL/occupancy:PCT/lock:KIND/think:NS. False if @name is not built so;
 * then *p is undefined.
 */
bool cell_parts_read(const char *name, struct cell_parts *p);

/*
 * Reads the parameters of an allocator, "/key:value" so many times, at @text: keys of [a-z]+, values of
 * [a-z0-9.]+, no key twice and none that the cell itself has. Returns their length, 0 if there are none
 * that are well formed; what follows is the caller's to judge.
 */
size_t cell_parameters_length(const char *text);

/* How much of a cell's name says what differs between the rows of a run: as far as its CPUs. */
int cell_parts_short(const char *name);

/* "ALLOCATOR(/key:value)* /pools:P", what rows of a table are called. */
void cell_parts_variant(const struct cell_parts *p, char *text, size_t size);

#endif
