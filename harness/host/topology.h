/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The CPUs this process may use, in pinning order: one thread of each core first. */
#ifndef IOMMUBENCH_TOPOLOGY_H
#define IOMMUBENCH_TOPOLOGY_H

#include <stdbool.h>
#include <hwloc.h>

#include "base/error.h"

struct topology {
	hwloc_topology_t hwloc;
	bool this_system; /* false for HWLOC_SYNTHETIC and HWLOC_XMLFILE: nothing can be pinned */
	unsigned int ncpus;
	unsigned int *os_cpu; /* dense index -> OS number; ncpus of them */
	/* CPUs of the machine that this process may not use (affinity, cgroup). */
	unsigned int excluded;
	/* Of what may be used. */
	unsigned int packages, numa_nodes, cores;
};

/* 0, or -EINVAL with *e set. The caller closes it in either case. */
int topology_open(struct topology *t, struct error *e);
void topology_close(struct topology *t);

/*
 * Binds the calling thread to CPU @dense and makes sure that it is there: allowed nowhere else, and
 * running on it. 0, or -EINVAL with *e set.
 */
int topology_pin(const struct topology *t, unsigned int dense, struct error *e);

#endif
