/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spin-wait hint: none known; keeps the compiler from merging the loop's loads. */
#ifndef IOMMUBENCH_ARCH_RELAX_H
#define IOMMUBENCH_ARCH_RELAX_H

static inline void arch_relax(void)
{
	__asm__ __volatile__("" ::: "memory");
}

#endif
