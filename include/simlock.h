/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the simulator's build of lock.h reports: the events of lockstat.h, in the same order. The calls
 * cost no virtual time unless reading the clock is to.
 */
#ifndef IOMMUBENCH_SIMLOCK_H
#define IOMMUBENCH_SIMLOCK_H

struct lock;

void lockstat_name(const struct lock *l, const char *class);
void sim_lock_begin(const struct lock *l);
void sim_lock_contended(const struct lock *l);
void sim_lock_acquired(const struct lock *l);
void sim_lock_release(const struct lock *l);
void sim_lock_released(const struct lock *l);

#endif
