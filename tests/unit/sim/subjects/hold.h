/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The locks of lock.h as the simulator's build has them. */
#ifndef IOMMUBENCH_TEST_SIM_HOLD_H
#define IOMMUBENCH_TEST_SIM_HOLD_H

#include "lock.h"

void hold_acquire(struct lock *l, enum lock_kind kind, struct lock_node *node);
void hold_release(struct lock *l, enum lock_kind kind, struct lock_node *node);
void hold_name(struct lock *l, const char *name, unsigned int number);

#endif
