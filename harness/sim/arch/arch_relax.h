/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The spin-wait hint of simulated CPUs. */
#ifndef IOMMUBENCH_ARCH_RELAX_H
#define IOMMUBENCH_ARCH_RELAX_H

#include "simhooks.h"

static inline void arch_relax(void)
{
	sim_relax();
}

#endif
