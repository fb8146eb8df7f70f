/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a kernel file finds instead of the kernel: a header for each area, with what it stands for and what it
 * does not do. Each has only what the files named in glue/ and lib/ need; what is missing is told by name
 * when they are compiled.
 *
 * The files are compiled in gnu11, each into an object of its own as the kernel does it, and share nothing with
 * the allocators in src/ but the locks.
 */
#ifndef IOMMUBENCH_KERNEL_SHIM_H
#define IOMMUBENCH_KERNEL_SHIM_H

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "lock.h"
/* C11 has macros of these names; the kernel's are others. */
#undef atomic_fetch_add
#undef atomic_fetch_sub
#undef atomic_fetch_or
#undef atomic_fetch_and
#undef atomic_fetch_xor
#undef static_assert

#include "kernel/shim/types.h"
#include "kernel/shim/compiler.h"
#include "kernel/shim/bug.h"
#include "kernel/shim/numbers.h"
#include "kernel/shim/bitops.h"
#include "kernel/shim/context.h"
#include "kernel/shim/atomic.h"
#include "kernel/shim/locking.h"
#include "kernel/shim/slab.h"
#include "kernel/shim/timer.h"
#include "kernel/shim/host.h"
#include "kernel/shim/percpu.h"
#include "kernel/shim/memory.h"
#include "kernel/shim/device.h"
#include "kernel/shim/pci.h"
#include "kernel/shim/domain.h"
#include "kernel/shim/platform.h"

#endif
