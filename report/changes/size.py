# SPDX-License-Identifier: GPL-2.0-or-later
"""How large a change is, with an interval that assumes no distribution."""

import math
from dataclasses import dataclass
from typing import Optional

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

# Values on either side of a change that are looked at: those next to it.
_NEAR = 100
# Quantile of the normal distribution for an interval of 95 %.
_Z = 1.959964


@dataclass(frozen=True)
class Size:
    """A change from a median to another.

    `ratio` is after / before less 1 (0.1: a tenth more) with its interval of 95 %
    (Hodges and Lehmann: the median of all ratios of a value after and one before; the
    ends are those of Mann and Whitney's test). With too few values the interval runs
    over all ratios; of exact series it is a point. Where some value is not positive the
    ratio is that of the medians, without an interval; where a median is not, there is
    no ratio either.
    """

    before: float
    after: float
    ratio: Optional[float]
    low: Optional[float]
    high: Optional[float]


def size_of(before: Floats, after: Floats) -> Size:
    """The size of the change between two levels of one value or more each."""
    before, after = before[-_NEAR:], after[:_NEAR]
    medians = float(np.median(before)), float(np.median(after))
    if min(medians) <= 0:
        return Size(*medians, None, None, None)
    if min(before.min(), after.min()) <= 0:
        return Size(*medians, medians[1] / medians[0] - 1, None, None)
    ratios = np.sort(np.subtract.outer(np.log(after), np.log(before)), axis=None)
    one, two = len(before), len(after)
    middle = one * two / 2
    rank = math.floor(middle - _Z * math.sqrt(one * two * (one + two + 1) / 12))
    # The rank-th smallest and the rank-th largest, counted from 1.
    end = max(rank - 1, 0)
    low, high = ratios[end], ratios[-end - 1]
    return Size(
        *medians,
        math.expm1(float(np.median(ratios))),
        math.expm1(float(low)),
        math.expm1(float(high)),
    )
