// SPDX-License-Identifier: GPL-2.0-or-later
/* The kernel code's context on simulated CPUs, which share a thread: one for each CPU number. Takes no virtual time. */
#include "kernel/shim/shim.h"

#include "sim/vcpu.h"

struct kernel_context *kernel_context_simulated(void)
{
	static struct kernel_context contexts[KERNEL_CPUS];

	/* Outside of virtual time maps are made and ended. */
	return &contexts[sim_cpu ? sim_cpu->id : 0];
}
