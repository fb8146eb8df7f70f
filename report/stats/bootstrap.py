# SPDX-License-Identifier: GPL-2.0-or-later
"""The ratio of medians, layout by layout, and how much it would vary."""

from dataclasses import dataclass
from typing import List, Sequence, Tuple

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
    to_layouts = _by_layout(groups)
    each = to_layouts @ found
    spread = draws @ to_layouts.T
    count = len(each)
    return Estimate(
        log_ratio=float(each.mean()),
        scatter=Scatter(
            count=count,
            variance=float(each.var(ddof=1)) if count > 1 else 0.0,
            noise=float(spread.var(axis=0, ddof=1).mean()),
            mean_noise=float(spread.mean(axis=1).var(ddof=1)),
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


def _by_layout(groups: Sequence[Group]) -> Floats:
    """Turns ratios of groups into ratios of new's layout i to base's layout i.

    Where each group is of one such pair already, nothing but order changes. Where
    layouts are crossed, a group's ratio is taken as new's layout less base's, and
    solved for by least squares; groups weigh as many blocks as they have.
    """
    bases, news = _layouts(groups)
    count = min(len(bases), len(news))
    rows = np.array([_design(g, bases, news) for g in groups])
    weights = np.sqrt([len(g.base) for g in groups])
    wanted = np.zeros((count, rows.shape[1]))
    wanted[:, 0] = 1
    for i in range(count):
        wanted[i, 1 + i] = -1
        wanted[i, 1 + len(bases) + i] = 1
    result: Floats = wanted @ np.linalg.pinv(rows * weights[:, None]) * weights
    return result


def _layouts(groups: Sequence[Group]) -> Tuple[List[int], List[int]]:
    return (
        sorted({layout for g in groups for layout in g.base_layouts}),
        sorted({layout for g in groups for layout in g.new_layouts}),
    )


def _design(group: Group, bases: List[int], news: List[int]) -> List[float]:
    """A group's ratio as a sum: the change, less base's layouts, plus new's."""
    base = [-group.base_layouts.count(x) / len(group.base_layouts) for x in bases]
    new = [group.new_layouts.count(x) / len(group.new_layouts) for x in news]
    return [1.0, *base, *new]
