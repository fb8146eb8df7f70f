/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sample's figures by their names in the results, whatever ran it. */
#ifndef IOMMUBENCH_TIMING_FIGURES_H
#define IOMMUBENCH_TIMING_FIGURES_H

#include "measure/interval.h"

/* Takes one; @arg is the caller's. */
typedef void (*figure_fn)(void *arg, const char *name, double value);

/* Calls @put for each figure of pass timing that threads and simulated CPUs have alike. */
void timing_figures(const struct interval_result *r, figure_fn put, void *arg);

#endif
