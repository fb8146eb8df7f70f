# SPDX-License-Identifier: GPL-2.0-or-later
"""What the figures of a run are called, and their units."""

from typing import Dict, NamedTuple

from report.read.direction import direction


class Figure(NamedTuple):
    """A figure of results/README.md as the dashboard shows it.

    Values are divided by `scale` before they are shown in `unit`. `heading` is the
    short title.
    """

    name: str
    title: str
    unit: str
    heading: str
    scale: float = 1.0

    @property
    def better(self) -> int:
        """1 where more is better, -1 where less is, 0 where neither is."""
        return direction(self.name)


# In the order in which pages list them. "a pair" is "a pair and CPU" (docs/DESIGN).
_ALL = (
    Figure("real_time", "time a pair and CPU", "ns", "ns a pair"),
    Figure("ops_per_second", "pairs a second", "M/s", "M pairs/s", 1e6),
    Figure("fairness", "slowest CPU's pairs / fastest CPU's", "", "fairness"),
    Figure("flushes_per_kop", "flushes a 1000 pairs", "", "flushes / 1000"),
    Figure("cycles", "cycles a pair and CPU", "", "cycles"),
    Figure("instructions", "instructions a pair and CPU", "", "instr."),
    Figure("l1d_misses", "L1D misses a pair", "", "L1D misses"),
    Figure("llc_misses", "last-level cache misses a pair", "", "LLC misses"),
    Figure("branch_misses", "mispredicted branches a pair", "", "branch misses"),
    Figure("dtlb_misses", "data TLB misses a pair", "", "dTLB misses"),
    Figure("stalls", "stalled cycles a pair", "", "stalls"),
    Figure("remote_misses", "misses served by other CPUs a pair", "", "remote"),
    Figure("basic_blocks", "basic blocks a pair", "", "blocks"),
    Figure("accesses", "memory accesses a pair", "", "accesses"),
    Figure("coherence_misses", "coherence misses a pair", "", "coherence"),
    Figure("invalidations", "cache copies invalidated a pair", "", "invalid."),
    Figure("hold_ns_p50", "lock hold time, median", "ns", "hold p50 ns"),
    Figure("hold_ns_p99", "lock hold time, 99th percentile", "ns", "hold p99 ns"),
    Figure("hold_ns_max", "lock hold time, longest", "ns", "hold max ns"),
    Figure("hold_ns_mean", "lock hold time, mean", "ns", "hold mean ns"),
    Figure("wait_ns_p50", "lock wait time, median", "ns", "wait p50 ns"),
    Figure("wait_ns_p99", "lock wait time, 99th percentile", "ns", "wait p99 ns"),
    Figure("wait_ns_mean", "lock wait time, mean", "ns", "wait mean ns"),
    Figure("acquisitions", "lock acquisitions", "", "acquisitions"),
    Figure("contentions", "contended lock acquisitions", "", "contentions"),
    Figure("alloc_failures", "failed allocations", "", "failures"),
    Figure("fallback_pool_share", "share served by another pool", "", "remote pool"),
    Figure("local_pool_utilization", "own pool taken", "%", "own pool %"),
    Figure("flush_ns_mean", "time a flush, queueing included", "ns", "ns a flush"),
    Figure("stale_hits_per_kop", "stale hits a 1000 pairs", "", "stale hits / 1000"),
    Figure("stale_reuse_per_kop", "stale reuse a 1000 pairs", "", "reuse / 1000"),
)
_TIMES = {
    "hold": "lock hold time",
    "wait": "lock wait time",
    "hold_flush": "lock hold time with a flush",
}
_PARTS = {
    "p50": "median",
    "p90": "90th percentile",
    "p99": "99th percentile",
    "p999": "99.9th percentile",
    "max": "longest",
    "min": "shortest",
    "mean_raw": "mean with the clock's cost",
}

# Further figures of runs, not worth a history of their own.
_UNWATCHED = frozenset(
    [
        f"{what}_ns_{part}"
        for what in ("hold", "wait", "hold_flush")
        for part in (
            "min",
            "p50",
            "p90",
            "p99",
            "p999",
            "max",
            "mean",
            "mean_raw",
            "total",
        )
    ]
    + "ref_ticks con_bounces acq_bounces hold_flushes ops_per_flush".split()
)
_KNOWN: Dict[str, Figure] = {each.name: each for each in _ALL}
_ORDER = {each.name: place for place, each in enumerate(_ALL)}


def figure(name: str) -> Figure:
    """The figure of that name; one we know nothing of is shown under its name."""
    if name in _KNOWN:
        return _KNOWN[name]
    what, _, part = name.partition("_ns_")
    if what in _TIMES and part:
        words = _PARTS.get(part, part.replace("_", " "))
        return Figure(name, f"{_TIMES[what]}, {words}", "ns", f"{what} {part} ns")
    return Figure(name, name, "", name)


def is_watched(name: str) -> bool:
    """Whether the figure's series have pages."""
    return name in _KNOWN or name not in _UNWATCHED


def in_order(name: str) -> "tuple[int, str]":
    """Sort key: the order of the table above, then by name."""
    return _ORDER.get(name, len(_ORDER)), name


def number(value: float) -> str:
    """A number to four digits, thousands apart; assets/base.js does the same."""
    size = abs(value)
    if value == 0:
        return "0"
    if size >= 999.95:
        return f"{value:,.0f}".replace(",", "\u202f").replace("-", "\u2212")
    if size < 1e-4:
        return f"{value:.2e}".replace("-", "\u2212")
    digits = 3
    for limit in (9.9995, 99.995):
        digits -= size >= limit
    digits += sum(size < limit for limit in (0.99995, 0.099995, 0.0099995, 0.00099995))
    return f"{value:.{digits}f}".replace("-", "\u2212")


def is_clocked(name: str) -> bool:
    """Whether the figure is a time that the clock took, and knows to its step only."""
    what, _, part = name.partition("_ns_")
    return what in _TIMES and (part in ("min", "max") or part.startswith("p"))


def shown(it: Figure, value: float, step: float) -> str:
    """A value in the figure's unit; no digits below the step of the run's clock.

    `step` is in ns, 0 where time is virtual. assets/base.js does the same.
    """
    if step and is_clocked(it.name):
        if value <= 1.0001 * step:
            return f"<{step:.0f}"
        return f"{value:,.0f}".replace(",", "\u202f")
    return number(value / it.scale)


def percent(share: float) -> str:
    """A change, 0.1 for a tenth more, with its sign: three digits or a hundredth."""
    value = 100 * share
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 1 else 2
    if value == 0:
        return "0 %"
    if abs(value) < 0.005:
        return f"{value:+.2g} %".replace("-", "\u2212")
    return f"{value:+.{digits}f} %".replace("-", "\u2212")
