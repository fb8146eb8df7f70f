# SPDX-License-Identifier: GPL-2.0-or-later
"""C2: what the additional flushes of the new one-pool allocators take."""

from typing import Dict, List, Optional, Sequence, Tuple

from report.claims.case import FILL, Beside, Case, Chart, Finding, Row, Value, Where
from report.claims.case import at_most
from report.claims.data import Data, Taken
from report.claims.measure import Compared, Verdict, figure, flush_rate
from report.claims.measure import flush_time_ns
from report.claims.variants import POOLED_1, STALE_1, SUN4U, against_sun4u, flushing
from report.claims.variants import rows, rows_of
from report.claims.words import at_most_percent, percent, signed
from report.read.run import Sample
from report.stats import seeds

FIGURE = "additional flushes' share of sun4u's time"
REST = "all else that an op takes longer, of sun4u's time"


def in_the_noise(data: Data, margin: float) -> Finding:
    """C2: an occasional additional flush."""
    cases, rests = [], []
    for each in against_sun4u(data, [POOLED_1, STALE_1], margin):
        share = added_share(each)
        if share is None:
            continue
        where = each.new.where
        over = each.ratio
        rest = Value(
            over.value - 1 - share.value,
            over.low - 1 - share.high,
            over.high - 1 - share.low,
        )
        cases.append(Case(where, share, at_most(share, margin), _why(each, rest)))
        if each.verdict != Verdict.UNKNOWN:
            rests.append(Row(where, rest, where.fill))
    flushes = rows(
        (t for t in data.of(SUN4U, POOLED_1, STALE_1) if flushing(t.where)), flush_rate
    )
    return Finding(
        name="C2",
        claim="An occasional additional flush might end up in the noise.",
        compared=f"{POOLED_1} and {STALE_1} (stale-1): the flushes that they have on"
        " top of sun4u's, times what a flush takes, as a share of sun4u's time per op."
        " With one lock a flush stops every CPU, so it counts once for each. Holds"
        f" where that is at most {percent(margin)}. What else an op takes longer, which"
        " is instructions and cache lines, is told apart.",
        needs=f"{POOLED_1} or {STALE_1}, and sun4u, with a flush that costs time",
        figure=FIGURE,
        limit=margin,
        cases=cases,
        charts=[
            Chart(
                name="C2-flushes",
                title="Flushes per op with one pool",
                label="flushes per op",
                rows=flushes,
                x=FILL,
                line="variant",
                panel=("machine", "cpus"),
                logarithmic=True,
            ),
            Chart(
                name="C2-flush-cost",
                title="What the additional flushes take as flushes get dearer",
                label="share of sun4u's time",
                rows=rows_of(cases),
                x="flush_ns",
                line="variant",
                panel=("machine", "think_ns"),
                limit=margin,
            ),
        ],
        remarks=_apart(cases, rests),
        beside=[Beside(REST, rests)],
    )


def added_share(each: Compared) -> Optional[Value]:
    """The additional flushes' time, over base's time per op and CPU."""
    if each.new.simulated:
        return _by_seed(each)
    time = figure(each.base, "real_time")
    if time is None or not time.value > 0:
        return None
    part = _flush_ns(each.new) * each.new.where.cpus / time.value
    ours, before = flush_rate(each.new), flush_rate(each.base)
    return Value(
        part * (ours.value - before.value),
        part * (ours.low - before.high),
        part * (ours.high - before.low),
    )


def _by_seed(each: Compared) -> Optional[Value]:
    """Of simulated cells, seed by seed: what the seed does to both is left out."""
    sides = [taken.by_seed() for taken in (each.base, each.new)]
    common = sorted(sides[0].keys() & sides[1].keys())
    part = _flush_ns(each.new) * each.new.where.cpus
    found = [
        part
        * (_rate(sides[1][seed]) - _rate(sides[0][seed]))
        / sides[0][seed].figures["real_time"]
        for seed in common
    ]
    if not found:
        return None
    low, high = seeds.interval(found)
    return Value(sum(found) / len(found), low, high)


def _rate(sample: Sample) -> float:
    return sample.figures["flushes_per_kop"] / 1000


def _flush_ns(taken: Taken) -> float:
    """What a flush took, or what it is asked to take where none was seen."""
    return flush_time_ns(taken) or taken.where.flush_ns or 0.0


def _why(each: Compared, rest: Value) -> str:
    ours, before = (1000 * flush_rate(side).value for side in (each.new, each.base))
    return (
        f"{ours:.4g} against {before:.4g} flushes per 1000 ops;"
        f" all else: {signed(rest.value)}"
    )


def _apart(cases: Sequence[Case], rests: Sequence[Row]) -> List[str]:
    """By machine and variant: the flushes' part, and that of all else if it is told."""
    shares = _grouped([(each.where, each.value.value) for each in cases])
    others = _grouped([(each.where, each.value.value) for each in rests])
    result = []
    for key, found in sorted(shares.items()):
        text = (
            f"{key[0]}, {key[1]}: its additional flushes take"
            f" {at_most_percent(max(found))} of sun4u's time."
        )
        if key in others:
            ends = [signed(end) for end in (min(others[key]), max(others[key]))]
            text += (
                " All else that an op takes longer or shorter, which is instructions"
                f" and cache lines: {' to '.join(dict.fromkeys(ends))}."
            )
        result.append(text)
    return result


def _grouped(
    figures: Sequence[Tuple[Where, float]]
) -> Dict[Tuple[str, str], List[float]]:
    groups: Dict[Tuple[str, str], List[float]] = {}
    for where, value in figures:
        groups.setdefault((where.machine, where.variant), []).append(value)
    return groups
