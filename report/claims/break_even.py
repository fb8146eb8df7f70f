# SPDX-License-Identifier: GPL-2.0-or-later
"""Above which think time, or flush cost, a change is within the margin."""

import math
from collections import defaultdict
from dataclasses import replace
from typing import Dict, Iterable, List, Optional, Sequence, Tuple

import numpy as np

from report.claims.case import NATIVE, BreakEven, Value, Where
from report.claims.data import Data, Taken
from report.claims.variants import flushing
from report.stats.change import BLOCKS_MIN, LEVEL
from report.stats.data import Floats
from report.text.units import duration

THINK, FLUSH = "think_ns", "flush_ns"
SEEDS_MIN = 2
# Two think times are no range to look in.
PLACES_MIN = {THINK: 3, FLUSH: 2}
_DRAWS = 400


def words(found: BreakEven) -> str:
    """The place in words."""
    value, most = found.value, found.places[-1]
    if found.dimension == FLUSH:
        return _flips(found)
    if value.high <= 0:
        return "none needed"
    if math.isinf(value.low):
        return f"more than {duration(most)}"
    low, high = (_end(each, most) for each in (value.low, value.high))
    return f"{_end(value.value, most)} [{low} .. {high}]"


def _flips(found: BreakEven) -> str:
    within = f"from {duration(found.places[0])} to {duration(found.places[-1])}"
    low, high = found.value.low, found.value.high
    if high <= 0 or math.isinf(low):
        holds = (high <= 0) != found.rising
        return f"does not flip {within}: {'holds' if holds else 'fails'}"
    if low <= 0 or math.isinf(high):
        return f"cannot tell whether it flips {within}"
    below, above = ("holds", "fails") if found.rising else ("fails", "holds")
    return (
        f"flips at {duration(found.value.value)} [{duration(low)} .."
        f" {duration(high)}]: {below} below, {above} above"
    )


def _end(ns: float, most: float) -> str:
    return f"more than {duration(most)}" if math.isinf(ns) else duration(ns)


def rows_of(breaks: Sequence[BreakEven]) -> List[Sequence[str]]:
    """A row for each, by machine and CPUs."""
    return [
        (
            each.where.machine,
            str(each.where.cpus),
            f"{each.where.variant} over {each.base}",
            each.where.workload,
            f"{each.where.utilization:g}",
            *([] if each.dimension == THINK else [str(each.where.think_ns)]),
            words(each),
        )
        for each in sorted(breaks, key=_order)
    ]


def _order(each: BreakEven) -> Tuple[object, ...]:
    where = each.where
    return (
        where.machine != NATIVE,
        where.machine,
        where.cpus,
        where.variant,
        where.workload,
        where.utilization,
        where.think_ns,
    )


def break_evens(
    data: Data,
    comparisons: Iterable[Tuple[str, str]],
    margin: float,
    dimension: str = THINK,
) -> List[BreakEven]:
    """Of each (new, base), wherever one run has both at several places."""
    result = []
    for new, base in comparisons:
        groups: Dict[Tuple[str, Where], List[Taken]] = defaultdict(list)
        for taken in data.of(new):
            if flushing(taken.where):
                key = (str(taken.run.path), _without(taken.where, dimension))
                groups[key].append(taken)
        for those in groups.values():
            found = _of_series(data, those, base, margin, dimension)
            if found:
                result.append(found)
    return result


def _without(where: Where, dimension: str) -> Where:
    if dimension == THINK:
        return replace(where, think_ns=0)
    return replace(where, flush="", flush_ns=None)


def _of_series(
    data: Data, series: List[Taken], base: str, margin: float, dimension: str
) -> Optional[BreakEven]:
    series.sort(key=lambda taken: float(getattr(taken.where, dimension)))
    pairs = [(taken, data.partner(taken, base)) for taken in series]
    both = [(new, old) for new, old in pairs if old]
    if len(both) < PLACES_MIN[dimension]:
        return None
    places = [float(getattr(new.where, dimension)) for new, _ in both]
    excess = _excess(both, margin)
    simulated = both[0][0].simulated
    if excess.shape[1] < (SEEDS_MIN if simulated else BLOCKS_MIN):
        return None
    middle = np.median(excess, axis=1)
    rising = dimension == FLUSH and bool(middle[-1] > middle[0])
    if rising:
        excess, middle = -excess, -middle
    value = last_crossing(places, middle)
    if simulated:
        found = [last_crossing(places, column) for column in excess.T]
        low, high = min(found), max(found)
    else:
        low, high = _resampled(places, excess)
    return BreakEven(
        both[0][0].where,
        base,
        dimension,
        tuple(places),
        rising,
        Value(value, min(low, value), max(high, value)),
    )


def _excess(pairs: Sequence[Tuple[Taken, Taken]], margin: float) -> Floats:
    """By how many ns an op is longer than the margin allows: by place, and block.

    The blocks are the repetitions of a run, or the seeds, that all places have.
    """
    rows = []
    for new, old in pairs:
        ours, before = _times(new), _times(old)
        rows.append(
            {
                key: ours[key] - (1 + margin) * before[key]
                for key in ours.keys() & before
            }
        )
    common = sorted(set.intersection(*(set(row) for row in rows)))
    return np.array([[row[key] for key in common] for row in rows], dtype=float)


def _times(taken: Taken) -> Dict[int, float]:
    samples = (
        taken.by_seed()
        if taken.simulated
        else {sample.repetition_index: sample for sample in taken.samples}
    )
    return {key: sample.figures["real_time"] for key, sample in samples.items()}


def last_crossing(places: Sequence[float], excess: Sequence[float]) -> float:
    """Above which place the excess is not above 0, on lines between the places.

    A time with its think time, or with its flushes, is a line where nobody waits for
    another, and so is what it exceeds another by.
    """
    above = [index for index, value in enumerate(excess) if value > 0]
    if not above:
        return 0.0
    last = above[-1]
    if last + 1 == len(places):
        return math.inf
    share = excess[last] / (excess[last] - excess[last + 1])
    return float(places[last] + (places[last + 1] - places[last]) * share)


def _resampled(places: Sequence[float], excess: Floats) -> Tuple[float, float]:
    """The interval of the crossing, blocks drawn anew."""
    rng = np.random.default_rng(1)
    blocks = excess.shape[1]
    found = sorted(
        last_crossing(places, np.median(excess[:, drawn], axis=1))
        for drawn in rng.integers(blocks, size=(_DRAWS, blocks))
    )
    outside = round((1 - LEVEL) / 2 * _DRAWS)
    return found[outside], found[-1 - outside]
