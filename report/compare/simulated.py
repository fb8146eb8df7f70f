# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated part of a comparison: the same bytes give the same figures."""

from dataclasses import dataclass
from pathlib import Path
from typing import Callable, List, Mapping, Optional, Sequence, Tuple, Union

from report import NotComparable, ReportError
from report.read.cell import Cell
from report.read.run import Sample
from report.compare.cell_names import CellNames
from report.compare.sides import ALLOCATORS, Sides, alone, failed, load_simulated
from report.compare.sides import require_common

# What is shown of a cell that differs, per op; a figure's name in the table.
_WORK: Tuple[Tuple[str, str], ...] = (
    ("acquisitions", "acquisitions"),
    ("contentions", "contentions"),
    ("flushes_per_kop", "flushes"),
    ("basic_blocks", "basic blocks"),
)
# Counts of a whole interval; the other figures are per op already.
_TOTALS = ("acquisitions", "contentions")


@dataclass(frozen=True)
class Work:
    """A figure of both sides, per op."""

    name: str
    base: float
    new: float

    @property
    def change(self) -> Optional[float]:
        """The relative change; None from 0."""
        return self.new / self.base - 1 if self.base else None


@dataclass(frozen=True)
class SimulatedRow:
    """A cell (of base), ns/op of both sides, and what else differs.

    `identical` says that no figure of any kind differs; `unmatched` samples are left
    out, as the other side has none with their seed.
    """

    cell: Cell
    base: float
    new: float
    work: Tuple[Work, ...]
    identical: bool
    unmatched: int

    @property
    def change(self) -> float:
        """The relative change of the time."""
        return self.new / self.base - 1


@dataclass(frozen=True)
class Simulated:
    """All cells that both sides have simulated, in the order of their names."""

    sides: Sides
    names: CellNames
    rows: Tuple[SimulatedRow, ...]

    @property
    def changed(self) -> List[SimulatedRow]:
        """The rows in which anything differs."""
        return [row for row in self.rows if not row.identical]

    @property
    def identical(self) -> List[Cell]:
        """The cells in which nothing differs."""
        return [row.cell for row in self.rows if row.identical]

    @property
    def notes(self) -> List[str]:
        """What was not compared or is not comparable, a sentence each."""
        result = [*failed(self.sides), *alone(self.sides)]
        unmatched = sum(row.unmatched for row in self.rows)
        if unmatched:
            result.append(
                f"{unmatched} samples left out: the other side lacks their seed"
            )
        if not (self.sides.base.complete and self.sides.new.complete):
            result.append("a simulation was stopped before its plan was complete")
        if self.sides.differences:
            result.append(f"!: {self.sides.differences}")
        return result


# What was simulated, or why it cannot be compared; None if nothing was.
Simulation = Union[Simulated, ReportError, None]


def simulation_of(
    files: Optional[Sequence[Path]], kind: str, across_hosts: bool
) -> Simulation:
    """What the two files given with --sim say; None without any.

    An error is returned, not raised: what was measured is shown in any case.
    """
    if not files:
        return None
    try:
        return load_simulated_pair((files[0], files[1]), kind, across_hosts)
    except ReportError as error:
        return error


def raise_unfit(simulated: Simulation) -> None:
    """Raise what is wrong with files; that they do not fit each other is an outcome."""
    if isinstance(simulated, ReportError) and not isinstance(simulated, NotComparable):
        raise simulated


def load_simulated_pair(
    files: Tuple[Path, Path], kind: str, across_hosts: bool
) -> Simulated:
    """The comparison of two files of `iommubench sim`, base's and new's.

    ReportError if they are none, NotComparable if they do not fit each other.
    """
    sides = load_simulated(files[0], files[1], kind, across_hosts)
    require_common(sides)
    names = CellNames(list(sides.cells), kind == ALLOCATORS)
    cells = sorted(sides.cells, key=names.order)
    rows = tuple(_row(cell, *sides.cells[cell]) for cell in cells)
    return Simulated(sides, names, rows)


def _row(cell: Cell, base: List[Sample], new: List[Sample]) -> SimulatedRow:
    # Repetitions differ in their seeds: the same one makes the same lifetimes.
    ours, theirs = [_by_seed(samples) for samples in (base, new)]
    seeds = [seed for seed in ours if seed in theirs]
    if not seeds:
        raise NotComparable(
            f"the sides of {cell} have no seed in common: simulate both with the same"
            " --seed"
        )
    one, other = [ours[seed] for seed in seeds], [theirs[seed] for seed in seeds]
    work = [
        Work(title, _mean(one, _figure(name)), _mean(other, _figure(name)))
        for name, title in _WORK
    ]
    return SimulatedRow(
        cell=cell,
        base=_mean(one, lambda f: f["real_time"]),
        new=_mean(other, lambda f: f["real_time"]),
        work=tuple(each for each in work if each.base != each.new),
        identical=one == other,
        unmatched=len(ours) + len(theirs) - 2 * len(seeds),
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
