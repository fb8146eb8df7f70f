// SPDX-License-Identifier: GPL-2.0-or-later
/* Finds the rate, the step and the cost of the clock. */
#include "clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALIBRATION_NS UINT64_C(50000000)
#define READINGS       2000
#define ROUNDS         5

const char *clock_source(void)
{
	return ARCH_TICKS_SOURCE;
}

bool clock_ticks_are_global(void)
{
	char name[32] = "";
	FILE *f;

	if (!ARCH_TICKS_GLOBAL || strcmp(ARCH_TICKS_SOURCE, "tsc") != 0)
		return ARCH_TICKS_GLOBAL;
	/* The kernel keeps the TSC as its clocksource only while it finds it synchronised. */
	f = fopen("/sys/devices/system/clocksource/clocksource0/current_clocksource", "re");
	if (f) {
		if (!fgets(name, sizeof(name), f))
			name[0] = '\0';
		fclose(f);
	}
	return strcmp(name, "tsc\n") == 0;
}

struct moment {
	uint64_t ticks, ns;
};

/* A moment on both clocks, read as close together as a few tries allow. */
static struct moment both_clocks(void)
{
	struct moment closest = {0};
	uint64_t best = UINT64_MAX;

	for (int i = 0; i < 20; i++) {
		uint64_t before = clock_ticks();
		uint64_t now = clock_raw_ns();
		uint64_t after = clock_ticks();

		if (after - before < best) {
			best = after - before;
			closest = (struct moment){.ticks = before + best / 2, .ns = now};
		}
	}
	return closest;
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/*
 * What 95 % of readings in a row differ by at most, where they do; what a reading costs, in the best of
 * several rounds, as an interruption only ever adds.
 */
static void calibrate_readings(struct clock_calibration *c)
{
	uint64_t differences[READINGS] = {0};
	size_t n = 0;

	for (int round = 0; round < ROUNDS; round++) {
		uint64_t start = clock_raw_ns(), last = clock_ticks_ordered();
		double cost;

		n = 0;
		for (int i = 0; i < READINGS; i++) {
			uint64_t now = clock_ticks_ordered();

			if (now > last)
				differences[n++] = now - last;
			last = now;
		}
		cost = (double)(clock_raw_ns() - start) / READINGS;
		if (round == 0 || cost < c->read_ns)
			c->read_ns = cost;
	}
	qsort(differences, n, sizeof(differences[0]), by_value);
	c->step_ns = n ? (double)differences[n - 1 - n / 20] / c->ticks_per_ns : 0;
}

void clock_calibrate(struct clock_calibration *c)
{
	struct moment first = both_clocks(), last;

	do {
		last = both_clocks();
	} while (last.ns - first.ns < CALIBRATION_NS);
	c->ticks_per_ns = (double)(last.ticks - first.ticks) / (double)(last.ns - first.ns);
	calibrate_readings(c);
}
