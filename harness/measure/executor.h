/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The native executor: runs one workload on one allocator in pinned threads and measures one interval. */
#ifndef IOMMUBENCH_EXECUTOR_H
#define IOMMUBENCH_EXECUTOR_H

#include "base/error.h"
#include "measure/interval.h"

/*
 * 0 with *result filled; -EINVAL with *e set if a thread could not be pinned, memory was
 * short, no pair was done, or entries leaked.
 */
int executor_run(const struct interval_config *config, struct interval_result *result,
		 struct error *e);

#endif
