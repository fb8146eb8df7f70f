# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the sign test within blocks."""

import math
from typing import List

import numpy as np
import pytest
from scipy.stats import binomtest

from report.stats import sign
from report.stats.data import Measurement


def blocks_of(values: List[float], first: int = 0) -> List[Measurement]:
    return [Measurement(1, first + i, value) for i, value in enumerate(values)]


@pytest.mark.parametrize("above", [0, 1, 7, 12, 15])
def test_it_is_the_binomial_test(above: int) -> None:
    blocks = np.array([1.0] * above + [-1.0] * (15 - above))
    expected = binomtest(above, 15, alternative="greater").pvalue
    assert sign.beyond(blocks, 0.0) == pytest.approx(expected)


def test_a_block_at_the_limit_is_not_above() -> None:
    assert sign.beyond(np.full(15, 0.5), 0.5) == 1
    assert sign.beyond(np.full(15, 0.5), 0.499) == pytest.approx(2.0**-15)


def test_changes_by_hand() -> None:
    """Only blocks that both sides have; of several samples the median."""
    found = sign.changes(blocks_of([1.0, 2.0, 4.0]), blocks_of([3.0, 8.0], first=1))
    assert found == pytest.approx([math.log(1.5), math.log(2)])
    twice = sign.changes(
        [*blocks_of([1.0]), *blocks_of([4.0])], [*blocks_of([2.0]), *blocks_of([8.0])]
    )
    assert twice == pytest.approx([math.log(2)])


def test_without_blocks_nothing_is_told() -> None:
    found = sign.changes(blocks_of([1.0] * 9), blocks_of([2.0] * 9, first=9))
    assert found.size == 0
    assert sign.beyond(found, 0.0) == 1
    assert sign.reached(found, 0.01, 0.95) == math.inf


def test_false_alarms_are_as_many_as_asked_for() -> None:
    """Whatever the noise: here skewed, with tails, its median at the limit."""
    rng = np.random.default_rng(1)
    draws = rng.lognormal(0, 2, size=(4000, 15)) - 1
    told = sum(sign.beyond(each, 0.0) <= 0.01 for each in draws)
    assert told <= 60  # 0.4 % are to be expected: p steps from 0.0037 to 0.018


@pytest.mark.parametrize("chance, count", [(0.01, 15), (0.01, 30), (1e-4, 15)])
def test_what_is_reached_is_told(chance: float, count: int) -> None:
    rng = np.random.default_rng(2)
    draws = rng.normal(0, 1, size=(200, count))
    reach = float(np.median([sign.reached(each, chance, 0.95) for each in draws]))

    def told(shift: float) -> int:
        return sum(sign.beyond(each + shift, 0.0) <= chance for each in draws)

    assert told(reach) >= 160
    assert told(reach / 3) <= 120


def test_so_few_blocks_never_tell() -> None:
    assert sign.reached(np.zeros(6), 0.01, 0.95) == math.inf
    assert sign.reached(np.zeros(7), 0.01, 0.95) == 0
