/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The locks of lock.h as the simulator's build has them. */
#ifndef IOMMUBENCH_TEST_SIM_HOLD_H
#define IOMMUBENCH_TEST_SIM_HOLD_H

#include "lock.h"

void hold_acquire(struct lock *l, const struct lock_scheme *how, unsigned int cpu);
void hold_release(struct lock *l, const struct lock_scheme *how);

#endif
