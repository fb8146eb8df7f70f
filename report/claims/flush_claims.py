# SPDX-License-Identifier: GPL-2.0-or-later
"""C4 and C5: how often the variants flush."""

from typing import List, Optional, Sequence

from report.claims.case import FILL, Answer, Beside, Case, Chart, Finding, Value
from report.claims.case import at_most, more_than
from report.claims.data import Data, Taken
from report.claims.measure import figure, flush_rate
from report.claims.variants import HOP_16, LAZY, LOCAL_16, SUN4U, flushing, rows
from report.claims.variants import rows_of
from report.claims.words import number, percent

REUSED = "allocations that no flush covers, of 1000"
# C5: an order of magnitude less than one for each map.
RATE_MOST = 0.1


def more_often(data: Data, margin: float) -> Finding:
    """C4: a flush a pool, before the next pool is tried."""
    cases = []
    hops = [0, 0]
    for taken in data.of(LOCAL_16):
        base = data.partner(taken, SUN4U)
        if not base or not flushing(taken.where):
            continue
        ours, before = flush_rate(taken), flush_rate(base)
        ratio = ours.over(before)
        why = f"{1000 * ours.value:.4g} against {1000 * before.value:.4g} per 1000 ops"
        cases.append(Case(taken.where, ratio, more_than(ratio, 1 + margin), why))
        hop = data.partner(taken, HOP_16)
        if hop:
            more = more_than(ours.over(flush_rate(hop)), 1 + margin)
            hops[0] += more == Answer.HOLDS
            hops[1] += more != Answer.UNKNOWN
    remarks = [*_how_much(cases), *_unsafe(data)]
    if hops[1]:
        remarks.append(
            f"Against {HOP_16}, which tries other pools first, {LOCAL_16} flushes more"
            f" often in {hops[0]} of {hops[1]} cells that can be told."
        )
    return Finding(
        name="C4",
        claim="Flushing each pool before falling back to the next means flushing more"
        " often than sparc used to.",
        compared=f"{LOCAL_16}: its flushes per op against sun4u's. Holds where there"
        f" are more than {percent(margin)} more.",
        needs=f"{LOCAL_16} and sun4u with a flush that costs time",
        figure="flushes per op / sun4u's",
        limit=1 + margin,
        cases=cases,
        charts=[
            Chart(
                name="C4",
                title="Flushes of stale-local with 16 pools, against sun4u's",
                label="flushes per op / sun4u's",
                rows=rows_of(cases),
                x="cpus",
                line="utilization",
                panel=("machine", "think_ns"),
                logarithmic=True,
                limit=1.0,
            )
        ],
        remarks=remarks,
        beside=[
            Beside(
                REUSED,
                rows(
                    (t for t in data.of(SUN4U, LOCAL_16) if flushing(t.where)), _reused
                ),
            )
        ],
    )


def _how_much(cases: Sequence[Case]) -> List[str]:
    """For each machine, between how many times as often, where that is told."""
    result = []
    told = [case for case in cases if case.answer != Answer.UNKNOWN]
    for machine in sorted({case.where.machine for case in told}):
        here = [c.value.value for c in told if c.where.machine == machine]
        ends = " to ".join(dict.fromkeys(number(x) for x in (min(here), max(here))))
        result.append(f"{machine}: {ends} times as often as sun4u.")
    return result


def _reused(taken: Taken) -> Optional[Value]:
    return figure(taken, "stale_reuse_per_kop")


def _unsafe(data: Data) -> List[str]:
    """What sun4u's few flushes are bought with, where that was looked at."""
    most = {}
    for variant in (SUN4U, LOCAL_16):
        found = [_reused(t) for t in data.of(variant) if flushing(t.where)]
        most[variant] = [each.value for each in found if each]
    before, ours = most[SUN4U], most[LOCAL_16]
    if not before or not ours or not max(before) > 0:
        return []
    text = (
        "sun4u flushes that rarely because it is not safe: it hands out entries that no"
        f" flush has covered since they were freed, up to {number(max(before))} of 1000"
        f" allocations; {LOCAL_16} does so in "
    )
    if max(ours) > 0:
        return [text + f"up to {number(max(ours))}."]
    return [text + f"none (in {len(ours)} cells that were looked at)."]


def once_a_map(data: Data, _margin: float) -> Finding:
    """C5: still an order of magnitude less than once a translation update."""
    cases = []
    for taken in data.of(LOCAL_16):
        if flushing(taken.where):
            rate = flush_rate(taken)
            cases.append(Case(taken.where, rate, at_most(rate, RATE_MOST)))
    return Finding(
        name="C5",
        claim="Even so there is an order of magnitude less than one flush per update of"
        " a translation.",
        compared=f"{LOCAL_16}, which flushes a local pool that is used up before it"
        f" tries the next: flushes per op. Holds up to {RATE_MOST:g}. Other variants"
        " stand beside in the picture.",
        needs=f"{LOCAL_16} with a flush that costs time",
        figure="flushes per op",
        limit=RATE_MOST,
        cases=cases,
        charts=[
            Chart(
                name="C5",
                title="Flushes per op",
                label="flushes per op",
                rows=rows(
                    (t for t in data.of(*LAZY, SUN4U) if flushing(t.where)), flush_rate
                ),
                x=FILL,
                line="variant",
                panel=("machine", "cpus"),
                logarithmic=True,
                limit=RATE_MOST,
            )
        ],
    )
