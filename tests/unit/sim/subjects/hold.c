// SPDX-License-Identifier: GPL-2.0-or-later
/* Takes and releases a lock of the simulator's build, for tests that watch it. */
#include "unit/sim/subjects/hold.h"

void hold_acquire(struct lock *l, enum lock_kind kind, struct lock_node *node)
{
	lock_acquire(l, kind, node);
}

void hold_release(struct lock *l, enum lock_kind kind, struct lock_node *node)
{
	lock_release(l, kind, node);
}

void hold_name(struct lock *l, const char *name, unsigned int number)
{
	lock_name(l, name, number);
}
