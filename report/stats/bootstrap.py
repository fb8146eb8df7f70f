# SPDX-License-Identifier: GPL-2.0-or-later
"""The ratio of the sides, layout by layout, and how much it would vary."""

from dataclasses import dataclass
from typing import Sequence

import numpy as np

from report.stats.data import Floats, Group
from report.stats.layouts import Scatter

DRAWS = 500


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
    found = np.array([_log_ratio(g) for g in groups])
    draws = np.stack([_redrawn(g, rng) for g in groups], axis=1)
    count = len(groups)
    return Estimate(
        log_ratio=float(found.mean()),
        scatter=Scatter(
            count=count,
            variance=float(found.var(ddof=1)) if count > 1 else 0.0,
            noise=float(draws.var(axis=0, ddof=1).mean()),
            mean_noise=float(draws.mean(axis=1).var(ddof=1)),
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


def _redrawn(group: Group, rng: np.random.Generator) -> Floats:
    """The ratio in each of DRAWS resamplings of the group's rows."""
    if group.paired:
        return _medians(_within(group), rng)
    result: Floats = _medians(group.new, rng) - _medians(group.base, rng)
    return result


def _medians(rows: Floats, rng: np.random.Generator) -> Floats:
    drawn = rng.integers(len(rows), size=(DRAWS, len(rows)))
    result: Floats = np.median(rows[drawn].reshape(DRAWS, -1), axis=1)
    return result
