// SPDX-License-Identifier: GPL-2.0-or-later
/* What the shim has out of line: once for each program that has kernel code. */
#include "kernel/shim/shim.h"

#include <stdio.h>

#ifndef IOMMU_SIM
__thread struct kernel_context kernel_context_native;
#endif

void kernel_bug(const char *condition, const char *file, int line)
{
	fprintf(stderr, "iommubench: kernel code at %s:%d: BUG: %s\n", file, line, condition);
	abort();
}

void kernel_warn(const char *condition, const char *file, int line)
{
	fprintf(stderr, "iommubench: kernel code at %s:%d: WARNING: %s\n", file, line, condition);
}
