/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spending a given time on the CPU: think time, and what a flush takes. */
#ifndef IOMMUBENCH_DELAY_H
#define IOMMUBENCH_DELAY_H

#include "clock.h"

/* Biases are measured on delays no longer than this. */
#define DELAY_PROBE_NS 20000

struct delay {
	uint64_t ticks; /* to wait for: the request less what calling and overshooting cost */
};

/* Waits; as a worker's think function @delay is its think_arg. */
void delay_spend(const void *delay);

/* A delay of @ns, shortened by @bias_ns. */
struct delay delay_make(double ns, double bias_ns, double ticks_per_ns);

/*
 * Duration in ns of @spend(@arg): the mean of the best of several rounds of a millisecond, or the
 * shortest of 3 calls where one is longer than that. An interruption only ever adds.
 */
double delay_measure(void (*spend)(const void *arg), const void *arg);

/*
 * Finds what a delay of @ns takes longer than asked for, and the mean that is achieved with that
 * known. Both 0 for no delay.
 */
void delay_calibrate(double ns, double ticks_per_ns, double *bias_ns, double *achieved_ns);

#endif
