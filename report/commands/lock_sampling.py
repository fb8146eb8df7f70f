# SPDX-License-Identifier: GPL-2.0-or-later
"""``lock-sampling``: figures of locks from drawn acquisitions against those of all.

The simulator knows both: it times every acquisition for nothing, or, with --draw-locks,
single ones drawn at random, and then spends the time that reading a clock takes.
"""

import argparse
import statistics
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, List, Optional, Sequence

from report import ReportError
from report.read.cell import Cell
from report.read.load import load_run
from report.read.run import Sample

NAME = "lock-sampling"
HELP = "hold lock figures of drawn acquisitions against those of all of them"

#: How far a figure may be off, as a share of it.
TOLERANCE = 0.10
#: The clock is read beside the lock. That gives CPUs that poll it the time to fetch its
#: line: such a hold is longer, and the attempts that still succeed are quicker.
TOLERANCE_BESIDE = 0.20
#: Shares this close are the same, however small they are.
SHARE_STEP = 0.005


@dataclass(frozen=True)
class Judged:
    """A figure that is judged: what heads it, how it is read, how it is shown."""

    head: str
    name: str
    per: str = ""
    percent: bool = False
    tolerance: float = TOLERANCE

    def of(self, samples: Sequence[Sample]) -> Optional[float]:
        """Its median over the samples; None where none has it, as nothing waited."""
        values = [
            sample.figures[self.name] / (sample.figures[self.per] if self.per else 1)
            for sample in samples
            if self.name in sample.figures
            and (not self.per or sample.figures[self.per])
        ]
        return statistics.median(values) if values else None

    def too_far(self, exact: Optional[float], drawn: Optional[float]) -> bool:
        """Whether the drawn acquisitions do not tell what all of them do."""
        if exact is None or drawn is None:
            return exact is not drawn
        slack = SHARE_STEP if self.percent else 0.0
        return abs(drawn - exact) > max(self.tolerance * exact, slack)

    def text(self, value: Optional[float]) -> str:
        """The value, for the table."""
        if value is None:
            return "-"
        shown = 100 * value if self.percent else value
        return f"{shown:.0f}" if shown >= 1000 else f"{shown:.1f}"


FIGURES = (
    Judged("waiting %", "waiting_share", percent=True),
    Judged("acquire ns", "acquire_ns_mean", tolerance=TOLERANCE_BESIDE),
    Judged("wait ns", "wait_ns_mean"),
    Judged("hold ns", "hold_ns_mean", tolerance=TOLERANCE_BESIDE),
    Judged("bounces %", "acq_bounces", per="acquisitions", percent=True),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("exact", type=Path, help="results of sim")
    parser.add_argument("drawn", type=Path, help="the same with --draw-locks")


def run(args: argparse.Namespace) -> int:
    """Print each cell both ways; 1 if a figure is too far off, else 0."""
    exact, drawn = _load(args.exact, exact=True), _load(args.drawn, exact=False)
    if list(exact) != list(drawn):
        raise ReportError(
            f"{args.drawn}: its cells are not those of {args.exact}; give two runs with"
            " the same options but for --draw-locks"
        )
    _print_heads()
    wrong: List[str] = []
    slower = {}
    for cell, of_all in exact.items():
        wrong += _print_cell(cell, of_all, drawn[cell])
        slower[cell] = _time(drawn[cell]) / _time(of_all) - 1
    number = sum(f.of(of_all) is not None for of_all in exact.values() for f in FIGURES)
    most = max(slower, key=lambda cell: slower[cell])
    print(
        f"\n{number - len(wrong)} of {number} figures within {100 * TOLERANCE:.0f} %"
        f" (acquire and hold: {100 * TOLERANCE_BESIDE:.0f} %; shares: or"
        f" {100 * SHARE_STEP:.1f} points)\ntime of an op with drawing:"
        f" {100 * statistics.median(slower.values()):+.1f} % in the median, at"
        f" most {100 * slower[most]:+.1f} % ({_short(most)})"
    )
    for text in wrong:
        print(f"too far: {text}")
    return 1 if wrong else 0


def _load(path: Path, exact: bool) -> Dict[Cell, List[Sample]]:
    cells: Dict[Cell, List[Sample]] = defaultdict(list)
    for sample in load_run(path).of_pass("sim"):
        if not sample.failed:
            cells[sample.cell].append(sample)
    if not cells:
        raise ReportError(f"{path}: has no simulated sample; give results of sim")
    every = all(s.figures["lock_sample"] == 1 for each in cells.values() for s in each)
    if every != exact:
        raise ReportError(
            f"{path}: {'not all' if exact else 'all'} acquisitions were timed; give"
            f" results of sim {'without' if exact else 'with'} --draw-locks"
        )
    return dict(cells)


def _time(samples: Sequence[Sample]) -> float:
    return statistics.median(sample.figures["real_time"] for sample in samples)


def _short(cell: Cell) -> str:
    return f"{cell.workload} {cell.variant}, {cell.cpus} CPUs"


def _print_heads() -> None:
    heads = "".join(f" {figure.head:>15}" for figure in FIGURES)
    print("all acquisitions / drawn ones\n")
    print(f"  {'workload':8} {'allocator':20} {'CPUs':>4}{heads}")


def _print_cell(
    cell: Cell, of_all: Sequence[Sample], drawn: Sequence[Sample]
) -> List[str]:
    """Print a cell's row; return what of it is too far off."""
    row = f"  {cell.workload:8} {cell.variant:20} {cell.cpus:4}"
    wrong = []
    for figure in FIGURES:
        one, other = figure.of(of_all), figure.of(drawn)
        far = figure.too_far(one, other)
        both = f"{figure.text(one)} / {figure.text(other)}"
        row += f" {both + ('!' if far else ''):>15}"
        if far:
            wrong.append(f"{_short(cell)}: {figure.head}: {both}")
    print(row)
    return wrong
