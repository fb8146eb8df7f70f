# SPDX-License-Identifier: GPL-2.0-or-later
"""The change of the mean: what a median does not see of a few slow samples."""

import math
from dataclasses import dataclass
from typing import Sequence

import numpy as np

from report.stats.data import Floats, Group

# Fewer samples a side say nothing of slow ones: none of 29 may be by chance where
# one in ten is (0.9 ** 29 is 5 %).
SAMPLES_MIN = 29
# How far the mean may be off, in margins, where the median is within one.
MARGINS = 10


@dataclass(frozen=True)
class Means:
    """The mean of new over that of base, from `low` to `high` at the level asked for.

    `samples` are those of the side that has fewer.
    """

    ratio: float
    low: float
    high: float
    samples: int

    def within(self, margin: float) -> bool:
        """Whether the mean is known to be the same, within MARGINS times the margin."""
        room = 1 + MARGINS * margin
        known = self.samples >= SAMPLES_MIN
        return known and 1 / room <= self.low and self.high <= room


def means(groups: Sequence[Group], level: float) -> Means:
    """The means of a cell's groups.

    What all samples of a block share is taken out first: each is divided by the median
    of its block, where there are blocks.
    """
    from scipy.special import stdtrit

    rows = [_sides(group) for group in groups]
    base = np.concatenate([row[0] for row in rows])
    new = np.concatenate([row[1] for row in rows])
    ratio = float(new.mean() / base.mean())
    count = min(len(base), len(new))
    if groups[0].paired:
        variance = _variance(new - ratio * base)
    else:
        variance = _variance(new) + ratio**2 * _variance(base)
    degrees = max(count - 1, 1)
    distance = float(stdtrit(degrees, (1 + level) / 2)) * math.sqrt(variance)
    distance /= float(base.mean())
    samples = min(sum(g.base.size for g in groups), sum(g.new.size for g in groups))
    return Means(ratio, max(ratio - distance, 0.0), ratio + distance, samples)


def _sides(group: Group) -> Sequence[Floats]:
    """The mean of each block of base and new, or each sample where there are none."""
    if not group.paired:
        return np.exp(group.base).ravel(), np.exp(group.new).ravel()
    both = np.concatenate([group.base, group.new], axis=1)
    middle = np.median(both, axis=1, keepdims=True)
    sides = (group.base, group.new)
    return [np.exp(side - middle).mean(axis=1) for side in sides]


def _variance(values: Floats) -> float:
    """That of the mean of these values."""
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else math.inf
