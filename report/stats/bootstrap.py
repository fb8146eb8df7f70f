# SPDX-License-Identifier: GPL-2.0-or-later
"""The ratio of medians, layout by layout, and how much it would vary."""

from dataclasses import dataclass
from typing import Sequence

import numpy as np

from report.stats.data import Floats, Group
from report.stats.layouts import Scatter

DRAWS = 500


@dataclass(frozen=True)
class Estimate:
    """`log_ratio` of the medians, new over base, and what is known of its error."""

    log_ratio: float
    scatter: Scatter


def estimate(groups: Sequence[Group], rng: np.random.Generator) -> Estimate:
    """The mean over layouts of the ratio of medians.

    The blocks within each layout are resampled, as blocks are what is independent. The
    layouts are not: of three there are but ten ways to draw, and their variance would
    come out a third too small. What they add is left to `layouts.errors`.
    """
    found = np.array([_ratio(g.base.ravel(), g.new.ravel()) for g in groups])
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


def _ratio(base: Floats, new: Floats) -> float:
    return float(np.median(new) - np.median(base))


def _redrawn(group: Group, rng: np.random.Generator) -> Floats:
    """The ratio of medians in each of DRAWS resamplings of the group's rows."""
    rows = rng.integers(len(group.base), size=(DRAWS, len(group.base)))
    base = np.median(group.base[rows].reshape(DRAWS, -1), axis=1)
    if not group.paired:
        rows = rng.integers(len(group.new), size=(DRAWS, len(group.new)))
    new = np.median(group.new[rows].reshape(DRAWS, -1), axis=1)
    result: Floats = new - base
    return result
