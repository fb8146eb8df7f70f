/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spin-wait hint. */
#ifndef IOMMUBENCH_ARCH_RELAX_H
#define IOMMUBENCH_ARCH_RELAX_H

static inline void arch_relax(void)
{
	__asm__ __volatile__("yield" ::: "memory");
}

#endif
