# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of cells, and what two cells are to each other."""

import enum
import math
import statistics
from dataclasses import dataclass
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from report.claims.case import Value
from report.claims.data import Taken
from report.read.run import Sample
from report.text.median import median_interval
from report.stats import seeds, sign
from report.stats.change import BLOCKS_MIN, LEVEL, POWER, Change, compare_all
from report.stats.data import Floats, Measurement
from report.stats.fdr import discoveries

# Of the measured cells that are said to be beyond the margin at most so many are not,
# and as many of those that are said not to be.
ALARMS = 0.01
# So many events at most, with 95 %, where none was seen.
NONE_SEEN = 3.0
_DRAWS = 400


class Verdict(enum.Enum):
    """What a time is against another, and a margin."""

    SAME = "the same within the margin"
    FASTER = "faster by more than the margin"
    SLOWER = "slower by more than the margin"
    NOT_SLOWER = "not slower by more than the margin"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True)
class Compared:
    """The time per op of `new` over that of `base`, and its verdict.

    `smallest` is the smallest relative change that such samples nearly always show to
    be beyond the margin, among as many cells; None if simulated, or with so few samples
    that no change of one cell alone would do.
    """

    base: Taken
    new: Taken
    ratio: Value
    verdict: Verdict
    smallest: Optional[float] = None


Pair = Tuple[Taken, Taken]


def compared(pairs: Sequence[Pair], margin: float) -> List[Compared]:
    """All (base, new) against each other; 0.05 is a margin of 5 %."""
    native = [pair for pair in pairs if not pair[0].simulated]
    judged = iter(_judged(native, margin))
    result = []
    for pair in pairs:
        if pair[0].simulated:
            result.append(Compared(*pair, *_seeds(pair, margin)))
        else:
            result.append(next(judged))
    return result


def _judged(pairs: Sequence[Pair], margin: float) -> List[Compared]:
    """Of native cells; those of all runs are one family of tests.

    Each answer is as dear as its opposite: the same two tests, at the same rate.
    """
    if not pairs:
        return []
    sides = [(_measured(base), _measured(new)) for base, new in pairs]
    found = [
        (change, sign.changes(*each)) for change, each in zip(compare_all(sides), sides)
    ]
    room = math.log1p(margin)
    above, below, over, under = (
        discoveries([_past(*each, limit, side) for each in found], ALARMS)
        for limit, side in ((room, 1), (room, -1), (-room, 1), (-room, -1))
    )
    result = []
    for index, (pair, (change, blocks)) in enumerate(zip(pairs, found)):
        verdict = _verdict(above[index], below[index], over[index], under[index])
        ratio = Value(change.ratio, change.low, change.high)
        sure = _smallest(change, blocks, ALARMS / len(pairs))
        smallest = (1 + margin) * math.exp(sure) - 1 if math.isfinite(sure) else None
        result.append(Compared(*pair, ratio, verdict, smallest))
    return result


def _verdict(above: bool, below: bool, over: bool, under: bool) -> Verdict:
    """From what is shown: above or below the margin, over or under its reciprocal."""
    if above:
        return Verdict.SLOWER
    if under:
        return Verdict.FASTER
    if below:
        return Verdict.SAME if over else Verdict.NOT_SLOWER
    return Verdict.UNKNOWN


def _past(change: Change, blocks: Floats, limit: float, side: int) -> float:
    """p of the hypothesis that a change is not past a limit on that side of it.

    The change is a logarithm; a `side` of 1 is above the limit, of -1 below. It is the
    larger p of two tests': that behind the interval, whose far tail is but assumed to
    be normal, and the sign test, which assumes nothing.
    """
    if change.blocks < BLOCKS_MIN:
        return 1.0
    excess = side * (math.log(change.ratio) - limit)
    outside = change.error.beyond(abs(excess))
    normal = outside if excess > 0 else 1 - outside
    return max(normal, sign.beyond(side * blocks, side * limit))


def _smallest(change: Change, blocks: Floats, chance: float) -> float:
    """How far beyond the margin (of the logarithm) both tests tell nearly always."""
    if change.blocks < BLOCKS_MIN:
        return math.inf
    normal = change.error.distance(chance) + change.error.distance(1 - POWER)
    return max(normal, sign.reached(blocks, chance, POWER))


