# SPDX-License-Identifier: GPL-2.0-or-later
"""What a few seeds of a simulation say of all."""

import math
import statistics
from typing import Sequence, Tuple

from report.stats.change import LEVEL


def interval(values: Sequence[float], level: float = LEVEL) -> Tuple[float, float]:
    """An interval around the mean, by Student's t; it reaches over all values.

    A single value says nothing of the others. Values that are all the same have none.
    """
    if len(values) < 2:
        return -math.inf, math.inf
    from scipy.special import stdtrit

    mean = statistics.fmean(values)
    error = statistics.stdev(values) / math.sqrt(len(values))
    reach = float(stdtrit(len(values) - 1, (1 + level) / 2)) * error
    return min(mean - reach, *values), max(mean + reach, *values)
