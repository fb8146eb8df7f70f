/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work of known size for calibrating counters: subcc, bne and its delay slot. */
#ifndef IOMMUBENCH_ARCH_WORK_H
#define IOMMUBENCH_ARCH_WORK_H

#include <stdint.h>

/* Instructions of a turn of arch_count_down(); 0: not known exactly. */
#define ARCH_COUNT_DOWN_INSTRUCTIONS 3
/* 1: arch_flush_line() throws a cache line out. */
#define ARCH_FLUSH_LINE 0

/* Turns @n times, n > 0: little but counting, and no access to memory. */
static inline void arch_count_down(uint64_t n)
{
	__asm__ __volatile__("1:\tsubcc %0, 1, %0\n\tbne,pt %%xcc, 1b\n\tnop" : "+r"(n) : : "cc");
}

/* Throws the line at @line out of all caches, done on return. */
static inline void arch_flush_line(const void *line)
{
	(void)line;
}

#endif
