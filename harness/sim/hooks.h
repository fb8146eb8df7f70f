/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What code built for the simulator calls, and where it is recorded. */
#ifndef IOMMUBENCH_SIM_HOOKS_H
#define IOMMUBENCH_SIM_HOOKS_H

#include "lockstat.h"

/* From here on each acquisition of CPU i is noted in @cpus[i], with times in ps. They stay the caller's. */
void sim_locks_use(struct lockstat_thread *cpus);

#endif
