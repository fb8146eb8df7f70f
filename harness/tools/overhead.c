// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the harness adds to an op: `pair` on sun4u by the executor against a loop written by hand
 * around the same descriptor's calls, on the same kind of map, pinned to the same CPU, turn about in
 * one process. Prints both, and the difference with its interval. `make overhead`.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "workload.h"
#include "base/median.h"
#include "host/topology.h"
#include "measure/executor.h"
#include "plan/cell.h"
#include "plan/variant.h"

#define ENTRIES   8192
#define OCCUPANCY 5
#define SECONDS   0.05
#define ROUNDS    101
/* At most so much, whichever is larger. */
#define BAR_NS    1.0
#define BAR_SHARE 0.03

static int by_hand(const struct iommu_allocator *a, const struct topology *t, unsigned long pairs,
		   double *ns_a_pair, struct error *e)
{
	struct iommu_geometry g = {.entries = ENTRIES, .npools = 1, .base = 262144};
	unsigned long live[ENTRIES * OCCUPANCY / 100];
	const size_t share = sizeof(live) / sizeof(live[0]);
	struct iommu_map *map = map_create(a, &g, NULL, NULL, e);
	uint64_t start;
	int err = map ? topology_pin(t, 0, e) : -1;

	if (err)
		return err;
	for (size_t i = 0; i < share; i++)
		live[i] = a->alloc(map, 0, 1, 0, NULL, &iommu_any_device);
	/* As long a warm-up as the executor's. */
	for (unsigned long part = 0; part < 2; part++) {
		unsigned long n = part ? pairs : pairs / 5;

		start = clock_raw_ns();
		for (unsigned long i = 0; i < n; i++) {
			unsigned long entry = a->alloc(map, 0, 1, 0, NULL, &iommu_any_device);

			a->free(map, 0, entry, 1);
		}
	}
	*ns_a_pair = (double)(clock_raw_ns() - start) / (double)pairs;
	for (size_t i = 0; i < share; i++)
		a->free(map, 0, live[i], 1);
	map_destroy(map);
	return 0;
}

static void print_row(const char *what, struct median m)
{
	printf("%-28s %8.2f ns/op  [%.2f .. %.2f]\n", what, m.median, m.low, m.high);
}

int main(void)
{
	double harness[ROUNDS], hand[ROUNDS], difference[ROUNDS], bar;
	struct clock_calibration clock;
	struct interval_result r;
	struct flush_model flush;
	struct topology t;
	struct median base, added;
	struct error e;

	clock_calibrate(&clock);
	if (topology_open(&t, &e) || flush_model_parse("none", &flush, &e))
		return error_usage(&e);

	const struct interval_config config = {
		.workload = workload_find("pair"),
		.allocator = iommu_allocator_find("sun4u"),
		.geometry = {.entries = ENTRIES, .npools = 1, .base = 262144},
		.topology = &t,
		.ncpus = 1,
		.occupancy = OCCUPANCY,
		.flush = &flush,
		.ticks_per_ns = clock.ticks_per_ns,
		.seconds = SECONDS,
		.seed = 1,
	};

	for (int i = 0; i < ROUNDS; i++) {
		if (executor_run(&config, &r, &e) ||
		    by_hand(config.allocator, &t, (unsigned long)r.pairs, &hand[i], &e))
			return error_usage(&e);
		harness[i] = r.real_time_ns;
		difference[i] = harness[i] - hand[i];
		free(r.cpu);
	}
	topology_close(&t);
	added = median_of(difference, ROUNDS);
	base = median_of(hand, ROUNDS);
	bar = base.median * BAR_SHARE > BAR_NS ? base.median * BAR_SHARE : BAR_NS;
	print_row("pair on sun4u, harness", median_of(harness, ROUNDS));
	print_row("the same calls, by hand", base);
	print_row("difference", added);
	printf("at most %.2f ns is the bar: %s\n", bar, added.median <= bar ? "reached" : "MISSED");
	return added.median <= bar ? EXIT_DONE : EXIT_CHECK;
}
