/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Audits an allocator with two threads inside at once, on a table so small that it is flushed often. */
#ifndef IOMMUBENCH_TOGETHER_H
#define IOMMUBENCH_TOGETHER_H

#include "audit/audit.h"

/* So many frees must have begun during another thread's flush to say anything of what two CPUs do to each other. */
#define TOGETHER_ENOUGH 100

/*
 * The same allocator as @like's, in a process of its own. 0 with *r filled, but for its windows; -EINVAL with *e
 * set, also where the allocator cannot be used so.
 */
int audit_together(const struct audit_config *like, struct audit_result *r, struct error *e);

#endif
