# SPDX-License-Identifier: GPL-2.0-or-later
"""``report validate`` and ``report headline``: the verdicts, on made-up blocks."""

from pathlib import Path
from typing import Dict, List, Tuple

import pytest

from report import ReportError
from report.commands import validate
from report.read.cell import Cell
from report.text.median import median_interval
from report.commands.validate import Block, Ratio

REST = "flush:none/occupancy:5/lock:tas/think:0"


def cell(allocator: str, cpus: int) -> Cell:
    return Cell.parse(f"ring/{allocator}/pools:1/cpus:{cpus}/{REST}")


def blocks(native: Dict[Cell, float], simulated: Dict[Cell, float]) -> List[Block]:
    """Eight alike, within a percent."""
    return [
        Block(
            before_ps=20000,
            after_ps=21000,
            native={c: rate * (1 + i / 1000) for c, rate in native.items()},
            simulated=simulated,
        )
        for i in range(8)
    ]


def ratio(native: List[float], simulated: float) -> Ratio:
    return Ratio("ring", "sun4u/pools:1", median_interval(native), simulated)


def test_verdicts() -> None:
    narrow = [1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.06, 1.07]
    assert ratio(narrow, 1.2).verdict == ""
    assert ratio(narrow, 1.5).verdict == "TOO FAR"
    assert ratio(narrow, 0.7).verdict == "TOO FAR"
    # Some native values are near enough, or there are too few to know.
    assert ratio([1.0] * 4 + [1.4] * 4, 1.6).verdict == "cannot tell"
    assert ratio(narrow[:3], 1.5).verdict == "cannot tell"


def test_ratios_are_of_the_largest_over_the_smallest() -> None:
    one, two = cell("sun4u", 1), cell("sun4u", 2)
    (found,) = validate._ratios(blocks({one: 100.0, two: 50.0}, {one: 80.0, two: 44.0}))
    assert found.variant == "sun4u/pools:1"
    assert found.native.median == pytest.approx(0.5)
    assert found.simulated == pytest.approx(0.55)
    assert found.error == pytest.approx(0.1)


def test_a_reversed_order_is_told() -> None:
    fast, slow = cell("sun4u", 1), cell("gart", 1)
    native = {fast: 100.0, slow: 50.0}
    assert not validate._differing_orders(blocks(native, {fast: 90.0, slow: 80.0}))
    (text,) = validate._differing_orders(blocks(native, {fast: 70.0, slow: 80.0}))
    assert "sun4u/pools:1 is natively 2.00 times as fast as gart/pools:1" in text
    # Natively not told apart: nothing to be wrong about.
    assert not validate._differing_orders(
        blocks({fast: 100.0, slow: 100.1}, {fast: 70.0, slow: 80.0})
    )


def test_a_block_in_which_the_machine_changed_is_not_steady() -> None:
    assert Block(20000, 24000, {}, {}).steady
    assert not Block(20000, 90000, {}, {}).steady
    assert not Block(90000, 20000, {}, {}).steady


def test_a_folder_without_blocks(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="has no blocks"):
        validate._load_blocks(tmp_path)
    (tmp_path / "1").mkdir()
    with pytest.raises(ReportError, match="host"):
        validate._load_blocks(tmp_path)


def test_figures_of_locks_are_judged() -> None:
    """Of the most CPUs; a small share may be far off as a ratio, and be the same."""
    one, two = cell("sun4u", 1), cell("sun4u", 2)
    figures: List[Tuple[Dict[Cell, float], Dict[Cell, float]]] = [
        ({one: 0.0, two: 0.40}, {one: 0.5, two: 0.43}),
        ({two: 0.01}, {two: 0.04}),
        ({two: 500.0}, {two: 900.0}),
        ({}, {two: 60.0}),
    ]
    rates = {one: 1.0, two: 1.0}
    alike = [Block(20000, 21000, rates, rates, figures)] * 8
    found = {figure.head: ratios for figure, ratios in validate._locks(alike)}
    assert {head: [r.verdict for r in of] for head, of in found.items()} == {
        "contended": [""],
        "waiting": [""],
        "wait, ns": ["TOO FAR"],
        "hold, ns": [],
    }
