# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests that no answer of the claims is cheaper than its opposite."""

from pathlib import Path
from typing import List, Optional

import pytest

from claims_sample import MARGIN, SIM, answers, cell, data_of, samples
from report.claims import time_claims
from report.claims.case import Answer
from report.claims.variants import POOLED_1, SUN4U
from report.read.run import Sample
from report.stats import seeds

RUNS = 30
CELLS = 12
# What is truly beyond the margin is not to be said to be within, and the reverse.
NEAR = [(1.051, Answer.HOLDS), (1.049, Answer.FAILS)]


def judged(
    directory: Path, profile: Optional[str], factor: float, noise: float, run: int
) -> List[Answer]:
    """C1's answers of cells that are all truly slower by that factor."""
    taken: List[Sample] = []
    for place in range(CELLS):
        # Where a cell stands decides its noise.
        flush = f"spin:{1 + run * CELLS + place}"
        taken += samples(cell(SUN4U, profile, flush=flush), 100, noise)
        taken += samples(cell(POOLED_1, profile, flush=flush), 100 * factor, noise)
    return answers(time_claims.one_pool(data_of(directory, taken), MARGIN))


@pytest.mark.parametrize("noise", [0.005, 0.02, 0.1])
@pytest.mark.parametrize("factor, wrong", NEAR)
def test_measured_cells_near_the_margin(
    tmp_path: Path, factor: float, wrong: Answer, noise: float
) -> None:
    """In at most 5 % of runs is a single one of their cells told wrongly."""
    runs = [judged(tmp_path, None, factor, noise, run) for run in range(RUNS)]
    assert sum(wrong in run for run in runs) <= 0.05 * RUNS


@pytest.mark.parametrize("noise", [0.005, 0.02, 0.1])
@pytest.mark.parametrize("factor, wrong", NEAR)
def test_simulated_cells_near_the_margin(
    tmp_path: Path, factor: float, wrong: Answer, noise: float
) -> None:
    """At most 5 % of the cells are told wrongly."""
    told = [
        answer
        for run in range(RUNS)
        for answer in judged(tmp_path, SIM, factor, noise, run)
    ]
    assert told.count(wrong) <= 0.05 * len(told)


def test_cells_far_from_the_margin_are_told(tmp_path: Path) -> None:
    """Or nobody would need either answer."""
    for profile in (None, SIM):
        for factor, right in ((1.0, Answer.HOLDS), (1.1, Answer.FAILS)):
            found = judged(tmp_path, profile, factor, 0.01, 0)
            assert found.count(right) >= 0.8 * CELLS


def test_the_interval_over_seeds_covers_the_mean() -> None:
    """As often as it says, and it reaches over what was seen."""
    import numpy as np

    rng = np.random.default_rng(1)
    covered = 0
    for _ in range(1000):
        values = rng.normal(10, 1, 4).tolist()
        low, high = seeds.interval(values)
        covered += low <= 10 <= high
        assert low <= min(values) and max(values) <= high
    assert 930 <= covered <= 970
    assert seeds.interval([3.0, 3.0, 3.0]) == (3.0, 3.0)
