/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Work of known size for calibrating counters: bdnz; dcbf. */
#ifndef IOMMUBENCH_ARCH_WORK_H
#define IOMMUBENCH_ARCH_WORK_H

#include <stdint.h>

/* Instructions of a turn of arch_count_down(); 0: not known exactly. */
#define ARCH_COUNT_DOWN_INSTRUCTIONS 1
/* 1: arch_flush_line() throws a cache line out. */
#define ARCH_FLUSH_LINE 1

/* Turns @n times, n > 0: little but counting, and no access to memory. */
static inline void arch_count_down(uint64_t n)
{
	__asm__ __volatile__("mtctr %0\n1:\tbdnz 1b" : : "r"(n) : "ctr");
}

/* Throws the line at @line out of all caches, done on return. */
static inline void arch_flush_line(const void *line)
{
	__asm__ __volatile__("dcbf 0, %0\n\tsync" : : "r"(line) : "memory");
}

#endif
