/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An audit in a process of its own: an allocator that crashes or hangs costs its own cell alone. */
#ifndef IOMMUBENCH_APART_H
#define IOMMUBENCH_APART_H

#include "audit/audit.h"

/* As audit_run(), without a script. */
int audit_run_apart(const struct audit_config *config, struct audit_result *r, struct error *e);

#endif
