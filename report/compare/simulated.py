# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated part of a comparison: the same seeds on both sides."""

import statistics
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Callable, List, Mapping, Optional, Sequence, Tuple, Union

from report import NotComparable, ReportError
from report.read.cell import Cell
from report.read.run import Sample
from report.compare.cell_names import CellNames
from report.compare.differences import instruments_differ
from report.compare.sides import ALLOCATORS, Sides, alone, failed, load_simulated
from report.compare.sides import require_common
from report.stats.seeds import SIGNS, Paired, Told, paired, told

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
    """A figure of both sides, per op: means over the seeds."""

    name: str
    base: float
    new: float

    @property
    def change(self) -> Optional[float]:
        """The relative change; None from 0."""
        return self.new / self.base - 1 if self.base else None


@dataclass(frozen=True)
class SimulatedRow:
    """A cell (of base), ns/op of both sides, what of it is told, and what else moved.

    Times are medians over the seeds, `paired` their change seed by seed (None where a
    time is 0). `work` has the figures whose change is more than chance. IDENTICAL says
    that no figure of any kind differs in any seed. `unmatched` samples are left out, as
    the other side has none with their seed.
    """

    cell: Cell
    base: float
    new: float
    seeds: int
    paired: Optional[Paired]
    told: Told
    work: Tuple[Work, ...]
    unmatched: int

    @property
    def change(self) -> float:
        """The relative change of the time, the median over the seeds."""
        return self.paired.ratio - 1 if self.paired else 0.0


@dataclass(frozen=True)
class Simulated:
    """All cells that both sides have simulated, in the order of their names."""

    sides: Sides
    names: CellNames
    rows: Tuple[SimulatedRow, ...]

    @property
    def changed(self) -> List[SimulatedRow]:
        """The rows in which anything differs."""
        return [row for row in self.rows if row.told is not Told.IDENTICAL]

    def of(self, *kinds: Told) -> List[SimulatedRow]:
        """The rows of which that is told."""
        return [row for row in self.rows if row.told in kinds]

    @property
    def seeds(self) -> str:
        """How many seeds the cells have: "8", "1 to 8"."""
        counts = sorted({row.seeds for row in self.rows})
        ends = dict.fromkeys((counts[0], counts[-1]))
        return " to ".join(map(str, ends))

    @property
    def notes(self) -> List[str]:
        """What was not compared or is not comparable, a sentence each."""
        result = [*failed(self.sides), *alone(self.sides)]
        unmatched = sum(row.unmatched for row in self.rows)
        if unmatched:
            result.append(
                f"{unmatched} samples left out: the other side lacks their seed"
            )
        if untold(self.sides):
            result.append(
                "the files do not tell which simulator made them: what changed may be"
                " the instrument"
            )
        if not (self.sides.base.complete and self.sides.new.complete):
            result.append("a simulation was stopped before its plan was complete")
        if self.sides.differences:
            result.append(f"!: {self.sides.differences}")
        return result


def untold(sides: Sides) -> bool:
    """Whether nobody can know if both sides had the same simulator."""
    return not (sides.base.simulator and sides.base.simulator.sources)


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
    rows = [_row(cell, *sides.cells[cell]) for cell in cells]
    if instruments_differ(sides.base, sides.new):
        changed = [row for row in rows if row.told is not Told.IDENTICAL]
        others = {row.cell: replace(row, told=Told.INSTRUMENT) for row in changed}
        return Simulated(sides, names, tuple(others.get(r.cell, r) for r in rows))
    return Simulated(sides, names, tuple(_judged(rows)))


def _judged(rows: Sequence[SimulatedRow]) -> List[SimulatedRow]:
    """The rows with what is told of them; those that are identical are no test."""
    tested = [row for row in rows if row.told is not Told.IDENTICAL]
    words = iter(told([row.paired for row in tested]))
    return [
        row if row.told is Told.IDENTICAL else replace(row, told=next(words))
        for row in rows
    ]


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
    work = [_work(title, one, other, _figure(name)) for name, title in _WORK]
    times = [[figures["real_time"] for figures in side] for side in (one, other)]
    return SimulatedRow(
        cell=cell,
        base=statistics.median(times[0]),
        new=statistics.median(times[1]),
        seeds=len(seeds),
        paired=paired(*times),
        told=Told.IDENTICAL if one == other else Told.UNKNOWN,
        work=tuple(each for each in work if each),
        unmatched=len(ours) + len(theirs) - 2 * len(seeds),
    )


def _work(
    title: str,
    base: List[Mapping[str, float]],
    new: List[Mapping[str, float]],
    of: Callable[[Mapping[str, float]], float],
) -> Optional[Work]:
    """The figure, if its change is more than the seeds do."""
    one, other = [of(each) for each in base], [of(each) for each in new]
    found = Work(title, statistics.fmean(one), statistics.fmean(other))
    change = paired(one, other)
    if change is None:
        # From nothing in any seed to something in all, or back.
        sure = max(one) < min(other) or max(other) < min(one)
        return found if sure and 2 * 0.5 ** len(one) <= SIGNS else None
    sure = change.signs <= SIGNS and change.p <= SIGNS and change.is_large
    return found if sure else None


def _by_seed(samples: List[Sample]) -> Mapping[int, Mapping[str, float]]:
    return {sample.seed: sample.figures for sample in samples}


def _figure(name: str) -> Callable[[Mapping[str, float]], float]:
    if name in _TOTALS:
        return lambda figures: figures.get(name, 0.0) / figures["iterations"]
    return lambda figures: figures.get(name, 0.0)
