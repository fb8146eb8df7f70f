# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether two sides are the same for all practical purposes."""

from typing import Sequence

from report.stats.change import compare
from report.stats.data import Measurement


def equivalent(
    base: Sequence[Measurement],
    new: Sequence[Measurement],
    margin: float,
    *,
    seed: int = 1,
) -> float:
    """p of two one-sided tests, of one cell: small if the change is within `margin`.

    `margin` is relative: 0.01 is 1 %. The hypothesis that is refuted is that the ratio
    of medians is above 1 + margin or below 1 / (1 + margin).
    """
    if margin < 0:
        raise ValueError("a margin must not be negative")
    return compare(base, new, seed=seed).equivalence(margin)
