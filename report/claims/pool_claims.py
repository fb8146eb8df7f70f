# SPDX-License-Identifier: GPL-2.0-or-later
"""C3 and C7: locks, and what pools do for them."""

from typing import Dict, List, Optional

from report.claims.case import (
    FILL,
    Answer,
    Beside,
    Case,
    Chart,
    Finding,
    Value,
    at_most,
)
from report.claims.case import more_than
from report.claims.data import Data, Taken
from report.claims.measure import contended, figure, mean_wait_us
from report.claims.variants import HOP_16, LOCAL_16, POOLED_16, SUN4U, flushing
from report.claims.variants import rows
from report.claims.words import percent
from report.claims.reported import REPORTED_SHARE, REPORTED_WAIT_US

# C3: so many allocations from other pools partially defeat the pools.
FALLBACK_LEAST = 0.1
BESIDE = "16 pools: ops per second / sun4u's on one CPU, times the CPUs"
# C7: CPUs that do less than this part of what as many single ones would.
EFFICIENCY_LEAST = 0.5


def fallback_pools(data: Data, _margin: float) -> Finding:
    """C3: stale entries fill the bitmap, and allocations fall back to other pools."""
    cases = []
    for taken in data.of(HOP_16):
        own = data.partner(taken, LOCAL_16)
        share = figure(taken, "fallback_pool_share")
        if own and share and taken.where.cpus > 1 and flushing(taken.where):
            cases.append(_defeated(taken, own, share))
    hops = [t for t in data.of(HOP_16) if flushing(t.where)]
    both = [t for t in data.of(HOP_16, LOCAL_16, POOLED_16, SUN4U) if flushing(t.where)]
    return Finding(
        name="C3",
        claim="With stale entries the bitmap fills, allocations fall back to other"
        " pools, and that partially defeats the pools.",
        compared=f"{HOP_16}: the share of its allocations from another pool than the"
        f" CPU's own, and contended acquisitions against {LOCAL_16}, which reclaims its"
        " own pool first; 2 CPUs or more. Holds where more than"
        f" {percent(FALLBACK_LEAST)} fall back and more acquisitions are contended.",
        needs=f"{HOP_16} and {LOCAL_16} on 2 CPUs or more, with lock statistics",
        figure="fallback pool share",
        limit=FALLBACK_LEAST,
        cases=cases,
        charts=[
            Chart(
                name="C3-fallback",
                title="Allocations that stale-hop takes from fallback pools",
                label="share of allocations",
                rows=rows(hops, lambda t: figure(t, "fallback_pool_share")),
                x=FILL,
                line="cpus",
                panel=("machine", "think_ns"),
                limit=FALLBACK_LEAST,
            ),
            Chart(
                name="C3-contention",
                title="Contended acquisitions, all locks together",
                label="share of acquisitions",
                rows=rows((t for t in both if t.where.cpus > 1), contended),
                x="cpus",
                line="variant",
                panel=("machine", "think_ns"),
            ),
        ],
        remarks=_filling(cases),
    )


def _defeated(taken: Taken, own: Taken, share: Value) -> Case:
    waits, without = contended(taken), contended(own)
    fallen = more_than(share, FALLBACK_LEAST)
    more, why = Answer.UNKNOWN, "no lock statistics"
    if waits and without:
        why = f"contended: {percent(waits.value)} against {percent(without.value)}"
        if waits.low > without.high:
            more = Answer.HOLDS
        elif waits.high <= without.low:
            more = Answer.FAILS
    return Case(taken.where, share, _both(fallen, more), why)


def _both(one: Answer, two: Answer) -> Answer:
    if Answer.FAILS in (one, two):
        return Answer.FAILS
    return Answer.UNKNOWN if Answer.UNKNOWN in (one, two) else Answer.HOLDS


def _filling(cases: List[Case]) -> List[str]:
    """The share where the local pools are least full, and where most."""
    series: Dict[str, List[Case]] = {}
    for case in cases:
        where = case.where
        name = f"{where.machine}, {where.workload}, {where.cpus} CPUs"
        if where.think_ns == 0:
            series.setdefault(name, []).append(case)
    result = []
    for name, those in series.items():
        those.sort(key=lambda case: case.where.fill)
        first, last = those[0], those[-1]
        if first.where.fill < last.where.fill:
            result.append(
                f"{name}, no think time: {percent(first.value.value)} fall back at"
                f" a local-pool utilization of {first.where.fill:g} %,"
                f" {percent(last.value.value)} at {last.where.fill:g} %."
            )
    return result


