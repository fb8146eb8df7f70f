// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Switches stacks on sparc64. The caller's local and in registers survive a call. They are a register
 * window, which flushw writes to the caller's stack frame; the restore at the end finds no window,
 * so it traps, and the trap loads that of the frame %fp points to by then. No floating-point
 * register survives a call.
 */
#include "sim/arch/switch.h"

#include <stdint.h>
#include <string.h>

enum {
	/* All stack and frame pointers are this much too low. */
	BIAS = 2047,
	/* The least frame: a window of 16 words, then room for the arguments of callees. */
	FRAME_WORDS = 176 / 8,
	FRAME_FP = 128 / 8,
	FRAME_RETURN = 136 / 8,
};

/*
 * %fp and %i7 are kept in the room for arguments, as there are no callees, and not in that of the
 * window: the kernel may write this window there at any time, also while it belongs half to the one
 * stack and half to the other. No caller expects %o7 back: with a return to 0 there a new stack's
 * backtrace ends.
 */
__asm__(".text\n"
	".p2align 5\n"
	".globl arch_switch\n"
	".hidden arch_switch\n"
	".type arch_switch, #function\n"
	"arch_switch:\n"
	"	save %sp, -176, %sp\n"
	"	flushw\n"
	"	stx %fp, [%sp + 2047 + 128]\n"
	"	stx %i7, [%sp + 2047 + 136]\n"
	"	stx %sp, [%i0]\n"
	"	mov %i1, %sp\n"
	"	ldx [%sp + 2047 + 128], %fp\n"
	"	ldx [%sp + 2047 + 136], %l0\n"
	"	mov -8, %i7\n"
	"	jmp %l0 + 8\n"
	"	restore\n"
	".size arch_switch, .-arch_switch\n");

void *arch_switch_prepare(void *stack, size_t size, void (*entry)(void))
{
	uint64_t *caller = (uint64_t *)((char *)stack + size) - FRAME_WORDS;
	uint64_t *frame = caller - FRAME_WORDS;

	memset(frame, 0, 2 * FRAME_WORDS * sizeof(*frame));
	frame[FRAME_FP] = (uintptr_t)caller - BIAS;
	/* A return goes past the call and its delay slot. */
	frame[FRAME_RETURN] = (uintptr_t)entry - 8;
	return (char *)frame - BIAS;
}
