/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Switching between stacks: harness/arch/ARCH/arch_switch.c, or ucontext where there is none. */
#ifndef IOMMUBENCH_SIM_SWITCH_H
#define IOMMUBENCH_SIM_SWITCH_H

#include <stddef.h>

/*
 * Makes [stack, stack + size), size and stack multiples of 16, ready to be switched to: @entry runs on
 * it then. It must never return. The result is what arch_switch() loads.
 */
void *arch_switch_prepare(void *stack, size_t size, void (*entry)(void));

/*
 * Goes on where @load was left, having put into *@save what leads back here. Keeps what the calling
 * convention has a function keep; floating-point modes and signal masks are common to all.
 */
void arch_switch(void **save, void *load);

#endif
