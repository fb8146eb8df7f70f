/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports a simulated cell as a native sample is reported: as a document of Google Benchmark. */
#ifndef IOMMUBENCH_SIM_REPORT_H
#define IOMMUBENCH_SIM_REPORT_H

#include "plan/cell.h"
#include "sim/simulate.h"

/*
 * Simulates @cell and writes Google Benchmark's document to stdout and the details to @details_fd. Returns an
 * exit code; a reason is on stderr, or is the sample's error_message.
 */
int sim_report(const struct cell *cell, const struct sim_config *config, int details_fd);

#endif
