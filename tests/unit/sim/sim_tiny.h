/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine that is small enough to follow by hand: 12 cores of two threads; cores 0-2 and 3-5
 * share a last-level cache each and are node 0, 6-8 and 9-11 are node 1. Second threads are CPUs
 * 12 to 23. Caches of 256-byte lines: L1 2 sets x 2 ways, L2 2 x 4, LLC 4 x 4.
 */
#ifndef IOMMUBENCH_TEST_SIM_TINY_H
#define IOMMUBENCH_TEST_SIM_TINY_H

#include "device/profile.h"
#include "sim/machine.h"
#include "unit/helpers.h"

#define TINY_CORES 12
#define TINY_CPUS  24
#define TINY_LINE  256

enum tiny_ps {
	TINY_BLOCK = 4,
	TINY_L2 = 100,
	TINY_LLC = 1000,
	TINY_MEMORY = 10000,
	TINY_MEMORY_REMOTE = 18000,
	TINY_NEAR = 2000,
	TINY_FAR = 4000,
	TINY_REMOTE = 8000,
	TINY_BUSY = 300,
	TINY_ATOMIC = 50,
	TINY_RELAX = 10,
};

static const struct {
	const char *key;
	unsigned int value;
} tiny_figures[] = {
	{"cpus", TINY_CPUS},
	{"threads_per_core", 2},
	{"issue_threads", 1},
	{"cores_per_llc", 3},
	{"llcs_per_node", 2},
	{"clock_mhz", 1000},
	{"line_bytes", TINY_LINE},
	{"l1_kib", 1},
	{"l1_ways", 2},
	{"l2_kib", 2},
	{"l2_ways", 4},
	{"llc_kib", 4},
	{"llc_ways", 4},
	{"block_ps", TINY_BLOCK},
	{"l2_ps", TINY_L2},
	{"llc_ps", TINY_LLC},
	{"memory_ps", TINY_MEMORY},
	{"memory_remote_ps", TINY_MEMORY_REMOTE},
	{"transfer_ps", TINY_NEAR},
	{"transfer_far_ps", TINY_FAR},
	{"transfer_remote_ps", TINY_REMOTE},
	{"line_busy_ps", TINY_BUSY},
	{"atomic_ps", TINY_ATOMIC},
	{"relax_ps", TINY_RELAX},
	{"store_buffer", 2},
};

/*
 * Its profile, with the figures of @changes ("key=value ...") in place of its own. 0, or what
 * profile_parse() and machine_make() say of it.
 */
static inline int tiny_try(const char *changes, struct machine *m, struct error *e)
{
	char text[4000] = "", copy[200];
	struct profile p;
	int err;

	for (size_t i = 0; i < ARRAY_SIZE(tiny_figures); i++) {
		unsigned int value = tiny_figures[i].value;
		const size_t length = strlen(tiny_figures[i].key);

		snprintf(copy, sizeof(copy), "%s", changes);
		for (char *c = strtok(copy, " "); c; c = strtok(NULL, " ")) {
			if (strncmp(c, tiny_figures[i].key, length) == 0 && c[length] == '=')
				value = (unsigned int)atoi(c + length + 1);
		}
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s = %u | made up\n",
			 tiny_figures[i].key, value);
	}
	err = profile_parse("tiny", text, &p, e);
	return err ? err : machine_make(&p, m, e);
}

static inline void tiny_make(const char *changes, struct machine *m)
{
	struct error e;

	CHECK(tiny_try(changes, m, &e) == 0, "%s", e.text);
}

#endif
