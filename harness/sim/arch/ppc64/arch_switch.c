// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Switches stacks on POWER. In both ABIs r14 to r31, f14 to f31, v20 to v31, CR2 to CR4, the stack
 * pointer and the TOC pointer survive a call. They differ in what a function's address is: that of
 * its first instruction (ELFv2), which finds the TOC by r12, or that of a descriptor (ELFv1):
 * instruction, TOC, environment.
 */
#include "sim/arch/switch.h"

#include <stdint.h>
#include <string.h>

/* Assembly keeps its lines. */
/* clang-format off */
#if _CALL_ELF == 2
#define CODE "arch_switch"
#define DESCRIPTOR ""
#else
#define CODE ".L.arch_switch"
#define DESCRIPTOR \
	".pushsection .opd, \"aw\"\n" \
	".p2align 3\n" \
	"arch_switch: .quad .L.arch_switch, .TOC.@tocbase, 0\n" \
	".popsection\n"
#endif

/* Without AltiVec instructions there is nothing in v20 to v31 to keep, nor may they be touched. */
#ifdef __ALTIVEC__
#define VECTORS(insn) \
	"	addi 11, 1, 304\n" \
	"	.irp reg, 20,21,22,23,24,25,26,27,28,29,30,31\n" \
	"	" insn " \\reg, 0, 11\n" \
	"	addi 11, 11, 16\n" \
	"	.endr\n"
#else
#define VECTORS(insn) ""
#endif

/* The frame: back chain, TOC, r14 to r31 at 16, f14 to f31 at 160, v20 to v31 at 304; 496 bytes. */
#define REGISTERS(general, floating, vector) \
	"	.irp reg, 14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n" \
	"	" general " \\reg, 16 + 8 * (\\reg - 14)(1)\n" \
	"	" floating " \\reg, 160 + 8 * (\\reg - 14)(1)\n" \
	"	.endr\n" \
	VECTORS(vector)

enum {
	FRAME_WORDS = 496 / 8,
	FRAME_TOC = 1,
	FRAME_R14 = 2,
	/* What ELFv1 has a caller provide; ELFv2 asks for less. */
	CALLER_WORDS = 112 / 8,
	CALLER_LR = 2,
};

/*
 * CR and LR go where every function has them, into the caller's frame. A new stack begins at
 * arch_switch_start, with where to go in r14 and all else zero: a backtrace ends at LR = 0.
 */
__asm__(".text\n"
	".p2align 4\n"
	".globl arch_switch\n"
	".hidden arch_switch\n"
	".type arch_switch, @function\n"
	DESCRIPTOR
	CODE ":\n"
	"	mflr 0\n"
	"	std 0, 16(1)\n"
	"	mfcr 0\n"
	"	stw 0, 8(1)\n"
	"	stdu 1, -496(1)\n"
	"	std 2, 8(1)\n"
	REGISTERS("std", "stfd", "stvx")
	"	std 1, 0(3)\n"
	"	mr 1, 4\n"
	REGISTERS("ld", "lfd", "lvx")
	"	ld 2, 8(1)\n"
	"	addi 1, 1, 496\n"
	"	lwz 0, 8(1)\n"
	"	mtcrf 0x38, 0\n"
	"	ld 0, 16(1)\n"
	"	mtlr 0\n"
	"	blr\n"
	"arch_switch_start:\n"
	"	mr 12, 14\n"
	"	mtctr 12\n"
	"	mtlr 15\n"
	"	bctr\n"
	".size arch_switch, .-" CODE "\n");
/* clang-format on */

/* An address within code, not a function: in ELFv1 that would be a descriptor. */
extern const char arch_switch_start[];

void *arch_switch_prepare(void *stack, size_t size, void (*entry)(void))
{
	uint64_t *caller = (uint64_t *)((char *)stack + size) - CALLER_WORDS;
	uint64_t *frame = caller - FRAME_WORDS;

	memset(frame, 0, (FRAME_WORDS + CALLER_WORDS) * sizeof(*frame));
	frame[0] = (uintptr_t)caller;
	caller[CALLER_LR] = (uintptr_t)arch_switch_start;
#if _CALL_ELF == 2
	frame[FRAME_R14] = (uintptr_t)entry;
#else
	const uint64_t *descriptor = (const uint64_t *)(uintptr_t)entry;

	frame[FRAME_R14] = descriptor[0];
	frame[FRAME_TOC] = descriptor[1];
#endif
	return frame;
}
