/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switches between the stacks of simulated CPUs: sim/arch/ARCH/arch_switch.c, or generic/ with
 * ucontext.
 */
#ifndef IOMMUBENCH_SIM_SWITCH_H
#define IOMMUBENCH_SIM_SWITCH_H

#include <stddef.h>

/*
 * Makes [stack, stack + size), size and stack multiples of 16, ready to be switched to: @entry runs on
 * it then. It must never return. The result is what arch_switch() loads.
 */
void *arch_switch_prepare(void *stack, size_t size, void (*entry)(void));

/*
 * Saves where it was called in *@save and goes on where @load was left. Keeps the registers that
 * the calling convention has a function keep; floating-point modes and signal masks are common to
 * all stacks.
 */
void arch_switch(void **save, void *load);

#endif
