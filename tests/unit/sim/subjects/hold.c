// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes and releases a lock of the simulator's build, for tests that watch it. */
#include "unit/sim/subjects/hold.h"

void hold_acquire(struct lock *l, const struct lock_scheme *how, unsigned int cpu)
{
	lock_acquire(l, how, cpu);
}

void hold_release(struct lock *l, const struct lock_scheme *how)
{
	lock_release(l, how);
}
