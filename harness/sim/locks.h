/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lock statistics in virtual time: exact, of every acquisition. */
#ifndef IOMMUBENCH_SIM_LOCKS_H
#define IOMMUBENCH_SIM_LOCKS_H

#include "lockstat.h"

/* From here on what CPU i does is noted in @cpus[i], in ps, which stay the caller's. */
void sim_locks_use(struct lockstat_thread *cpus);

#endif
