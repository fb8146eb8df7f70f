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
from report.stats import sign
from report.stats.change import BLOCKS_MIN, LEVEL, POWER, Change, compare_all
from report.stats.data import Floats, Measurement
from report.stats.fdr import discoveries

# Of the cells that are called slower or faster, at most so many are wrongly.
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
    """Of native cells; those of all runs are one family of tests."""
    if not pairs:
        return []
    sides = [(_measured(base), _measured(new)) for base, new in pairs]
    found = [
        (change, sign.changes(*each)) for change, each in zip(compare_all(sides), sides)
    ]
    slower = discoveries([_beyond(*each, margin, 1) for each in found], ALARMS)
    faster = discoveries([_beyond(*each, margin, -1) for each in found], ALARMS)
    result = []
    for pair, (change, blocks), is_slower, is_faster in zip(
        pairs, found, slower, faster
    ):
        if change.equivalence(margin) <= (1 - LEVEL) / 2:
            verdict = Verdict.SAME
        elif is_slower or is_faster:
            verdict = Verdict.SLOWER if is_slower else Verdict.FASTER
        elif change.high <= 1 + margin:
            verdict = Verdict.NOT_SLOWER
        else:
            verdict = Verdict.UNKNOWN
        ratio = Value(change.ratio, change.low, change.high)
        sure = _smallest(change, blocks, ALARMS / len(pairs))
        smallest = (1 + margin) * math.exp(sure) - 1 if math.isfinite(sure) else None
        result.append(Compared(*pair, ratio, verdict, smallest))
    return result


def _beyond(change: Change, blocks: Floats, margin: float, side: int) -> float:
    """p of the hypothesis that the change is not beyond the margin on that side.

    The larger of two tests': that behind the interval, whose far tail is but assumed to
    be normal, and the sign test, which assumes nothing.
    """
    if change.blocks < BLOCKS_MIN:
        return 1.0
    excess = side * math.log(change.ratio) - math.log1p(margin)
    outside = change.error.beyond(abs(excess))
    normal = outside if excess > 0 else 1 - outside
    return max(normal, sign.beyond(side * blocks, math.log1p(margin)))


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
    """Of simulated cells, which only the seed can change: all seeds must agree."""
    times = [{s.seed: s.figures["real_time"] for s in t.samples} for t in pair]
    common = sorted(set(times[0]) & set(times[1]))
    if not common:
        return Value(math.nan, 0.0, math.inf), Verdict.UNKNOWN
    ratios = [times[1][seed] / times[0][seed] for seed in common]
    low, high = min(ratios), max(ratios)
    verdict = Verdict.UNKNOWN
    if low >= 1 / (1 + margin) and high <= 1 + margin:
        verdict = Verdict.SAME
    elif low > 1 + margin:
        verdict = Verdict.SLOWER
    elif high < 1 / (1 + margin):
        verdict = Verdict.FASTER
    elif high <= 1 + margin:
        verdict = Verdict.NOT_SLOWER
    return Value(statistics.median(ratios), low, high), verdict


def figure(taken: Taken, name: str) -> Optional[Value]:
    """A figure of the time samples: their median."""
    return _median([s.figures[name] for s in taken.samples if name in s.figures])


def contended(taken: Taken) -> Optional[Value]:
    """The share of the acquisitions that had to wait, 0 to 1."""
    return _median(
        [
            sample.figures["contentions"] / sample.figures["acquisitions"]
            for sample in taken.locks
            if sample.figures.get("acquisitions", 0) > 0
        ]
    )


def mean_wait_us(taken: Taken) -> Optional[Value]:
    """What a contended acquisition waited on average, in microseconds."""
    return _median(
        [
            sample.figures["wait_ns_mean_raw"] / 1000
            for sample in taken.locks
            if "wait_ns_mean_raw" in sample.figures
        ]
    )


def _median(values: Sequence[float]) -> Optional[Value]:
    if not values:
        return None
    found = median_interval(values)
    return Value(found.median, found.low, found.high)


def flush_rate(taken: Taken) -> Value:
    """Flushes per op, of all time samples together.

    The samples are short, and flushes few: what is counted is summed up before it is
    divided, and samples are resampled for the interval. Of simulated cells the interval
    is the span of the seeds.
    """
    ops = np.array([sample.figures["iterations"] for sample in taken.samples])
    rates = [sample.figures["flushes_per_kop"] / 1000 for sample in taken.samples]
    flushes = np.round(np.array(rates) * ops)
    together = float(flushes.sum() / ops.sum())
    if taken.simulated:
        return Value(together, min(rates), max(rates))
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
