/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Chance, drawn from a seed: the same seed gives the same run.
 *
 * Each transaction of a line takes up to a tenth more or less than its figure says, and after one in eight the
 * CPU is held up for up to three times as long: requests collide, are refused and asked again. Real machines
 * vary, and without it simulated CPUs fall into a step that no machine keeps: on a test-and-set lock
 * the one that releases takes it again before any waiter can, for ever.
 *
 * Exploring schedules goes further: up to a quarter more or less, CPUs that begin at different times, and
 * hold-ups of up to 10 us, as by an interrupt.
 */
#ifndef IOMMUBENCH_SIM_EXPLORE_H
#define IOMMUBENCH_SIM_EXPLORE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/vcpu.h"

/* After memory_open(), before sched_run(). */
void explore_begin(uint64_t seed, bool explore, struct vcpu *cpus, unsigned int count);

#endif
