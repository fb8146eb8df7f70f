# SPDX-License-Identifier: GPL-2.0-or-later
"""The ratio of the sides, layout by layout, and how much it would vary."""

import math
from dataclasses import dataclass
from typing import List, Sequence

import numpy as np

from report.stats.data import Floats, Group
from report.stats.layouts import Scatter

DRAWS = 500


@dataclass(frozen=True)
class _Part:
    """What a layout's ratio varies by because of some rows."""

    variance: float
    df: int


@dataclass(frozen=True)
class Estimate:
    """`log_ratio` of the sides, new over base, and what is known of its error."""

    log_ratio: float
    scatter: Scatter


def estimate(groups: Sequence[Group], rng: np.random.Generator) -> Estimate:
    """The mean over layouts of the ratio of the sides in each.

    With blocks that is the median of all ratios of a measurement of new to one of base
    in the same block; without, the ratio of the medians. Either follows a change
    exactly: all of new times two is twice the ratio.

    The blocks within each layout are resampled, as blocks are what is independent. The
    layouts are not: of three there are but ten ways to draw, and their variance would
    come out a third too small. What they add is left to `layouts.errors`.
    """
    parts = [_parts(g, rng) for g in groups]
    count = len(groups)
    found = np.array([_log_ratio(g) for g in groups])
    noises = [sum(part.variance for part in of) for of in parts]
    return Estimate(
        log_ratio=float(found.mean()),
        scatter=Scatter(
            count=count,
            variance=float(found.var(ddof=1)) if count > 1 else 0.0,
            noise=float(np.mean(noises)),
            mean_noise=float(np.sum(noises)) / count**2,
            df=_together([part for of in parts for part in of]),
        ),
    )


def log_ratio(groups: Sequence[Group]) -> float:
    """The estimate alone, for cells of which nothing else can be said."""
    return float(np.mean([_log_ratio(g) for g in groups]))


def _log_ratio(group: Group) -> float:
    if group.paired:
        return float(np.median(_within(group)))
    return float(np.median(group.new) - np.median(group.base))


def _within(group: Group) -> Floats:
    """The logarithms of all ratios within each block: a row each."""
    ratios: Floats = group.new[:, :, None] - group.base[:, None, :]
    return ratios.reshape(len(group.base), -1)


def _parts(group: Group, rng: np.random.Generator) -> List[_Part]:
    """What the group's ratio varies by: its blocks, or each side's measurements."""
    if group.paired:
        return [_part(_within(group), rng)]
    return [_part(side, rng) for side in (group.new, group.base)]


def _part(rows: Floats, rng: np.random.Generator) -> _Part:
    """The variance of the median of all rows, which are resampled.

    Resampling n rows varies less than n new ones would, by (n - 1) / n: made good.
    """
    n = len(rows)
    drawn = rng.integers(n, size=(DRAWS, n))
    medians = np.median(rows[drawn].reshape(DRAWS, -1), axis=1)
    return _Part(float(medians.var(ddof=1)) * n / (n - 1), n - 1)


def _together(parts: Sequence[_Part]) -> float:
    """The degrees of freedom of the sum of variances (Welch and Satterthwaite)."""
    squares = sum(part.variance**2 / part.df for part in parts)
    total = sum(part.variance for part in parts)
    return total**2 / squares if squares > 0 else math.inf
