# SPDX-License-Identifier: GPL-2.0-or-later
"""Mann-Whitney's rank test, within strata."""

import math
from typing import Sequence, Tuple

import numpy as np
from scipy.stats import norm, rankdata

from report.stats.data import Floats, Group


def rank_test(strata: Sequence[Tuple[Floats, Floats]]) -> float:
    """p, two-sided, that nothing but chance tells the sides of each stratum apart.

    Each of `strata` is (base, new), with a row for each of several strata of one size.
    Values of all strata are ranked together, so each stratum must have been brought to
    the same level first. The distribution is that of dealing each stratum's ranks to
    its sides at random, taken as normal: exact in mean and variance, ties included, and
    with many ranks on the safe side far out. With one stratum it is Mann-Whitney's
    test. 1 where nothing can be said.
    """
    values = np.concatenate([np.ravel(side) for both in strata for side in both])
    ranks = rankdata(values)
    excess = variance = 0.0
    start = 0
    for base, new in strata:
        both = np.concatenate(
            [
                ranks[start : start + base.size].reshape(base.shape),
                ranks[start + base.size : start + base.size + new.size].reshape(
                    new.shape
                ),
            ],
            axis=1,
        )
        start += base.size + new.size
        n, n_new = both.shape[1], new.shape[1]
        if n < 2 or n_new in (0, n):
            continue
        middle = both.mean(axis=1, keepdims=True)
        excess += float((both[:, n - n_new :] - middle).sum())
        scatter = float(((both - middle) ** 2).sum())
        variance += scatter * n_new * (n - n_new) / (n * (n - 1))
    if variance <= 0:
        return 1.0
    return float(2 * norm.sf(abs(excess) / math.sqrt(variance)))


def strata_of(groups: Sequence[Group]) -> Sequence[Tuple[Floats, Floats]]:
    """The strata of a cell: its blocks, or its layouts where there are no blocks."""
    return [
        (g.base, g.new) if g.paired else (g.base.reshape(1, -1), g.new.reshape(1, -1))
        for g in groups
    ]
