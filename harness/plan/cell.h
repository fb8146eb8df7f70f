/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cell: one combination of everything in its name. */
#ifndef IOMMUBENCH_CELL_H
#define IOMMUBENCH_CELL_H

#include "allocator.h"
#include "flush.h"
#include "workload.h"
#include "base/error.h"

#define CELL_NAME_MAX 256

struct platform;

/* Entries of the table that a name does not tell, of cells that are measured and of audits. */
#define CELL_ENTRIES       8192
#define CELL_AUDIT_ENTRIES 16384

struct cell {
	const struct workload *workload;
	const struct iommu_allocator *allocator;
	unsigned long entries; /* of the table */
	unsigned int npools;
	unsigned int cpus;
	struct flush_model flush;
	unsigned int occupancy; /* percent */
	enum lock_kind lock;
	uint64_t think_ns;
	/*
	 * Audits only: threads it runs on, while cpus is how many CPU numbers are drawn from. 0 in
	 * cells that are measured.
	 */
	unsigned int audit_threads;
	const char *profile; /* the machine it is simulated on; NULL: it is run natively */
	const struct platform
		*platform;        /* a preset it is of, or NULL; says nothing of what it is */
	char name[CELL_NAME_MAX]; /* of all the above; cell_set_name() makes it */
};

/*
 * Makes the name: "WORKLOAD/ALLOCATOR/pools:P/cpus:C/flush:MODEL/occupancy:PCT/lock:KIND/think:NS", behind "audit/"
 * that of an audit, behind "sim/PROFILE/" that of a simulation; with "/entries:N" behind the allocator unless these
 * are the usual ones.
 */
void cell_set_name(struct cell *c);

/* Is all the same but the name, which may not be made yet? */
bool cell_same(const struct cell *a, const struct cell *b);

/* How many entries names of such cells do not tell. */
unsigned long cell_usual_entries(unsigned int audit_threads);

/* The map a cell is measured on: spans and page numbers as sparc's PCI has them. */
struct iommu_geometry cell_geometry(const struct cell *c);

/*
 * NULL if @c can be measured, else the reason: its geometry does not suit the
 * allocator, pools would share a bitmap word between threads, or the workload needs more CPUs.
 */
const char *cell_obstacle(const struct cell *c);

/* Is the reason only that the workload needs more CPUs? */
bool cell_lacks_cpus(const struct cell *c);

/* "tas", "ticket", "queued". */
const char *lock_kind_name(enum lock_kind kind);
/* "mcs" is read as queued, and said to be. */
bool lock_kind_parse(const char *text, enum lock_kind *kind);

#endif
