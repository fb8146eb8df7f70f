# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated part of a comparison: exact, so any difference is one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Mapping, Optional, Tuple

from report.load import Cell, Sample
from report.naming import Names
from report.sides import ALLOCATORS, Sides, load_simulated, require_common

# What is shown of a cell that differs, per pair; a figure's name in the table.
_WORK: Tuple[Tuple[str, str], ...] = (
    ("acquisitions", "acquisitions"),
    ("contentions", "contentions"),
    ("flushes_per_kpair", "flushes"),
    ("basic_blocks", "basic blocks"),
)
# Counts of a whole interval; the other figures are per pair already.
_TOTALS = ("acquisitions", "contentions")


@dataclass(frozen=True)
class Work:
    """A figure of both sides, per pair."""

    name: str
    base: float
    new: float

    @property
    def change(self) -> Optional[float]:
        """The relative change; None from 0."""
        return self.new / self.base - 1 if self.base else None


@dataclass(frozen=True)
class SimulatedRow:
    """A cell (of base), ns a pair and CPU of both sides, and what else differs.

    `identical` says that no figure of any kind differs.
    """

    cell: Cell
    base: float
    new: float
    work: Tuple[Work, ...]
    identical: bool

    @property
    def change(self) -> float:
        """The relative change of the time."""
        return self.new / self.base - 1


@dataclass(frozen=True)
class Simulated:
    """All cells that both sides have simulated, in the order of their names."""

    sides: Sides
    names: Names
    rows: Tuple[SimulatedRow, ...]

    @property
    def changed(self) -> List[SimulatedRow]:
        """The rows in which anything differs."""
        return [row for row in self.rows if not row.identical]

    @property
    def identical(self) -> List[Cell]:
        """The cells in which nothing differs."""
        return [row.cell for row in self.rows if row.identical]


def load_simulated_pair(
    files: Tuple[Path, Path], kind: str, across_hosts: bool
) -> Simulated:
    """The comparison of two files of `iommubench sim`, base's and new's."""
    sides = load_simulated(files[0], files[1], kind, across_hosts)
    require_common(sides)
    names = Names(list(sides.cells), kind == ALLOCATORS)
    cells = sorted(sides.cells, key=names.order)
    rows = tuple(_row(cell, *sides.cells[cell]) for cell in cells)
    return Simulated(sides, names, rows)


def _row(cell: Cell, base: List[Sample], new: List[Sample]) -> SimulatedRow:
    # Repetitions differ in their seeds; both sides have the same ones.
    ours, theirs = [_by_seed(samples) for samples in (base, new)]
    seeds = [seed for seed in ours if seed in theirs]
    one = [ours[seed] for seed in seeds] or [base[0].figures]
    other = [theirs[seed] for seed in seeds] or [new[0].figures]
    work = [
        Work(title, _mean(one, _figure(name)), _mean(other, _figure(name)))
        for name, title in _WORK
    ]
    return SimulatedRow(
        cell=cell,
        base=_mean(one, lambda f: f["real_time"]),
        new=_mean(other, lambda f: f["real_time"]),
        work=tuple(each for each in work if each.base != each.new),
        identical=ours == theirs,
    )


def _by_seed(samples: List[Sample]) -> Mapping[int, Mapping[str, float]]:
    return {sample.seed: sample.figures for sample in samples}


def _figure(name: str) -> Callable[[Mapping[str, float]], float]:
    if name in _TOTALS:
        return lambda figures: figures.get(name, 0.0) / figures["iterations"]
    return lambda figures: figures.get(name, 0.0)


def _mean(
    figures: List[Mapping[str, float]], of: Callable[[Mapping[str, float]], float]
) -> float:
    return sum(of(each) for each in figures) / len(figures)
