/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef IOMMUBENCH_COMPARE_SIM_H
#define IOMMUBENCH_COMPARE_SIM_H

#include "run/compare_plan.h"

/*
 * Prints the options, a line each, with which `iommubench sim` runs the cells of a side: on the CPU
 * counts of the comparison, and on some that only a simulated machine has. The side's own program takes them, of
 * whatever age it is.
 */
void compare_sim_print(const struct compare_plan *p, const struct plan_request *o,
		       const struct compare_request *r);

#endif
