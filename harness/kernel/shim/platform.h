/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What code asks about the machine while it sets itself up: nothing special about this one. */
#ifndef IOMMUBENCH_KERNEL_PLATFORM_H
#define IOMMUBENCH_KERNEL_PLATFORM_H

#define is_kdump_kernel()  false
#define is_fadump_active() false

#endif
