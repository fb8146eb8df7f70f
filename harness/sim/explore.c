// SPDX-License-Identifier: GPL-2.0-or-later
/* Draws how much latencies vary and when CPUs are held up. */
#include "sim/explore.h"

#include "workload.h"
#include "sim/coherence.h"

/* After one in so many transactions a CPU is held up, for up to so many times their latency. */
#define HOLD_UP_ONE_IN  8
#define HOLD_UP_LATENCY 3

/* When exploring: long enough for another CPU to do all of an alloc or a flush meanwhile. */
#define EXPLORE_HOLD_UP_ONE_IN 256
#define EXPLORE_HOLD_UP_PS     10000000
#define EXPLORE_START_PS       1000000 /* CPUs begin within a microsecond */

static struct tally draw;

/* Uniform in [ps - ps / part, ps + ps / part], about. */
static uint64_t vary(uint64_t ps, unsigned int part)
{
	return ps - ps / part + tally_random_below(&draw, 2 * (ps / part) + 1);
}

static uint64_t jitter(uint64_t latency, unsigned int part)
{
	return vary(latency, part);
}

static uint64_t wide_jitter(uint64_t latency, unsigned int part)
{
	/* At least a few ps: it is to break ties too. */
	return vary(latency, part < 4 ? part : 4) + tally_random_below(&draw, 8);
}

static uint64_t hold_up(uint64_t latency)
{
	return tally_random_below(&draw, HOLD_UP_ONE_IN) ?
		       0 :
		       tally_random_below(&draw, HOLD_UP_LATENCY * latency + 1);
}

static uint64_t long_hold_up(uint64_t latency)
{
	(void)latency;
	return tally_random_below(&draw, EXPLORE_HOLD_UP_ONE_IN) ?
		       0 :
		       tally_random_below(&draw, EXPLORE_HOLD_UP_PS);
}

void explore_begin(uint64_t seed, bool explore, struct vcpu *cpus, unsigned int count)
{
	draw.rng = ((seed + 1) * UINT64_C(0x9E3779B97F4A7C15)) | 1;
	sim_memory.jitter = explore ? wide_jitter : jitter;
	sim_memory.hold_up = explore ? long_hold_up : hold_up;
	for (unsigned int i = 0; explore && i < count; i++)
		cpus[i].clock = tally_random_below(&draw, EXPLORE_START_PS);
}
