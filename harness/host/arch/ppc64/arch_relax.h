/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spin-wait hint: drop the SMT thread's priority, then restore it to medium. */
#ifndef IOMMUBENCH_ARCH_RELAX_H
#define IOMMUBENCH_ARCH_RELAX_H

static inline void arch_relax(void)
{
	__asm__ __volatile__("or 1,1,1\n\tor 2,2,2" ::: "memory");
}

#endif
