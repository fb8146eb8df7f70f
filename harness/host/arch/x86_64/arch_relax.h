/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spin-wait hint: frees the sibling's pipeline and avoids the memory-order machine clear. */
#ifndef IOMMUBENCH_ARCH_RELAX_H
#define IOMMUBENCH_ARCH_RELAX_H

static inline void arch_relax(void)
{
	__asm__ __volatile__("pause" ::: "memory");
}

#endif
