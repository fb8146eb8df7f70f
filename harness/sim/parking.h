/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parking: a CPU that spins on a line which nobody writes is not simulated poll by poll. It sleeps
 * until the line changes, and the polls it would have done are only counted.
 */
#ifndef IOMMUBENCH_SIM_PARKING_H
#define IOMMUBENCH_SIM_PARKING_H

#include <stdint.h>

#include "sim/vcpu.h"

/*
 * An iteration of a spin loop is over. If it was nothing but one load that hit, and so will be all that follow
 * until the line is written or leaves the cache, the CPU is parked and the polls of that time are only
 * counted. That is exact as long as the loop itself keeps no count of its iterations.
 */
void parking_relax(struct vcpu *c);

/*
 * The line changed at @key (sched_key()): the CPUs parked on @line, or only those of @core, go on
 * with their first poll after that.
 */
void parking_wake(uint32_t line, uint64_t key, unsigned int core);

/* What @c has done before @key (sched_key()), with the polls it would have done had it not been parked. */
struct sim_counts parking_counts(const struct vcpu *c, uint64_t key);

#endif
