/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A sample's figures by their names in the results, whatever ran it. */
#ifndef IOMMUBENCH_TIMING_FIGURES_H
#define IOMMUBENCH_TIMING_FIGURES_H

#include "base/figure_fn.h"
#include "measure/interval.h"

/* Calls @put for each figure of pass timing that threads and simulated CPUs have alike. */
void timing_figures(const struct interval_result *r, figure_fn put, void *arg);

#endif
