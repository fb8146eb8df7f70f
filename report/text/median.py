# SPDX-License-Identifier: GPL-2.0-or-later
"""The median of a few values, and an interval around it."""

import math
import statistics
from dataclasses import dataclass
from typing import Sequence

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """A median and the ends of an interval around it, in the unit of the values.

    `confident` says that the interval covers the median with LEVEL at least; otherwise
    there were too few values, and it runs from the smallest to the largest. `count` is
    the number of values.
    """

    median: float
    low: float
    high: float
    confident: bool
    count: int


def median_interval(values: Sequence[float]) -> Interval:
    """Median and its distribution-free interval, of one value or more.

    The ends are the k-th smallest and k-th largest value, with the largest k for which
    the interval covers the population's median with a probability of LEVEL or more.
    """
    ordered = sorted(values)
    count = len(ordered)
    outside = 0  # of 2 ** count: fewer than k + 1 values below the median
    k = 0
    for k in range(count):
        outside += math.comb(count, k)
        if 1 - 2 * outside / 2**count < LEVEL:
            break
    end = max(k, 1)
    return Interval(
        median=statistics.median(ordered),
        low=ordered[end - 1],
        high=ordered[-end],
        confident=k > 0,
        count=count,
    )
