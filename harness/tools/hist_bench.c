// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What recording one value in a histogram costs: `make hist-bench`. The values spread over
 * several octaves, as hold times do, and are drawn beforehand.
 */
#include <stdlib.h>

#include "gbench.h"
#include "hist.h"

#define VALUES 4096

static void record(struct gbench_state *state, void *arg)
{
	struct hist *h = calloc(1, sizeof(*h));
	const uint64_t *values = arg;

	if (!h) {
		gbench_fail(state, "no memory");
		return;
	}
	while (gbench_keep_running_batch(state, VALUES)) {
		for (int i = 0; i < VALUES; i++)
			hist_record(h, values[i]);
		gbench_do_not_optimize(h);
		gbench_clobber();
	}
	free(h);
}

int main(int argc, char **argv)
{
	static uint64_t values[VALUES];
	uint64_t x = 1;

	for (int i = 0; i < VALUES; i++) {
		x = x * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		values[i] = (x >> 40) >> (x >> 60);
	}
	gbench_register("hist_record", record, values);
	if (gbench_init(&argc, argv) || gbench_report_unrecognized(argc, argv))
		return 2;
	return gbench_run() == 1 ? 0 : 1;
}
