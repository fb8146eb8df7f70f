// SPDX-License-Identifier: GPL-2.0-or-later
/* The list of the timing pass's figures. */
#include "measure/timing_figures.h"

void timing_figures(const struct interval_result *r, figure_fn put, void *arg)
{
	put(arg, "ops_per_second", r->ops_per_second);
	put(arg, "items_per_second", r->ops_per_second);
	put(arg, "ref_ticks", r->ref_ticks);
	put(arg, "fairness", r->fairness);
	put(arg, "flushes_per_kop", r->flushes_per_kop);
	put(arg, "alloc_failures", (double)r->alloc_failures);
	put(arg, "fallback_pool_share", r->fallback_pool_share);
	put(arg, "local_pool_utilization", r->local_pool_utilization);
	/* Flushes that take no time (spin:0) are only counted. */
	if (r->flush_ns_mean > 0)
		put(arg, "flush_ns_mean", r->flush_ns_mean);
}
