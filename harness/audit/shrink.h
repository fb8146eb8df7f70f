/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Makes a script that shows a stale reuse as short as it can, by trying. */
#ifndef IOMMUBENCH_SHRINK_H
#define IOMMUBENCH_SHRINK_H

#include "audit/audit.h"
#include "audit/script.h"

/*
 * Leaves out operations (delta debugging), takes smaller maps and lower CPU numbers, as long as
 * a stale reuse remains. @s is changed in place, and without gaps: each operation did something.
 * 0 or -EINVAL with *e set. No two calls at once with the same @s.
 */
int shrink_script(struct script *s, struct error *e);

/*
 * Audits @config's cell anew on smaller and smaller maps and replaces @s, which shows a stale
 * reuse, by the shortest script found, minimised. 0 or -EINVAL with *e set.
 */
int shrink_audit(const struct audit_config *config, struct script *s, struct error *e);

#endif
