# SPDX-License-Identifier: GPL-2.0-or-later
"""Mann-Whitney's rank test, within blocks."""

import math
from dataclasses import dataclass
from typing import Sequence

import numpy as np

from report.stats.data import Floats, Group


@dataclass(frozen=True)
class Ranks:
    """Mann-Whitney's U, summed over strata: blocks, or layouts where there are none.

    `excess` is by how much new is above base in more pairs of measurements than in
    half of all `pairs`; `variance` is that of chance, ties taken into account.
    """

    excess: float
    variance: float
    pairs: int

    @property
    def p(self) -> float:
        """Two-sided, that nothing but chance tells the sides of each stratum apart.

        The distribution is that of dealing each stratum's ranks to its sides at random,
        taken as normal: exact in mean and variance, and with many strata or many ranks
        on the safe side far out. 1 where nothing can be said.
        """
        from scipy.special import ndtr

        if self.variance <= 0:
            return 1.0
        return float(2 * ndtr(-abs(self.excess) / math.sqrt(self.variance)))


def ranks(groups: Sequence[Group]) -> Ranks:
    """What the ranks of a cell say."""
    excess = variance = 0.0
    pairs = 0
    for group in groups:
        base, new = _strata(group)
        both = midranks(np.concatenate([base, new], axis=1))
        n, n_new = both.shape[1], new.shape[1]
        middle = (n + 1) / 2
        excess += float((both[:, n - n_new :] - middle).sum())
        scatter = float(((both - middle) ** 2).sum())
        variance += scatter * n_new * (n - n_new) / (n * (n - 1))
        pairs += n_new * base.size
    return Ranks(excess, variance, pairs)


def midranks(rows: Floats) -> Floats:
    """The ranks of the values within their row, from 1; ties share their mean rank.

    As scipy.stats.rankdata does; importing that takes longer than all else that
    `report compare --undecided` has to do.
    """
    below = (rows[:, :, None] > rows[:, None, :]).sum(axis=2)
    equal = (rows[:, :, None] == rows[:, None, :]).sum(axis=2)
    result: Floats = below + (equal + 1) / 2
    return result


def reached(groups: Sequence[Group], log_ratio: float, deviations: float) -> float:
    """The change (of the logarithm) at which ranks are so many deviations from chance.

    `log_ratio` is the change that there is. inf if no change would do.
    """
    found = ranks(groups)
    if found.variance <= 0:
        return 0.0
    # The part of pairs in which new has to be above base.
    part = 0.5 + deviations * math.sqrt(found.variance) / found.pairs
    if part >= 1:
        return math.inf
    sides = [_strata(group) for group in groups]
    apart = np.concatenate(
        [(new[:, :, None] - base[:, None, :]).ravel() for base, new in sides]
    )
    above, below = np.quantile(apart, [part, 1 - part]) - log_ratio
    return max(float(above), float(-below), 0.0)


def _strata(group: Group) -> Sequence[Floats]:
    """Base and new with a row for each stratum."""
    if group.paired:
        return group.base, group.new
    return group.base.reshape(1, -1), group.new.reshape(1, -1)
