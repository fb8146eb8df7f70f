// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the CPUs to run on, the order to pin threads in, and pins them. */
#include "host/topology.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

static unsigned int count_type(hwloc_topology_t h, hwloc_const_cpuset_t usable,
			       hwloc_obj_type_t type)
{
	int n = hwloc_get_nbobjs_inside_cpuset_by_type(h, usable, type);

	return n > 0 ? (unsigned int)n : 0;
}

/* Thread number @sibling of each core, core by core; where there is no core level each CPU is one. */
static void append_siblings(struct topology *t, hwloc_const_cpuset_t usable, unsigned int sibling)
{
	hwloc_obj_type_t type =
		hwloc_get_type_depth(t->hwloc, HWLOC_OBJ_CORE) < 0 ? HWLOC_OBJ_PU : HWLOC_OBJ_CORE;
	hwloc_obj_t core = NULL;

	while ((core = hwloc_get_next_obj_by_type(t->hwloc, type, core))) {
		unsigned int i = 0;
		int cpu;

		hwloc_bitmap_foreach_begin(cpu, core->cpuset)
		{
			if (hwloc_bitmap_isset(usable, (unsigned int)cpu) && i++ == sibling)
				t->os_cpu[t->ncpus++] = (unsigned int)cpu;
		}
		hwloc_bitmap_foreach_end();
	}
}

static int order_cpus(struct topology *t, hwloc_const_cpuset_t usable, struct error *e)
{
	int weight = hwloc_bitmap_weight(usable);

	if (weight <= 0)
		return error_set(e, "hwloc finds no CPU that this process may use");
	t->os_cpu = calloc((size_t)weight, sizeof(*t->os_cpu));
	if (!t->os_cpu)
		return error_set(e, "no memory for %d CPUs", weight);
	for (unsigned int sibling = 0; t->ncpus < (unsigned int)weight; sibling++)
		append_siblings(t, usable, sibling);
	return 0;
}

int topology_open(struct topology *t, struct error *e)
{
	hwloc_const_cpuset_t all;
	hwloc_cpuset_t usable;
	int err;

	memset(t, 0, sizeof(*t));
	if (hwloc_topology_init(&t->hwloc))
		return error_set(e, "hwloc cannot start: %s", strerror(errno));
	if (hwloc_topology_load(t->hwloc))
		return error_set(e, "hwloc cannot read the topology (HWLOC_* in the environment?)");
	t->this_system = hwloc_topology_is_thissystem(t->hwloc);
	all = hwloc_topology_get_complete_cpuset(t->hwloc);
	usable = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(t->hwloc));
	if (t->this_system) {
		hwloc_cpuset_t bound = hwloc_bitmap_alloc();

		if (hwloc_get_cpubind(t->hwloc, bound, HWLOC_CPUBIND_PROCESS) == 0)
			hwloc_bitmap_and(usable, usable, bound);
		hwloc_bitmap_free(bound);
	}
	err = order_cpus(t, usable, e);
	t->excluded = (unsigned int)hwloc_bitmap_weight(all) - t->ncpus;
	t->packages = count_type(t->hwloc, usable, HWLOC_OBJ_PACKAGE);
	t->numa_nodes = count_type(t->hwloc, usable, HWLOC_OBJ_NUMANODE);
	t->cores = count_type(t->hwloc, usable, HWLOC_OBJ_CORE);
	hwloc_bitmap_free(usable);
	return err;
}

void topology_close(struct topology *t)
{
	free(t->os_cpu);
	t->os_cpu = NULL;
	if (t->hwloc)
		hwloc_topology_destroy(t->hwloc);
	t->hwloc = NULL;
}

int topology_pin(const struct topology *t, unsigned int dense, struct error *e)
{
	const unsigned int os = t->os_cpu[dense];
	hwloc_cpuset_t want, got;
	bool bound;

	if (!t->this_system)
		return error_set(e,
				 "the topology is not this system's (HWLOC_* in the environment): "
				 "nothing can be pinned or measured");
	want = hwloc_bitmap_alloc();
	got = hwloc_bitmap_alloc();
	hwloc_bitmap_only(want, os);
	bound = hwloc_set_cpubind(t->hwloc, want, HWLOC_CPUBIND_THREAD | HWLOC_CPUBIND_STRICT) ==
			0 &&
		hwloc_get_cpubind(t->hwloc, got, HWLOC_CPUBIND_THREAD) == 0 &&
		hwloc_bitmap_isequal(want, got) && sched_getcpu() == (int)os;
	hwloc_bitmap_free(want);
	hwloc_bitmap_free(got);
	if (!bound)
		return error_set(e, "cannot pin a thread to CPU %u", os);
	return 0;
}
