# SPDX-License-Identifier: GPL-2.0-or-later
"""What link layouts do to the times of a run, learnt from all its cells together.

Where a program's functions come to lie moves its times, by nothing in one cell and by
several percent in another. Three layouts a side say next to nothing about one cell's
share; all cells of a run together say much. A cell's standard deviation between layouts
is taken as drawn from a distribution that all cells share: log-normal, with a part of
cells for which anything from half a percent to ten is as likely. Its middle, its width
and that part are unknown, and weighed by how well they explain all cells. What a cell's
own layouts say is weighed in.
"""

import math
from dataclasses import dataclass
from typing import List, Sequence

import numpy as np

from report.stats.data import Floats

# Standard deviations between layouts of the logarithm of a ratio; those of less than
# a hundredth of a percent are none.
_DEVIATIONS = np.concatenate([[0.0], np.geomspace(1e-4, 0.3, 60)])
_MIDDLES = np.geomspace(1e-4, 0.3, 32)
_WIDTHS = np.array([0.2, 0.5, 1.0])
_STRAYS = np.array([0.0, 0.05, 0.2, 0.5])
_STRAY = (0.005, 0.1)
# With more degrees of freedom Student's distribution is the normal one.
_NORMAL_DF = 1e5


@dataclass(frozen=True)
class Error:
    """How far an estimate may be from what is estimated: distributions around 0.

    Student's, each of a scale in `deviations` and of as many degrees of freedom as `df`
    says, with these `weights`.
    """

    weights: Floats
    deviations: Floats
    df: Floats

    def beyond(self, distance: float) -> float:
        """The probability of an error above `distance`."""
        return float(self.weights @ _below(self.df, -distance / self.deviations))

    def distance(self, probability: float) -> float:
        """What the error exceeds with this probability, below one half."""
        low, high = 0.0, float(self.deviations.max()) * 1000
        for _ in range(60):
            middle = (low + high) / 2
            if self.beyond(middle) > probability:
                low = middle
            else:
                high = middle
        return high


@dataclass(frozen=True)
class Scatter:
    """What one cell says.

    Of logarithms of ratios: `variance` between its `count` layouts, `noise` the
    variance that each of these has from its blocks, `mean_noise` that of their mean,
    which is known as well as by a sample with `df` degrees of freedom.
    """

    count: int
    variance: float
    noise: float
    mean_noise: float
    df: float = math.inf

    @property
    def error(self) -> Error:
        """The error of the mean of these very layouts."""
        return _error(self, np.ones(1), np.zeros(1))


def errors(cells: Sequence[Scatter]) -> List[Error]:
    """The error of each cell's mean over its layouts, as an estimate over all layouts.

    The cells are those of one run. A cell with one layout has nothing between layouts:
    its error is that of this layout.
    """
    many = [cell for cell in cells if cell.count > 1]
    posterior = iter(list(_posteriors(many)) if many else [])
    result = []
    for cell in cells:
        if cell.count > 1:
            weights = next(posterior)
            result.append(_error(cell, weights, _DEVIATIONS))
        else:
            result.append(cell.error)
    return result


def _error(cell: Scatter, weights: Floats, deviations: Floats) -> Error:
    """The error of the cell's mean, where its layouts have one of these deviations.

    The noise is estimated, the deviation given: the larger a part of the sum that is,
    the more degrees of freedom has the sum (Satterthwaite).
    """
    # Values that are all alike have no noise, and nothing is divided by 0.
    noise = max(cell.mean_noise, 1e-18)
    variances = noise + deviations**2 / cell.count
    return Error(weights, np.sqrt(variances), cell.df * (variances / noise) ** 2)


def _below(df: Floats, values: Floats) -> Floats:
    """Student's distribution function, the normal one from _NORMAL_DF on."""
    from scipy.special import ndtr, stdtr

    result: Floats = ndtr(values)
    few = df < _NORMAL_DF
    result[few] = stdtr(df[few], values[few])
    return result


def _posteriors(cells: Sequence[Scatter]) -> Floats:
    """The weight of each of _DEVIATIONS, for each cell: (cells, deviations)."""
    df = np.array([cell.count - 1 for cell in cells])[:, None]
    variance = np.array([cell.variance for cell in cells])[:, None]
    noise = np.maximum([cell.noise for cell in cells], 1e-18)[:, None]
    total = noise + _DEVIATIONS[None, :] ** 2
    logs = -0.5 * df * (np.log(total) + variance / total)
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
    priors = _priors()
    evidence = likelihood @ priors.T
    weight = np.log(evidence).sum(axis=0)
    weight = np.exp(weight - weight.max())
    # Each cell is weighed by a prior that has seen the others and itself.
    mixed = (weight / weight.sum() / evidence) @ priors
    joint = likelihood * mixed
    result: Floats = joint / joint.sum(axis=1, keepdims=True)
    return result


def _priors() -> Floats:
    """The weight of each of _DEVIATIONS under each middle, width and part of strays."""
    places = np.log(np.maximum(_DEVIATIONS, _DEVIATIONS[1] / 2))
    middles, widths = np.meshgrid(np.log(_MIDDLES), _WIDTHS)
    away = (places[None, :] - middles.reshape(-1, 1)) / widths.reshape(-1, 1)
    density = np.exp(-0.5 * away**2)
    density /= density.sum(axis=1, keepdims=True)
    stray = ((_DEVIATIONS >= _STRAY[0]) & (_DEVIATIONS <= _STRAY[1])).astype(float)
    stray /= stray.sum()
    return np.concatenate([(1 - part) * density + part * stray for part in _STRAYS])
