/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine facts as data. A profile is harness/profiles/NAME, built into the program: lines
 * `key = value | source`, where the source says who published the figure, or begins with
 * "assumed" and says what it rests on. `#` begins a comment line.
 */
#ifndef IOMMUBENCH_PROFILE_H
#define IOMMUBENCH_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/fact_file.h"
#include "device/iotlb.h"

struct profile_figure {
	uint64_t value;
	char source[FACT_SOURCE_MAX];
};

/* What a machine's description consists of (harness/sim/machine.h says how it is used). */
enum machine_figure {
	MACHINE_CPUS,             /* hardware threads */
	MACHINE_THREADS_PER_CORE, /* that share its L1 and L2 */
	MACHINE_ISSUE_THREADS,    /* of those, how many run at full speed together */
	MACHINE_CORES_PER_LLC,    /* that share a last-level cache */
	MACHINE_LLCS_PER_NODE,
	MACHINE_CLOCK_MHZ,
	MACHINE_LINE_BYTES, /* of coherence */
	MACHINE_L1_KIB,
	MACHINE_L1_WAYS,
	MACHINE_L2_KIB, /* a core's own; 0: none */
	MACHINE_L2_WAYS,
	MACHINE_LLC_KIB, /* 0: none */
	MACHINE_LLC_WAYS,
	MACHINE_BLOCK_PS, /* a basic block with all its data in the L1 */
	MACHINE_L2_PS,
	MACHINE_LLC_PS,
	MACHINE_MEMORY_PS,
	MACHINE_MEMORY_REMOTE_PS,
	MACHINE_TRANSFER_PS,        /* of a dirty line from another core with the same LLC */
	MACHINE_TRANSFER_FAR_PS,    /* from another LLC of the node */
	MACHINE_TRANSFER_REMOTE_PS, /* from another node */
	MACHINE_LINE_BUSY_PS,       /* between two reads of one line that its home serves */
	MACHINE_ATOMIC_PS,          /* of an owned line */
	MACHINE_RELAX_PS,           /* the spin-wait hint */
	MACHINE_STORE_BUFFER,       /* entries */
	MACHINE_FIGURES
};

struct profile {
	char name[32];
	char summary[FACT_VALUE_MAX];
	bool has_flush;                       /* all three of the following are given */
	struct profile_figure flush_writes;   /* posted register writes of a full flush */
	struct profile_figure flush_write_ns; /* each */
	struct profile_figure flush_read_ns;  /* the read, or other wait, that ends it */
	bool has_iotlb;                       /* all three of the following are given */
	struct profile_figure iotlb_tags;
	struct profile_figure iotlb_ways; /* as many as tags: fully associative */
	struct profile_figure
		iotlb_replacement; /* an enum iotlb_replacement; written as its name */
	struct iotlb_shape iotlb;  /* the same three, checked */
	bool has_machine;          /* all of the following are given */
	struct profile_figure machine[MACHINE_FIGURES];
};

/* "cpus", "threads_per_core" ... */
const char *profile_machine_key(enum machine_figure f);

/* Names of the profiles that are built in, sorted; *count gets their number. */
const char *const *profile_names(size_t *count);

/* 0, -ENOENT if there is none of that name (*e untouched), -EINVAL with *e set. */
int profile_load(const char *name, struct profile *p, struct error *e);

/* Parses @text, for messages called @name. 0, or -EINVAL with *e naming the line. */
int profile_parse(const char *name, const char *text, struct profile *p, struct error *e);

#endif