def one_lock(data: Data, _margin: float) -> Finding:
    """C7: one lock does not scale."""
    cases = []
    for taken in data.of(SUN4U):
        efficiency = _efficiency(data, taken)
        if efficiency and flushing(taken.where):
            answer = at_most(efficiency, EFFICIENCY_LEAST)
            cases.append(Case(taken.where, efficiency, answer, _locks(data, taken)))
    return Finding(
        name="C7",
        claim="One lock does not scale (reported in 2015:"
        f" {percent(REPORTED_SHARE)} of the acquisitions contended,"
        f" {REPORTED_WAIT_US} \u00b5s average wait).",
        compared="sun4u: ops per second of all CPUs, over that of one CPU times their"
        f" number (efficiency). Holds where it is at most {percent(EFFICIENCY_LEAST)}.",
        needs="sun4u on one CPU and on more",
        figure="efficiency",
        limit=EFFICIENCY_LEAST,
        cases=cases,
        charts=_lock_charts(data),
        remarks=_as_reported(data),
        beside=[
            Beside(
                BESIDE,
                rows(
                    (t for t in data.of(POOLED_16) if flushing(t.where)),
                    lambda taken: _efficiency(data, taken, SUN4U),
                ),
            )
        ],
    )


def _lock_charts(data: Data) -> List[Chart]:
    both = [t for t in data.of(SUN4U, POOLED_16) if flushing(t.where)]
    several = [t for t in both if t.where.cpus > 1]
    panel = ("machine", "think_ns")
    return [
        Chart(
            name="C7-efficiency",
            title="What CPUs do together, over one times their number",
            label="efficiency",
            rows=rows(both, lambda taken: _efficiency(data, taken)),
            x="cpus",
            line="variant",
            panel=panel,
            limit=EFFICIENCY_LEAST,
        ),
        Chart(
            name="C7-contention",
            title="Contended acquisitions, all locks together",
            label="share of acquisitions",
            rows=rows(several, contended),
            x="cpus",
            line="variant",
            panel=panel,
            marks=[(REPORTED_SHARE, "reported 2015")],
        ),
        Chart(
            name="C7-wait",
            title="Average wait of a contended acquisition",
            label="wait, \u00b5s",
            rows=rows(several, mean_wait_us),
            x="cpus",
            line="variant",
            panel=panel,
            logarithmic=True,
            marks=[(REPORTED_WAIT_US, "reported 2015")],
        ),
    ]


def _efficiency(data: Data, taken: Taken, of: str = "") -> Optional[Value]:
    """What the CPUs do, of what as many single ones would; of another variant's."""
    base = data.partner(taken, of) if of else taken
    alone = data.with_cpus(base, 1) if base else None
    rates = [figure(t, "ops_per_second") for t in (taken, alone) if t]
    if taken.where.cpus == 1 or len(rates) < 2 or not rates[0] or not rates[1]:
        return None
    ratio = rates[0].over(rates[1])
    cpus = taken.where.cpus
    return Value(ratio.value / cpus, ratio.low / cpus, ratio.high / cpus)


def _locks(data: Data, taken: Taken) -> str:
    """The locks of sun4u and of 16 pools, in words."""
    texts = []
    for each in (taken, data.partner(taken, POOLED_16)):
        share = contended(each) if each else None
        if each and share:
            wait = mean_wait_us(each)
            text = f"{each.where.variant}: {percent(share.value)} contended"
            texts.append(text + (f", {wait.value:.3g} \u00b5s wait" if wait else ""))
    return "; ".join(texts) or "no lock statistics"


def _as_reported(data: Data) -> List[str]:
    """For each machine, the cell whose lock is contended most like the reported one."""
    result = []
    for machine in data.machines():
        shares = [
            (abs(share.value - REPORTED_SHARE), taken.where.cpus, taken)
            for taken in data.of(SUN4U)
            if taken.where.machine == machine and taken.where.cpus > 1
            for share in [contended(taken)]
            if share
        ]
        if shares:
            _, _, nearest = min(shares, key=lambda each: each[:2])
            where = nearest.where
            result.append(
                f"{machine}: contention comes nearest to the report at"
                f" {where.cpus} CPUs, {where.workload}, think {where.think_ns} ns,"
                f" utilization {where.utilization:g} %: {_locks(data, nearest)}."
            )
    return result
