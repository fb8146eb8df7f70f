# SPDX-License-Identifier: GPL-2.0-or-later
"""The sign test of a change within blocks: exact, whatever the noise is like."""

import math
from typing import Sequence

import numpy as np

from report.stats.data import Floats, Measurement, grouped


def changes(base: Sequence[Measurement], new: Sequence[Measurement]) -> Floats:
    """The logarithm of the ratio of new to base in each block; none without blocks."""
    groups, _ = grouped(base, new)
    found = [
        np.median(new_side[:, :, None] - base_side[:, None, :], axis=(1, 2))
        for base_side, new_side in ((g.base, g.new) for g in groups if g.paired)
    ]
    return np.concatenate(found) if found else np.empty(0)


def beyond(blocks: Floats, limit: float) -> float:
    """p of the hypothesis that a block is as often below `limit` as above, or oftener.

    That is, that the median change is not above it. A block at the limit is not above.
    """
    from scipy.stats import binom

    above = int((blocks > limit).sum())
    return float(binom.sf(above - 1, len(blocks), 0.5))


def reached(blocks: Floats, chance: float, power: float) -> float:
    """How far beyond a limit the median has to be for p to be at most `chance`.

    With the probability `power`, in as many blocks that scatter as these do; the side
    to which they scatter more counts. What would lie outside of all blocks is taken for
    normal. inf if so few blocks never tell.
    """
    from scipy.special import betaincinv, ndtri
    from scipy.stats import binom

    count = len(blocks)
    numbers = np.arange(count + 1)
    enough = np.flatnonzero(binom.sf(numbers - 1, count, 0.5) <= chance)
    if not enough.size:
        return math.inf
    needed = int(enough[0])
    # The part of the blocks that has to be above the limit.
    part = float(betaincinv(needed, count - needed + 1, power))
    above, below = np.quantile(blocks, [part, 1 - part]) - np.median(blocks)
    found = max(float(above), float(-below), 0.0)
    if part > 1 - 1 / count:
        found = max(found, float(ndtri(part) * blocks.std(ddof=1)))
    return found
