# SPDX-License-Identifier: GPL-2.0-or-later
# Linked before an object, it makes each of that object's sections begin PAD bytes into a page, whatever
# was linked before. harness/make/sides.mk says why.
	.section .text
	.p2align 12
	.skip PAD
	.section .rodata,"a"
	.p2align 12
	.skip PAD
	.section .data.rel.ro.local,"aw"
	.p2align 12
	.skip PAD
	# The next two are those of kernel code: harness/kernel/kernel.ld
	.section .data.rel.ro,"aw"
	.p2align 12
	.skip PAD
	.section kernel_data,"aw"
	.p2align 12
	.skip PAD
	.data
	.p2align 12
	.skip PAD
	.bss
	.p2align 12
	.skip PAD
	.section .note.GNU-stack,""
