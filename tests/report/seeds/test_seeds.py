# SPDX-License-Identifier: GPL-2.0-or-later
"""``report.stats.seeds``: what is said of two simulations, and how often it errs."""

import json
from pathlib import Path
from typing import Any, Callable, Dict, List, Sequence

import numpy as np
import pytest
from scipy import stats

from report.stats.seeds import SEEDS_MIN, Told, flipped, interval, paired, told

RECORDED = Path(__file__).parent.parent / "samples" / "seeds.json"
MOVED = (Told.SLOWER, Told.FASTER)
DRAWS = 400
CELLS = 18

Draw = Callable[[np.random.Generator, int], Any]


def one(base: Sequence[float], new: Sequence[float]) -> Told:
    """What is told of a cell that stands alone."""
    return told([paired(base, new)])[0]


NOISE: Dict[str, Draw] = {
    "normal": lambda rng, n: rng.normal(0, 0.03, n),
    "two levels": lambda rng, n: 0.1 * rng.integers(0, 2, n),
    "spikes": lambda rng, n: 0.5 * (rng.random(n) < 0.15),
    "skewed": lambda rng, n: rng.exponential(0.05, n),
    "heavy": lambda rng, n: 0.01 * rng.standard_t(2, n),
}


@pytest.mark.parametrize("noise", NOISE)
def test_chance_alone_moves_a_cell_in_few_comparisons(noise: str) -> None:
    """Of all cells of a comparison: none may be called faster or slower."""
    rng = np.random.default_rng(3)
    wrong = 0
    for _ in range(DRAWS):
        cells = [
            paired(*(np.exp(NOISE[noise](rng, SEEDS_MIN)).tolist() for _ in range(2)))
            for _ in range(CELLS)
        ]
        wrong += any(each in MOVED for each in told(cells))
    assert wrong <= 0.05 * DRAWS


def test_chance_alone_moves_no_recorded_cell() -> None:
    """64 seeds of the simulator itself, drawn as if the program had changed."""
    cells = json.loads(RECORDED.read_text(encoding="utf-8"))
    rng = np.random.default_rng(7)
    wrong = large = 0
    for _ in range(DRAWS):
        found = []
        for values in cells.values():
            drawn = rng.permutation(values)
            found.append(paired(drawn[:8].tolist(), drawn[8:16].tolist()))
        wrong += any(each in MOVED for each in told(found))
        large += any(each is not None and each.is_large for each in found)
    assert wrong <= 0.05 * DRAWS
    # By their medians alone nearly half of the comparisons would have had some.
    assert large > 0.3 * DRAWS


def test_a_change_is_told() -> None:
    rng = np.random.default_rng(1)
    found = 0
    for _ in range(200):
        base = np.exp(rng.normal(0, 0.02, 8))
        new = 1.1 * np.exp(rng.normal(0, 0.02, 8))
        cells = [paired(base.tolist(), new.tolist())]
        for _ in range(CELLS - 1):
            sides = np.exp(rng.normal(0, 0.02, (2, 8)))
            cells.append(paired(sides[0].tolist(), sides[1].tolist()))
        found += told(cells)[0] is Told.SLOWER
    assert found > 180


def test_words() -> None:
    values = [100.0, 101, 99, 100.5, 102, 98, 100, 101.5]
    assert one(values, [1.2 * v for v in values]) is Told.SLOWER
    assert one(values, [v / 1.2 for v in values]) is Told.FASTER
    # Sure, but of no account.
    assert one(values, [1.002 * v for v in values]) is Told.SAME
    # As large in seven seeds, and nothing in one.
    assert one(values, [1.2 * v for v in values[:7]] + values[7:]) is not Told.SAME
    assert one(values[:7], [1.2 * v for v in values[:7]]) is Told.FEW
    assert one(values, [*reversed(values)]) is Told.UNKNOWN
    assert one([0.0] * 8, [1.0] * 8) is Told.UNKNOWN
    # What goes both ways is not told, however large in the middle.
    swings = [v * (1.3 if i % 3 else 0.6) for i, v in enumerate(values)]
    assert one(values, swings) is Told.UNKNOWN


def test_many_cells_share_the_alarms() -> None:
    """What is told of a cell alone may be chance among a hundred."""
    values = [100.0] * 8
    shifted = [102, 104, 103, 101, 107, 101, 102, 106.0]
    change = paired(values, shifted)
    assert change and 0.0005 < change.p < 0.05
    assert told([change]) == [Told.SLOWER]
    nothing: List[float] = [99, 101, 98, 102, 97, 103, 100.5, 99.5]
    assert told([change] + [paired(values, nothing)] * 99)[0] is Told.UNKNOWN


def test_flipped_signs_are_counted() -> None:
    assert flipped([1.0] * 8) == 2 / 256
    assert flipped([1.0, 2, 3, 4]) == 2 / 16
    # Without the smallest: as large a sum in four ways of 256.
    assert flipped([1.0, 2, 3, 4, 5, 6, 7, -0.1]) == 4 / 256
    assert flipped([0.0] * 8) == 1
    rng = np.random.default_rng(2)
    changes = rng.normal(0.5, 1, 10)
    expected = stats.permutation_test(
        (changes,), np.sum, permutation_type="samples", n_resamples=np.inf
    ).pvalue
    assert flipped(changes.tolist()) == pytest.approx(expected)


def test_students_p_and_interval() -> None:
    base, new = [10.0, 11, 12, 10.5], [11.0, 11.5, 13, 11]
    found = paired(base, new)
    assert found
    assert found.p == pytest.approx(stats.ttest_rel(np.log(base), np.log(new)).pvalue)
    low, high = interval([1.0, 2, 3, 4])
    assert (low, high) == pytest.approx(
        stats.t.interval(0.95, 3, 2.5, np.std([1, 2, 3, 4], ddof=1) / 2)
    )
    # It reaches over all values.
    assert interval([1.0] * 20 + [9.0])[1] == 9
