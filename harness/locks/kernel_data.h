/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where kernel code has its variables, in programs with any (harness/kernel/kernel.ld): in no map. */
#ifndef IOMMUBENCH_LOCKS_KERNEL_DATA_H
#define IOMMUBENCH_LOCKS_KERNEL_DATA_H

#include <stddef.h>

/* The linker's, or both NULL. */
extern char __start_kernel_data[] __attribute__((weak));
extern char __stop_kernel_data[] __attribute__((weak));

static inline size_t kernel_data_bytes(void)
{
	/* Two ends of one section. */
	// cppcheck-suppress comparePointers
	return (size_t)(__stop_kernel_data - __start_kernel_data);
}

#endif
