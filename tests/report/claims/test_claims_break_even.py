# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the think time and the flush cost at which a verdict changes."""

import math
from pathlib import Path
from typing import List, Optional, Sequence

import pytest

from claims_sample import MARGIN, SIM, cell, data_of, samples
from report.claims.break_even import FLUSH, break_evens, last_crossing, words
from report.claims.case import BreakEven
from report.claims.draw import as_svg
from report.claims.panels import panels
from report.claims.time_claims import one_pool
from report.claims.variants import PATH_4_0, PATH_4_1, POOLED_1, SUN4U
from report.read.run import Sample

THINKS = (0, 50, 200, 1000)
COSTS = (150, 800, 3000, 30000)


def thinking(
    base_ns: float,
    more_ns: float,
    profile: Optional[str] = None,
    noise: float = 0.0,
    thinks: Sequence[int] = THINKS,
    number: float = 15,
) -> List[Sample]:
    """The call paths at several think times; the new one takes so much more."""
    taken: List[Sample] = []
    for think in thinks:
        for variant, more in ((PATH_4_0, 0.0), (PATH_4_1, more_ns)):
            here = cell(variant, profile, think=think)
            time = base_ns + more + think
            taken += samples(here, time, noise, number, seeds=min(number, 4))
    return taken


def only(found: Sequence[BreakEven]) -> BreakEven:
    """The one of them."""
    assert len(found) == 1
    return found[0]


def of_paths(directory: Path, taken: List[Sample]) -> BreakEven:
    """Their only break-even."""
    data = data_of(directory, taken)
    return only(break_evens(data, [(PATH_4_1, PATH_4_0)], MARGIN))


@pytest.mark.parametrize("profile", [None, SIM])
def test_the_break_even_is_found(tmp_path: Path, profile: Optional[str]) -> None:
    """10 ns more are 5 % of 200 ns: of 100 ns and 100 ns of think time."""
    found = of_paths(tmp_path, thinking(100, 10, profile))
    assert found.value.value == pytest.approx(100, abs=1e-6)
    assert found.value.low == pytest.approx(found.value.high, abs=1e-6)
    assert words(found) == "100 ns [100 ns .. 100 ns]"
    assert (found.where.think_ns, found.places) == (0, THINKS)


def test_noise_has_an_interval_that_covers(tmp_path: Path) -> None:
    """It has the true place in it, and says how far off it may be."""
    found = of_paths(tmp_path, thinking(100, 10, noise=0.01))
    assert found.value.low < 100 < found.value.high
    assert 5 < found.value.high - found.value.low < 200
    seeds = of_paths(tmp_path, thinking(100, 10, SIM, noise=0.01))
    assert seeds.value.low < seeds.value.value < seeds.value.high


@pytest.mark.parametrize(
    "more, said",
    [
        (0.0, "none needed"),
        (-20.0, "none needed"),
        (4.9, "none needed"),
        (5.1, "2 ns [2 ns .. 2 ns]"),
        (100.0, "more than 1 \u00b5s"),
    ],
)
def test_beyond_what_was_measured(tmp_path: Path, more: float, said: str) -> None:
    """No place is made up outside of the think times."""
    assert words(of_paths(tmp_path, thinking(100, more))) == said


def test_an_interval_may_be_open(tmp_path: Path) -> None:
    """Noise that leaves open whether it is within the think times says so."""
    found = of_paths(tmp_path, thinking(100, 54, noise=0.05))
    assert math.isinf(found.value.high) and found.value.low > 0
    assert words(found).endswith("more than 1 \u00b5s]")


def test_what_it_needs(tmp_path: Path) -> None:
    """Two places in one run, and enough blocks or seeds."""
    for taken in (
        thinking(100, 10, thinks=(0,)),
        thinking(100, 10, number=5),
        thinking(100, 10, SIM, number=1),
        [s for s in thinking(100, 10) if s.cell.variant == PATH_4_1],
    ):
        data = data_of(tmp_path, taken)
        assert not break_evens(data, [(PATH_4_1, PATH_4_0)], MARGIN)


