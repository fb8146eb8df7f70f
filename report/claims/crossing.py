# SPDX-License-Identifier: GPL-2.0-or-later
"""Where an answer changes over CPU count, local-pool utilization or flush cost."""

import math
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Dict, List, Optional, Sequence, Tuple

from report.claims.case import Answer, Case, Where
from report.text.units import duration

# What a series may run over; all else is the same in it.
DIMENSIONS = ("fill", "cpus", "flush_ns")
# What lies between two places is only guessed at if they are near: so many points of
# the utilization, or so many times as far.
NEAR_POINTS = 5
NEAR_TIMES = 4


@dataclass(frozen=True)
class Crossing:
    """Where the answer of a series changes.

    `before` is the last decided place with the answer `first`, `after` the next decided
    one, which has the other; `estimate` is where the figure meets its limit in between,
    None if the places are far apart, or something else than the limit made the
    difference.
    """

    where: Where
    dimension: str
    first: Answer
    before: float
    after: float
    estimate: Optional[float]


@dataclass(frozen=True)
class Summary:
    """The crossings of one variant on one machine over one dimension.

    `cpus` is None where CPUs are the dimension. `series` is how many series of two or
    more decided places there are, `changing` in how many of them the answer changes,
    and `crossings` where.
    """

    machine: str
    variant: str
    cpus: Optional[int]
    dimension: str
    series: int
    changing: int
    crossings: Tuple[Crossing, ...]


def summaries(cases: Sequence[Case], limit: float) -> List[Summary]:
    """All crossings of these cases, whose figure is judged by that limit."""
    result = []
    for dimension in DIMENSIONS:
        groups: Dict[Tuple[str, str, int], List[List[Case]]] = defaultdict(list)
        for series in _series(cases, dimension):
            where = series[0].where
            cpus = 0 if dimension == "cpus" else where.cpus
            groups[where.machine, where.variant, cpus].append(series)
        for (machine, variant, cpus), those in sorted(groups.items()):
            found = [_crossings(series, dimension, limit) for series in those]
            result.append(
                Summary(
                    machine,
                    variant,
                    cpus or None,
                    dimension,
                    len(those),
                    sum(bool(each) for each in found),
                    tuple(crossing for each in found for crossing in each),
                )
            )
    return result


def place(where: Where, dimension: str) -> Optional[float]:
    """Where a cell lies on a dimension."""
    value = getattr(where, dimension)
    return None if value is None else float(value)


def span(dimension: str, low: float, high: float, joint: str) -> str:
    """Two places on a dimension, or one if they read the same."""
    texts = [_number(dimension, value) for value in (low, high)]
    unit = {"fill": " %", "cpus": " CPUs"}.get(dimension, "")
    return f" {joint} ".join(dict.fromkeys(texts)) + unit


def _number(dimension: str, value: float) -> str:
    if dimension == "flush_ns":
        return duration(value)
    return f"{value:.2g}" if value < 10 else f"{value:.0f}"


def _series(cases: Sequence[Case], dimension: str) -> List[List[Case]]:
    """The decided cases that differ in the dimension alone, by rising place."""
    groups: Dict[Where, List[Case]] = defaultdict(list)
    for case in cases:
        if case.answer != Answer.UNKNOWN and place(case.where, dimension) is not None:
            groups[_without(case.where, dimension)].append(case)
    return [
        sorted(each, key=lambda case: place(case.where, dimension) or 0.0)
        for each in groups.values()
        if len(each) > 1
    ]


def _without(where: Where, dimension: str) -> Where:
    if dimension == "fill":
        return replace(where, utilization=0.0)
    if dimension == "cpus":
        return replace(where, cpus=0)
    return replace(where, flush="", flush_ns=None)


def _crossings(series: Sequence[Case], dimension: str, limit: float) -> List[Crossing]:
    result = []
    for one, two in zip(series, series[1:]):
        if one.answer != two.answer:
            ends = [place(case.where, dimension) or 0.0 for case in (one, two)]
            result.append(
                Crossing(
                    one.where,
                    dimension,
                    one.answer,
                    ends[0],
                    ends[1],
                    _meeting(
                        dimension, ends, [one.value.value, two.value.value], limit
                    ),
                )
            )
    return result


def _near(dimension: str, before: float, after: float) -> bool:
    if dimension == "fill":
        return after - before <= NEAR_POINTS
    return after <= NEAR_TIMES * before


def _meeting(
    dimension: str, ends: Sequence[float], values: Sequence[float], limit: float
) -> Optional[float]:
    """Where a line between two near points meets the limit; None if it does not.

    Both axes are logarithmic where no 0 is in the way.
    """
    if not _near(dimension, *ends):
        return None
    if min(*values, limit) > 0:
        values = [math.log(value) for value in values]
        limit = math.log(limit)
    if values[0] == values[1]:
        return None
    share = (limit - values[0]) / (values[1] - values[0])
    if not 0 <= share <= 1:
        return None
    if min(ends) > 0:
        return float(ends[0] * (ends[1] / ends[0]) ** share)
    return float(ends[0] + share * (ends[1] - ends[0]))