def _measured(taken: Taken) -> List[Measurement]:
    """The repetitions of a run are its blocks: each holds every cell once."""
    return [
        Measurement(1, sample.repetition_index, sample.figures["real_time"])
        for sample in taken.samples
    ]


def _seeds(pair: Pair, margin: float) -> Tuple[Value, Verdict]:
    """Of simulated cells, which only the seed can change: those of both, by seed."""
    sides = [taken.by_seed() for taken in pair]
    common = sorted(sides[0].keys() & sides[1].keys())
    if not common:
        return Value(math.nan, 0.0, math.inf), Verdict.UNKNOWN
    times = [[side[seed].figures["real_time"] for seed in common] for side in sides]
    changes = [math.log(new / base) for base, new in zip(*times)]
    low, high = seeds.interval(changes)
    room = math.log1p(margin)
    verdict = _verdict(low > room, high <= room, low >= -room, high < -room)
    middle = statistics.median(changes)
    return Value(math.exp(middle), math.exp(low), math.exp(high)), verdict


def figure(taken: Taken, name: str) -> Optional[Value]:
    """A figure of the time samples: their median."""
    return _median(taken, [s.figures[name] for s in taken.samples if name in s.figures])


def contended(taken: Taken) -> Optional[Value]:
    """The share of the acquisitions that had to wait, 0 to 1."""
    return _median(
        taken,
        [
            sample.figures["contentions"] / sample.figures["acquisitions"]
            for sample in taken.locks
            if "contentions" in sample.figures and sample.figures["acquisitions"] > 0
        ],
    )


def mean_wait_us(taken: Taken) -> Optional[Value]:
    """What a contended acquisition waited on average, in microseconds."""
    return _median(
        taken,
        [
            sample.figures["wait_ns_mean_raw"] / 1000
            for sample in taken.locks
            if "wait_ns_mean_raw" in sample.figures
        ],
    )


def _median(taken: Taken, values: Sequence[float]) -> Optional[Value]:
    """Of figures that are never below 0."""
    if not values:
        return None
    if taken.simulated:
        low, high = seeds.interval(values)
        return Value(statistics.median(values), max(low, 0.0), high)
    found = median_interval(values)
    return Value(found.median, found.low, found.high)


def flush_rate(taken: Taken) -> Value:
    """Flushes per op, of all time samples together.

    The samples are short, and flushes few: what is counted is summed up before it is
    divided, and samples are resampled for the interval; that of simulated cells comes
    from the seeds.
    """
    ops = np.array([sample.figures["iterations"] for sample in taken.samples])
    rates = [sample.figures["flushes_per_kop"] / 1000 for sample in taken.samples]
    flushes = np.round(np.array(rates) * ops)
    together = float(flushes.sum() / ops.sum())
    if taken.simulated:
        low, high = seeds.interval(rates)
        return Value(together, max(low, 0.0), high)
    if together == 0:
        return Value(0.0, 0.0, NONE_SEEN / float(ops.sum()))
    rng = np.random.default_rng(1)
    drawn = rng.integers(len(ops), size=(_DRAWS, len(ops)))
    found = flushes[drawn].sum(axis=1) / ops[drawn].sum(axis=1)
    low, high = np.quantile(found, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Value(together, min(float(low), together), max(float(high), together))


def flush_time_ns(taken: Taken) -> float:
    """What a flush took in these samples, queueing included; 0 if there was none."""
    times = [s.figures["flush_ns_mean"] for s in taken.samples if _flushed(s)]
    return statistics.median(times) if times else 0.0


def _flushed(sample: Sample) -> bool:
    return sample.figures["flushes_per_kop"] > 0 and "flush_ns_mean" in sample.figures


def tally(verdicts: Sequence[Compared]) -> Dict[Verdict, int]:
    """How many cells have each verdict, in the order of Verdict."""
    found = [each.verdict for each in verdicts]
    return {verdict: found.count(verdict) for verdict in Verdict}
