// SPDX-License-Identifier: GPL-2.0-or-later
/* Switches stacks on x86-64. System V ABI: six registers and the stack pointer survive a call. */
#include "sim/arch/switch.h"

#include <stdint.h>
#include <string.h>

__asm__(".text\n"
	".p2align 4\n"
	".globl arch_switch\n"
	".hidden arch_switch\n"
	".type arch_switch, @function\n"
	"arch_switch:\n"
	"	pushq %rbp\n"
	"	pushq %rbx\n"
	"	pushq %r12\n"
	"	pushq %r13\n"
	"	pushq %r14\n"
	"	pushq %r15\n"
	"	movq %rsp, (%rdi)\n"
	"	movq %rsi, %rsp\n"
	"	popq %r15\n"
	"	popq %r14\n"
	"	popq %r13\n"
	"	popq %r12\n"
	"	popq %rbx\n"
	"	popq %rbp\n"
	"	ret\n"
	".size arch_switch, .-arch_switch\n");

void *arch_switch_prepare(void *stack, size_t size, void (*entry)(void))
{
	/* Six registers, the entry to return to, and a return address of its own: the stack is then
	 * aligned as after a call. */
	uintptr_t *sp = (uintptr_t *)((char *)stack + size) - 8;

	memset(sp, 0, 8 * sizeof(*sp));
	sp[6] = (uintptr_t)entry;
	return sp;
}
