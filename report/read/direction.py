# SPDX-License-Identifier: GPL-2.0-or-later
"""Which way is better: the one table that alerts and pages go by."""

# Of figures in neither set, and of times in total, it cannot be said: they grow with
# what was done, or are the price of something else.
_MORE = frozenset("ops_per_second fairness ops_per_flush".split())
_LESS = frozenset(
    "real_time ref_ticks flushes_per_kop flush_ns_mean cycles instructions l1d_misses"
    " llc_misses branch_misses dtlb_misses stalls remote_misses coherence_misses"
    " invalidations contentions con_bounces acq_bounces hold_flushes alloc_failures"
    " stale_hits_per_kop stale_reuse_per_kop window_ops_p50 window_ops_p99"
    " window_ops_max".split()
)
_TIMES = frozenset("hold wait hold_flush".split())
_TIME_PARTS = frozenset("min p50 p90 p99 p999 max mean mean_raw".split())


def direction(figure: str) -> int:
    """1 where more of the figure is better, -1 where less is, 0 where neither is."""
    if figure in _MORE:
        return 1
    what, _, part = figure.partition("_ns_")
    return -1 if figure in _LESS or (what in _TIMES and part in _TIME_PARTS) else 0
