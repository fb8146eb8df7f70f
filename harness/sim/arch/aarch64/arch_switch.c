// SPDX-License-Identifier: GPL-2.0-or-later
/* Switches stacks on arm64. AAPCS64: x19 to x29, d8 to d15 and the stack pointer survive a call. */
#include "sim/arch/switch.h"

#include <stdint.h>
#include <string.h>

/* It returns by x9: no caller expects x30 back, and with 0 there a new stack's backtrace ends. */
__asm__(".text\n"
	".p2align 4\n"
	".globl arch_switch\n"
	".hidden arch_switch\n"
	".type arch_switch, %function\n"
	"arch_switch:\n"
	"	stp x29, x30, [sp, #-160]!\n"
	"	stp x19, x20, [sp, #16]\n"
	"	stp x21, x22, [sp, #32]\n"
	"	stp x23, x24, [sp, #48]\n"
	"	stp x25, x26, [sp, #64]\n"
	"	stp x27, x28, [sp, #80]\n"
	"	stp d8, d9, [sp, #96]\n"
	"	stp d10, d11, [sp, #112]\n"
	"	stp d12, d13, [sp, #128]\n"
	"	stp d14, d15, [sp, #144]\n"
	"	mov x9, sp\n"
	"	str x9, [x0]\n"
	"	mov sp, x1\n"
	"	ldp x19, x20, [sp, #16]\n"
	"	ldp x21, x22, [sp, #32]\n"
	"	ldp x23, x24, [sp, #48]\n"
	"	ldp x25, x26, [sp, #64]\n"
	"	ldp x27, x28, [sp, #80]\n"
	"	ldp d8, d9, [sp, #96]\n"
	"	ldp d10, d11, [sp, #112]\n"
	"	ldp d12, d13, [sp, #128]\n"
	"	ldp d14, d15, [sp, #144]\n"
	"	ldp x29, x9, [sp], #160\n"
	"	mov x30, #0\n"
	"	ret x9\n"
	".size arch_switch, .-arch_switch\n");

void *arch_switch_prepare(void *stack, size_t size, void (*entry)(void))
{
	uint64_t *sp = (uint64_t *)((char *)stack + size) - 20;

	memset(sp, 0, 20 * sizeof(*sp));
	sp[1] = (uintptr_t)entry;
	return sp;
}
