/* SPDX-License-Identifier: GPL-2.0-or-later */
/* perf_event_open(2): what its errors mean, and what the host allows. */
#ifndef IOMMUBENCH_PERF_H
#define IOMMUBENCH_PERF_H

#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>

#include "counters.h"

/* Has this host a PMU that this kernel drives? Whether we may use it is another question. */
bool perf_has_pmu(void);

/* Why @spec could not be opened, from the error of open(); one line without a newline. */
void perf_reason(const struct counter_spec *spec, int err, char *text, size_t size);

/* The sysctl kernel.perf_event_paranoid; -1 and below as it is, 100 where there is none. */
int perf_paranoid(void);

#endif
