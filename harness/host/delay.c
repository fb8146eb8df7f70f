// SPDX-License-Identifier: GPL-2.0-or-later
/* Spends a time as exactly as the clock allows. */
#include "host/delay.h"

#define ROUNDS      5
#define ROUND_NS    1000000.0
#define CALLS_MAX   20000
#define CALLS_PROBE 3

void delay_spend(const void *delay)
{
	const uint64_t ticks = ((const struct delay *)delay)->ticks;
	const uint64_t start = clock_ticks();

	while (clock_ticks() - start < ticks)
		;
}

struct delay delay_make(double ns, double bias_ns, double ticks_per_ns)
{
	double left = ns > bias_ns ? ns - bias_ns : 0;

	return (struct delay){.ticks = (uint64_t)(left * ticks_per_ns + 0.5)};
}

static double mean_ns(void (*spend)(const void *), const void *arg, unsigned int calls)
{
	uint64_t start = clock_raw_ns();

	for (unsigned int i = 0; i < calls; i++)
		spend(arg);
	return (double)(clock_raw_ns() - start) / calls;
}

double delay_measure(void (*spend)(const void *), const void *arg)
{
	double best = mean_ns(spend, arg, 1), want;
	unsigned int calls;

	for (int i = 1; i < CALLS_PROBE; i++) {
		double ns = mean_ns(spend, arg, 1);

		if (ns < best)
			best = ns;
	}
	want = ROUND_NS / (best > 1 ? best : 1);
	calls = want > CALLS_MAX ? CALLS_MAX : (unsigned int)want;

	/* Where few calls fill a round, the probe must do. */
	for (int i = 0; calls > CALLS_PROBE && i < ROUNDS; i++) {
		double ns = mean_ns(spend, arg, calls);

		if (ns < best || i == 0)
			best = ns;
	}
	return best;
}

void delay_calibrate(double ns, double ticks_per_ns, double *bias_ns, double *achieved_ns)
{
	const double probe_ns = ns < DELAY_PROBE_NS ? ns : DELAY_PROBE_NS;
	struct delay d = delay_make(probe_ns, 0, ticks_per_ns);

	*bias_ns = 0;
	*achieved_ns = 0;
	if (ns == 0)
		return;
	*bias_ns = delay_measure(delay_spend, &d) - probe_ns;
	d = delay_make(ns, *bias_ns, ticks_per_ns);
	*achieved_ns = delay_measure(delay_spend, &d);
}
