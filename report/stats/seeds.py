# SPDX-License-Identifier: GPL-2.0-or-later
"""What a few seeds of a simulation say of all."""

import enum
import math
import statistics
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from report.stats.change import LEVEL
from report.stats.fdr import discoveries

# Of two simulations that differ in their seeds only at most so many have a cell that is
# called faster or slower.
ALARMS = 0.05
# So seldom all seeds of a cell, or nearly all, go one way by chance.
SIGNS = 0.01
# What is told of fewer is chance: 2 / 2^8 is the first below SIGNS.
SEEDS_MIN = 8
# A smaller change is none, however sure it is: 1 %.
SMALLEST = 0.01


class Told(enum.Enum):
    """What new is to base, by their seeds; the value is the word to print.

    INSTRUMENT is said by those who know that both are not of the same simulator.
    """

    IDENTICAL = "identical"
    SLOWER = "slower"
    FASTER = "faster"
    SAME = "same"
    FEW = "too few seeds"
    UNKNOWN = "cannot tell"
    INSTRUMENT = "instrument changed"


@dataclass(frozen=True)
class Paired:
    """The change of a figure from base to new, seed by seed.

    `ratio` is the median of the seeds' ratios, which go from `low` to `high`; `p` of
    Student's t says how seldom chance alone does this, `signs` how seldom their signs
    do. `within` is an interval of the mean ratio. None where a figure is not positive.
    """

    seeds: int
    ratio: float
    low: float
    high: float
    p: float
    signs: float
    within: Tuple[float, float]

    @property
    def is_large(self) -> bool:
        """Whether the change is one that counts."""
        return abs(math.log(self.ratio)) >= math.log1p(SMALLEST)


def paired(base: Sequence[float], new: Sequence[float]) -> Optional[Paired]:
    """Both figures of the same seeds, in the same order; None if some are not positive.

    The signs are those of the exact test that flips each seed's: chance alone is as
    likely to make a seed's change as its opposite. Its p is at least 2 / 2^seeds.
    """
    if not base or min(*base, *new) <= 0:
        return None
    changes = [math.log(after / before) for before, after in zip(base, new)]
    low, high = _student(changes, LEVEL)
    return Paired(
        seeds=len(changes),
        ratio=math.exp(statistics.median(changes)),
        low=math.exp(min(changes)),
        high=math.exp(max(changes)),
        p=_p(changes),
        signs=flipped(changes),
        within=(math.exp(low), math.exp(high)),
    )


def flipped(changes: Sequence[float]) -> float:
    """How often as large a sum comes of these changes with signs by chance, exactly.

    Of more than 16 the first 16 are taken: 65536 ways to flip them are plenty.
    """
    sums = [0.0]
    for change in changes[:16]:
        sums = [total + sign * change for total in sums for sign in (1, -1)]
    seen = abs(sum(changes[:16])) * (1 - 1e-12)
    return sum(abs(total) >= seen for total in sums) / len(sums)


def told(cells: Sequence[Optional[Paired]]) -> List[Told]:
    """One word a cell, of all cells of a comparison that are not identical.

    FASTER, SLOWER: Student's t of the paired changes (by Benjamini-Hochberg over the
    cells, so that at most ALARMS of the comparisons in which only chance differs have
    such a cell) and the flipped signs, which assume no distribution, both say so, and
    the median change is not below SMALLEST. SAME: the mean's interval is within that.
    """
    tested = [one is not None and one.seeds >= SEEDS_MIN for one in cells]
    chances = [one.p for one, is_one in zip(cells, tested) if one and is_one]
    believed = iter(discoveries(chances, ALARMS))
    result = []
    for one, is_one in zip(cells, tested):
        if one is None:
            result.append(Told.UNKNOWN)
        elif not is_one:
            result.append(Told.FEW)
        else:
            result.append(_told(one, next(believed)))
    return result


def _told(one: Paired, believed: bool) -> Told:
    if believed and one.signs <= SIGNS and one.is_large:
        return Told.SLOWER if one.ratio > 1 else Told.FASTER
    low, high = one.within
    room = 1 + SMALLEST
    return Told.SAME if 1 / room <= low and high <= room else Told.UNKNOWN


def interval(values: Sequence[float], level: float = LEVEL) -> Tuple[float, float]:
    """An interval around the mean, by Student's t; it reaches over all values.

    A single value says nothing of the others. Values that are all the same have none.
    """
    low, high = _student(values, level)
    return min(low, *values), max(high, *values)


def _student(values: Sequence[float], level: float) -> Tuple[float, float]:
    if len(values) < 2:
        return -math.inf, math.inf
    from scipy.special import stdtrit

    mean = statistics.fmean(values)
    error = statistics.stdev(values) / math.sqrt(len(values))
    reach = float(stdtrit(len(values) - 1, (1 + level) / 2)) * error
    return mean - reach, mean + reach


def _p(changes: Sequence[float]) -> float:
    """Of Student's t, two-sided, that the mean is 0."""
    if len(changes) < 2 or not any(changes):
        return 1.0
    from scipy.special import stdtr

    error = statistics.stdev(changes) / math.sqrt(len(changes))
    if error == 0:
        return 0.0
    return 2 * float(stdtr(len(changes) - 1, -abs(statistics.fmean(changes)) / error))
