/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Names of hardware events, by libpfm4. In a build without it only what needs no names works, and
 * each function says so. Not thread-safe.
 */
#ifndef IOMMUBENCH_PFM_H
#define IOMMUBENCH_PFM_H

#include <stdbool.h>
#include <stddef.h>

#include "counters.h"

/* "libpfm4", or "built without libpfm4". */
const char *pfm_version(void);
bool pfm_is_there(void);

/* libpfm4's name of the PMU of this host's CPUs, or NULL if it knows none. */
const char *pfm_model(void);

/*
 * Encodes @event, "NAME" or "PMU::NAME" with unit masks and modifiers (:u, :k); user mode unless it
 * says otherwise. A PMU may be given by the end of its name: zen4 for amd64_fam19h_zen4. 0 with *s
 * filled but for the name; -EINVAL with *e set: no such event on this host.
 */
int pfm_encode(const char *event, struct counter_spec *s, struct error *e);

#endif
