# SPDX-License-Identifier: GPL-2.0-or-later
"""The Universal Scalability Law of throughput X on n CPUs.

X(n) = lambda n / (1 + sigma (n - 1) + kappa n (n - 1))
"""

import math
from collections import defaultdict
from dataclasses import dataclass
from typing import Dict, List, Sequence, Tuple

import numpy as np

from report.stats.data import Floats

COUNTS_MIN = 4
_DRAWS = 500


@dataclass(frozen=True)
class Coefficient:
    """A coefficient of the law, and an interval around it."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Law:
    """The law that fits best.

    `sigma` is contention, the part that is done in turns; `kappa` is coherency, the
    cost of agreeing, which grows with each other CPU; `lambda_` is the throughput of
    one CPU, in the unit of what was fitted. `residual` is the largest relative error of
    the law at one of the CPU counts: above a tenth it does not describe these data.
    """

    sigma: Coefficient
    kappa: Coefficient
    lambda_: Coefficient
    residual: float

    def throughput(self, cpus: float) -> float:
        """What the law says of so many CPUs."""
        turns = self.sigma.value * (cpus - 1) + self.kappa.value * cpus * (cpus - 1)
        return self.lambda_.value * cpus / (1 + turns)

    @property
    def peak(self) -> float:
        """The CPU count of the highest throughput; inf where it never falls."""
        if self.kappa.value <= 0:
            return math.inf
        return math.sqrt(max(1 - self.sigma.value, 0) / self.kappa.value)


def fit(
    cpus: Sequence[int],
    throughput: Sequence[float],
    *,
    level: float = 0.95,
    seed: int = 1,
) -> Law:
    """Fit the law to samples: throughput[i] of all CPUs together on cpus[i] CPUs.

    The medians of each CPU count are fitted, by the least relative errors; sigma and
    kappa are 0 at least. Intervals are a bootstrap's, of the samples at each count and
    of the law's residuals: they are wide where the law fits badly, however equal the
    samples are, and rather too wide, as residuals hold the samples' noise too.
    ValueError with fewer than COUNTS_MIN CPU counts or values that are not positive.
    """
    if len(cpus) != len(throughput):
        raise ValueError("as many throughputs as CPU counts are needed")
    by_count: Dict[int, List[float]] = defaultdict(list)
    for count, value in zip(cpus, throughput):
        if count < 1 or not 0 < value < math.inf:
            raise ValueError(f"{value!r} on {count!r} CPUs is no throughput")
        by_count[count].append(value)
    if len(by_count) < COUNTS_MIN:
        raise ValueError(f"the law needs {COUNTS_MIN} CPU counts, got {len(by_count)}")
    counts = np.array(sorted(by_count), dtype=float)
    samples = [np.array(by_count[int(count)]) for count in counts]
    medians = np.array([np.median(each) for each in samples])
    best = _solve(counts, medians)
    fitted = _predict(counts, best)
    draws = _redrawn(counts, samples, fitted, np.random.default_rng(seed))
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
    lambda_, sigma, kappa = (
        # The estimate belongs to its interval, at a boundary too.
        Coefficient(float(v), float(min(a, v)), float(max(b, v)))
        for v, a, b in zip(best, low, high)
    )
    residual = float(np.abs(fitted / medians - 1).max())
    return Law(sigma=sigma, kappa=kappa, lambda_=lambda_, residual=residual)


def _solve(counts: Floats, medians: Floats) -> Tuple[float, float, float]:
    """lambda, sigma, kappa: n / X is linear in 1 / lambda and its multiples."""
    from scipy.optimize import nnls

    target = counts / medians
    columns = [np.ones_like(counts), counts - 1, counts * (counts - 1)]
    scale = [column.max() for column in columns]
    rows = np.stack([c / s / target for c, s in zip(columns, scale)], axis=1)
    found, _ = nnls(rows, np.ones_like(counts))
    first, turns, agreeing = (float(x / s) for x, s in zip(found, scale))
    # Where one CPU seems to take no time at all the law does not fit; it stays finite.
    first = max(first, float(target.min()) * 1e-6)
    return 1 / first, turns / first, agreeing / first


def _predict(counts: Floats, law: Tuple[float, float, float]) -> Floats:
    lambda_, sigma, kappa = law
    result: Floats = (
        lambda_ * counts / (1 + sigma * (counts - 1) + kappa * counts * (counts - 1))
    )
    return result


def _redrawn(
    counts: Floats,
    samples: Sequence[Floats],
    fitted: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Coefficients of resampled data: (draws, 3)."""
    medians = np.array([np.median(each) for each in samples])
    errors = np.log(medians / fitted)
    # Three coefficients have made the errors smaller than they are.
    errors *= math.sqrt(len(counts) / (len(counts) - 3))
    misfit = np.exp(rng.choice(errors, size=(_DRAWS, len(counts))))
    noise = np.stack(
        [
            np.median(rng.choice(each, size=(_DRAWS, len(each))), axis=1)
            for each in samples
        ],
        axis=1,
    )
    drawn = fitted * misfit * (noise / medians)
    return np.array([_solve(counts, row) for row in drawn])
