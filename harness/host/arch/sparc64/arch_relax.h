/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spin-wait hint: reading %ccr three times yields the strand on Niagara, harmless elsewhere. */
#ifndef IOMMUBENCH_ARCH_RELAX_H
#define IOMMUBENCH_ARCH_RELAX_H

static inline void arch_relax(void)
{
	__asm__ __volatile__("rd %%ccr, %%g0\n\trd %%ccr, %%g0\n\trd %%ccr, %%g0" ::: "memory");
}

#endif
