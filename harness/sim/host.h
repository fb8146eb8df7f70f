/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This host as a machine to simulate: its topology, and what calibration loops measure on it. */
#ifndef IOMMUBENCH_SIM_HOST_H
#define IOMMUBENCH_SIM_HOST_H

#include "base/error.h"
#include "device/profile.h"
#include "host/topology.h"

/*
 * The profile called @name: "host" is measured now, in a few seconds; one with a slash in it is a file in the
 * profiles' format; any other is built in. 0, or -EINVAL with *e set.
 */
int host_profile(const char *name, const struct topology *t, struct profile *p, struct error *e);

/* Measures the host and prints it as a profile. Returns an exit code. */
int host_calibrate_main(void);

#endif
