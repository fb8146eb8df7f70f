/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What code built for the simulator calls beside what the compiler inserts. Costs virtual time. */
#ifndef IOMMUBENCH_SIM_SIMHOOKS_H
#define IOMMUBENCH_SIM_SIMHOOKS_H

#include <stddef.h>

/* The spin-wait hint: harness/sim/arch/arch_relax.h. */
void sim_relax(void);

/* What memcpy and the like are renamed to. */
void *sim_memcpy(void *to, const void *from, size_t size);
void *sim_memmove(void *to, const void *from, size_t size);
void *sim_memset(void *to, int byte, size_t size);

#endif
