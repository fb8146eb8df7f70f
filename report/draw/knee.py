# SPDX-License-Identifier: GPL-2.0-or-later
"""Where throughput stops growing with the CPUs."""

import math
from typing import Optional, Sequence

from report.draw.picture import Point

# Of the ideal slope, 1, of throughput against CPUs, both logarithmic.
SHARE = 0.25


def knee(line: Sequence[Point]) -> Optional[Point]:
    """The first point of a line from which no later one is reached with SHARE of the
    ideal slope; None if that is the last point alone, or there is but one.

    A dip that later points more than make good is so no knee, and for a power law it
    does not matter which CPU counts the line has.
    """
    for index, point in enumerate(line[:-1]):
        if not any(_grows(point, later) for later in line[index + 1 :]):
            return point
    return None


def _grows(first: Point, later: Point) -> bool:
    return later.value >= first.value * math.pow(later.cpus / first.cpus, SHARE)
