/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Audits an allocator with two threads inside at once, on a table so small that it is flushed often. */
#ifndef IOMMUBENCH_TOGETHER_H
#define IOMMUBENCH_TOGETHER_H

#include "audit/audit.h"

/*
 * So many frees must have begun during other threads' flushes to say anything of what two CPUs do to each other. A
 * flush that reclaims many entries takes in what was freed meanwhile, nearly always. One of a few entries, as after
 * each free, does harm only if just these are handed out again meanwhile, which happens about once in 1000. Between
 * the two it is in proportion.
 */
uint64_t audit_together_enough(uint64_t flushes, uint64_t allocations);

/*
 * How many there were. Where each allocation has a flush, only those count before which another thread has mapped
 * during that flush.
 */
uint64_t audit_together_seen(const struct audit_result *r);

/*
 * The same allocator as @like's, in a process of its own. 0 with *r filled, but for its windows; -EINVAL with *e
 * set, also where the allocator cannot be used so.
 */
int audit_together(const struct audit_config *like, struct audit_result *r, struct error *e);

#endif