def test_the_last_crossing_counts() -> None:
    """Above it the change is within the margin; below it need not be beyond."""
    assert last_crossing([0, 10, 20, 30], [-1, 1, 1, -1]) == 25
    assert last_crossing([0, 10, 20, 30], [1, -1, 3, -1]) == 27.5
    assert last_crossing([0, 10], [0, 0]) == 0
    assert last_crossing([0, 10], [-1, 1]) == math.inf


def costing(base: float, rates: Sequence[float], noise: float = 0.0) -> List[Sample]:
    """Both at several flush costs, with so many flushes per 1000 ops."""
    taken: List[Sample] = []
    for cost in COSTS:
        for variant, time, rate in (
            (SUN4U, 100.0, rates[0]),
            (POOLED_1, base, rates[1]),
        ):
            here = cell(variant, SIM, flush=f"spin:{cost}")
            taken += samples(here, time + rate * cost / 1000, noise)
    return taken


@pytest.mark.parametrize(
    "base, rates, said",
    [
        # Of 3 ns more and one flush more a 1000 the second makes up for 2 ns at 2 us.
        (103, (0.0, 1.0), "flips at 2 \u00b5s [2 \u00b5s .. 2 \u00b5s]: holds below"),
        (110, (1.0, 1.0), "does not flip from 150 ns to 30 \u00b5s: fails"),
        (101, (0.1, 0.1), "does not flip from 150 ns to 30 \u00b5s: holds"),
        # Where both flush a lot the difference of the code is lost in it.
        (
            110,
            (10.0, 10.0),
            "flips at 10 \u00b5s [10 \u00b5s .. 10 \u00b5s]: fails below",
        ),
    ],
)
def test_where_the_verdict_flips(
    tmp_path: Path, base: float, rates: Sequence[float], said: str
) -> None:
    """Over the flush's cost, in either direction, or not at all."""
    data = data_of(tmp_path, costing(base, rates))
    found = only(break_evens(data, [(POOLED_1, SUN4U)], MARGIN, FLUSH))
    assert words(found).startswith(said)


def test_seeds_that_disagree_tell_no_flip(tmp_path: Path) -> None:
    """A change at the margin, and seeds on both sides of it."""
    data = data_of(tmp_path, costing(105, (0.0, 0.0), noise=0.02))
    found = only(break_evens(data, [(POOLED_1, SUN4U)], MARGIN, FLUSH))
    assert words(found) == "cannot tell whether it flips from 150 ns to 30 \u00b5s"


def test_c1_has_them(tmp_path: Path) -> None:
    """Of the call paths, and of the bare allocators beside."""
    taken = thinking(100, 10)
    taken += [s for s in costing(103, (0.0, 1.0)) if s.cell.think == "0"]
    finding = one_pool(data_of(tmp_path, taken), MARGIN)
    assert [(each.where.variant, each.dimension) for each in finding.breaks] == [
        (PATH_4_1, "think_ns"),
        (POOLED_1, "flush_ns"),
    ]


def test_the_picture_over_think_time(tmp_path: Path) -> None:
    """0 has its place, and names of places that lie close do not run together."""
    data = data_of(tmp_path, thinking(100, 10, thinks=(0, 20, 22, 24, 1000)))
    (chart,) = [c for c in one_pool(data, MARGIN).charts if c.name == "C1-think"]
    (panel,) = panels(chart)
    assert [point.x for point in panel.lines["1 CPU"]] == [0, 20, 22, 24, 1000]
    svg = as_svg(chart, ["foot"]).decode()
    assert "think time" in svg
    for name, shown in (("0 ns", 1), ("24 ns", 1), ("22 ns", 0), ("1 \u00b5s", 1)):
        assert svg.count(f"<!-- {name} -->") == shown


def test_other_pictures_have_two_think_times(tmp_path: Path) -> None:
    """Or they would have a panel for each."""
    data = data_of(tmp_path, thinking(100, 10, thinks=(0, 20, 500, 1000)))
    (chart,) = [c for c in one_pool(data, MARGIN).charts if c.name == "C1-path"]
    titles = [panel.title for panel in panels(chart)]
    assert titles == ["this host, think time 0 ns", "this host, think time 1000 ns"]
