# SPDX-License-Identifier: GPL-2.0-or-later
"""``report.stats``: how often it errs and what it sees, on simulated machines."""

import os
from dataclasses import replace
from typing import List, Sequence

import numpy as np
import pytest
from scipy.stats import binom

from comparison_data import NOISY, QUIET, TWO_CPUS, Machine, Sides, cell
from report.stats.change import compare_all
from report.stats.fdr import discoveries
from report.stats.layouts import Scatter, errors
from report.stats.verdict import Verdict, judge

# STATS_RUNS=500 takes minutes, and says what docs/methodology.md says.
RUNS = int(os.environ.get("STATS_RUNS", "30"))
TOLD = (Verdict.FASTER, Verdict.SLOWER)
# So that nothing is called the same that might have been called faster.
NO_MARGIN = 0.00001


def alarms(machine: Machine, runs: int, cells: int = 12, blocks: int = 18) -> int:
    """Of runs in which nothing changed: how many had a cell told."""
    rng = np.random.default_rng(2015)
    count = 0
    for _ in range(runs):
        changes = compare_all([cell(rng, machine, blocks) for _ in range(cells)])
        count += any(v in TOLD for v in judge(changes, margin=NO_MARGIN))
    print(f"{count} of {runs} runs")
    return count


@pytest.mark.parametrize(
    "machine",
    [
        NOISY,
        TWO_CPUS,
        replace(NOISY, layout=0.02),
        replace(NOISY, layout=0.02, alike=True),
    ],
    ids=["one CPU", "two CPUs", "layouts differ", "layouts alike"],
)
def test_runs_without_a_change(machine: Machine) -> None:
    assert alarms(machine, RUNS) <= binom.ppf(0.97, RUNS, 0.01)


@pytest.mark.parametrize("cells", [16, 64])
@pytest.mark.parametrize("deviation", [0.0, 0.005, 0.02, 0.05])
def test_layouts_raise_no_alarm(deviation: float, cells: int) -> None:
    """Three layouts a side, each of which shifts each cell; many runs: it is cheap."""
    rng = np.random.default_rng(cells)
    noise = 0.003**2
    runs, count = 100, 0
    for _ in range(runs):
        ratios = rng.normal(0, np.sqrt(2 * deviation**2 + noise), (cells, 3))
        scatters = [Scatter(3, float(r.var(ddof=1)), noise, noise / 3) for r in ratios]
        found = errors(scatters)
        p = [2 * e.beyond(abs(float(r.mean()))) for e, r in zip(found, ratios)]
        count += any(discoveries(p, 0.01))
    assert count <= 3


def told(machine: Machine, blocks: int, change: float, runs: int = 5) -> float:
    """The share of cells with that change that were called slower, one cell in four."""
    rng = np.random.default_rng(8)
    hits: List[bool] = []
    for _ in range(runs):
        amounts = [change if i % 4 == 0 else 0.0 for i in range(32)]
        sides = [cell(rng, machine, blocks, amount) for amount in amounts]
        verdicts = judge(compare_all(sides), margin=0.01)
        hits += [v is Verdict.SLOWER for v in verdicts[::4]]
        assert not any(v in TOLD for i, v in enumerate(verdicts) if i % 4)
    print(f"told {sum(hits)} of {len(hits)}")
    return sum(hits) / len(hits)


def test_three_percent_is_seen() -> None:
    """With 100 samples a side, also where layouts matter alike on both sides."""
    assert told(NOISY, 51, 0.03, runs=3) >= 0.95
    assert told(replace(NOISY, layout=0.02, alike=True), 51, 0.03, runs=3) >= 0.95


def test_a_tenth_of_a_percent_is_not() -> None:
    assert told(NOISY, 51, 0.001, runs=2) == 0


def test_stopping_once_intervals_are_narrow_raises_no_alarm() -> None:
    """The width decides when to stop, for each cell; the rest as in a comparison."""
    rng = np.random.default_rng(77)
    count = 0
    for _ in range(20):
        cells = [cell(rng, NOISY, 48) for _ in range(4)]
        changes = compare_all([_stopped(sides) for sides in cells])
        count += any(v in TOLD for v in judge(changes, margin=NO_MARGIN))
    assert count <= 1


def _stopped(sides: Sides, steps: Sequence[int] = (15, 24)) -> Sides:
    """The first blocks of a cell, as many as make its interval narrow."""
    for blocks in steps:
        part = tuple([m for m in side if m.block < blocks] for side in sides)
        if compare_all([(part[0], part[1])])[0].width < 0.005:
            return part[0], part[1]
    return sides


def test_intervals_cover_the_change() -> None:
    rng = np.random.default_rng(31)
    for machine in (NOISY, replace(NOISY, layout=0.01)):
        changes = [
            change
            for _ in range(5)
            for change in compare_all([cell(rng, machine, 30, 0.02) for _ in range(20)])
        ]
        covered = sum(change.low <= 1.02 <= change.high for change in changes)
        assert 0.92 <= covered / len(changes)


@pytest.mark.parametrize("layouts,blocks", [(1, 6), (1, 9), (1, 15), (3, 15)])
def test_few_blocks_cover_and_raise_no_alarm(layouts: int, blocks: int) -> None:
    """A program against itself, with as few blocks as say anything."""
    rng = np.random.default_rng(1000 * layouts + blocks)
    runs, count = 25, 0
    for machine in (QUIET, NOISY):
        covered: List[bool] = []
        for _ in range(runs):
            sides = [cell(rng, machine, blocks, layouts=layouts) for _ in range(12)]
            changes = compare_all(sides)
            count += any(v in TOLD for v in judge(changes, margin=NO_MARGIN))
            covered += [change.low <= 1 <= change.high for change in changes]
        share = sum(covered) / len(covered)
        print(f"{layouts} x {blocks // layouts} blocks: {share:.3f} covered")
        # 300 cells: two standard errors below 95 %.
        assert share >= 0.925
    assert count <= binom.ppf(0.97, 2 * runs, 0.01)


def test_few_blocks_are_not_called_the_same() -> None:
    """A change at the margin itself is within it as seldom as an interval errs."""
    rng = np.random.default_rng(5)
    same = 0
    for _ in range(25):
        sides = [cell(rng, QUIET, 6, 0.02, layouts=1) for _ in range(12)]
        verdicts = judge(compare_all(sides), margin=0.02)
        same += sum(v is Verdict.SAME for v in verdicts)
    assert same <= binom.ppf(0.97, 300, 0.025)
