# SPDX-License-Identifier: GPL-2.0-or-later
"""Two sides to compare: from a file of `make compare`, or from two files."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from report import NotComparable, ReportError
from report.compare.differences import differing, differing_simulations
from report.read.cell import Cell
from report.read.load import load_run
from report.read.run import Run, Sample
from report.stats.data import Measurement

REVISIONS, ALLOCATORS, FILES = "revisions", "allocators", "files"
SIDES = ("base", "new")
# Blocks of two files are never the same.
_OTHER_FILE = 1_000_000_000

CellSamples = Tuple[List[Sample], List[Sample]]


@dataclass(frozen=True)
class Sides:
    """Both sides' samples, cell by cell.

    `kind` is what differs: REVISIONS, ALLOCATORS, or FILES where two runs are compared.
    `cells` has the samples of base and new under the cell of base; `alone` the cells
    that one side lacks; `failures` the failed samples, each with its side.
    `differences` says what else differs, "" if nothing.
    """

    kind: str
    base: Run
    new: Run
    cells: Mapping[Cell, CellSamples]
    alone: Tuple[Cell, ...]
    failures: Tuple[Tuple[str, Sample], ...]
    differences: str

    @property
    def samples(self) -> List[Sample]:
        """All samples that are compared."""
        return [s for both in self.cells.values() for side in both for s in side]

    @property
    def noisy(self) -> int:
        """How many of them were noisy."""
        return sum(sample.noisy for sample in self.samples)

    def failed_of(self, cell: Cell) -> Tuple[int, int]:
        """How many samples of a cell (of base) failed on either side."""
        sized = _tell_sizes(self.base, self.new)
        key = _key(cell, self.kind, sized)
        found = [
            side
            for side, sample in self.failures
            if _key(sample.cell, self.kind, sized) == key
        ]
        return found.count(SIDES[0]), found.count(SIDES[1])

    @property
    def facts(self) -> Mapping[str, Any]:
        """The file's context.iommubench.comparison; empty of two files."""
        if self.kind == FILES:
            return {}
        facts: Mapping[str, Any] = self.base.context["iommubench"]["comparison"]
        return facts

    @property
    def trees(self) -> bool:
        """Whether a side is a whole tree, with a harness and a simulator of its own."""
        sides = [self.facts.get(side, {}) for side in SIDES]
        return any(side.get("what") == "tree" for side in sides)

    @property
    def of_kernel(self) -> bool:
        """Whether allocators of a kernel tree are compared, with others or its own."""
        sides = [self.facts.get(side, {}) for side in SIDES]
        return bool(self.facts and self.base.kernel) or any(
            side.get("what") == "kernel" for side in sides
        )


def load_sides(
    base: Path, new: Optional[Path], *, across_hosts: bool, check: bool = True
) -> Sides:
    """The sides in one file, or those that two files are; ReportError if unfit.

    Sides of different machines, settings or builds are refused unless `across_hosts`.
    """
    theirs = load_run(new, check) if new else None
    return sides_of(load_run(base, check), theirs, across_hosts=across_hosts)


def sides_of(ours: Run, theirs: Optional[Run], *, across_hosts: bool) -> Sides:
    """The same of runs that have been read."""
    if theirs is None and not any(sample.side for sample in ours.samples):
        raise ReportError(
            f"{ours.path}: holds one side only: give a second results file to compare"
            " it with, or one that `make compare` wrote"
        )
    if theirs is None:
        return _of_one_file(ours)
    for run in (ours, theirs):
        if any(sample.side for sample in run.samples):
            raise ReportError(
                f"{run.path}: holds both sides of a comparison: give it alone"
            )
    differences = differing(ours, theirs)
    _refuse(ours, theirs, "" if across_hosts else differences)
    return _sides(FILES, ours, theirs, differences, "timing")


def load_simulated(base: Path, new: Path, kind: str, across_hosts: bool) -> Sides:
    """The sides that two files of `iommubench sim` are."""
    runs = [load_run(path) for path in (base, new)]
    for run in runs:
        if not run.simulator:
            raise ReportError(
                f"{run.path}: is not simulated: give --sim files that"
                " `iommubench sim --out` wrote"
            )
    differences = differing_simulations(runs[0], runs[1])
    _refuse(runs[0], runs[1], "" if across_hosts else differences)
    return _sides(kind, runs[0], runs[1], differences, "sim")


def _refuse(base: Run, new: Run, differences: str) -> None:
    if differences:
        raise NotComparable(
            f"{base.path} and {new.path} are not comparable: {differences};"
            " --across-hosts compares them anyway"
        )


def _of_one_file(run: Run) -> Sides:
    facts = run.context["iommubench"].get("comparison")
    if not isinstance(facts, dict):
        raise ReportError(
            f"{run.path}: context.iommubench.comparison is missing;"
            " results/README.md describes the format"
        )
    return _sides(facts["kind"], run, run, "", "timing")


def _sides(kind: str, base: Run, new: Run, differences: str, pass_name: str) -> Sides:
    cells: Dict[Cell, CellSamples] = defaultdict(lambda: ([], []))
    named: Dict[Tuple[Any, ...], Cell] = {}
    failures: List[Tuple[str, Sample]] = []
    sized = _tell_sizes(base, new)
    for side, run in enumerate((base, new)):
        for sample in run.of_pass(pass_name):
            if base is new and sample.side != SIDES[side]:
                continue
            if sample.failed:
                failures.append((SIDES[side], sample))
                continue
            key = _key(sample.cell, kind, sized)
            cells[named.setdefault(key, sample.cell)][side].append(sample)
    both = {cell: sides for cell, sides in cells.items() if sides[0] and sides[1]}
    return Sides(
        kind=kind,
        base=base,
        new=new,
        cells=both,
        alone=tuple(cell for cell in cells if cell not in both),
        failures=tuple(failures),
        differences=differences,
    )


def require_common(sides: Sides) -> None:
    """ReportError if no cell has samples of both sides."""
    if sides.cells:
        return
    why = "".join(f": {text}" for text in failed(sides))
    if sides.base is sides.new:
        raise NotComparable(
            f"{sides.base.path}: no cell has samples of both sides{why}: let the"
            " comparison run for longer"
        )
    raise NotComparable(
        f"{sides.base.path} and {sides.new.path} have no cell in common that was"
        f" measured{why}: run the same plan twice"
    )


def failed(sides: Sides) -> List[str]:
    """How many samples failed, and how the first did; a sentence, or none."""
    if not sides.failures:
        return []
    count = len(sides.failures)
    side, first = sides.failures[0]
    return [
        f"{count} sample{'' if count == 1 else 's'} failed (left out):"
        f" {side} {first.cell}: {first.error}{' ...' if count > 1 else ''}"
    ]


def alone(sides: Sides) -> List[str]:
    """How many cells one side lacks, and the first of them; a sentence, or none."""
    if not sides.alone:
        return []
    count = len(sides.alone)
    return [
        f"{count} {'cell' if count == 1 else 'cells'} of one side only, left out:"
        f" {sides.alone[0]}{' ...' if count > 1 else ''}"
    ]


def _tell_sizes(base: Run, new: Run) -> bool:
    """Whether a side has tables of several sizes, so that cells are told by them.

    Two runs of one size each differ in it, if they do, as in any other setting.
    """
    return any(len({s.cell.size for s in run.samples}) > 1 for run in (base, new))


def _key(cell: Cell, kind: str, sized: bool) -> Tuple[Any, ...]:
    """What makes cells of both sides the same."""
    variant = "" if kind == ALLOCATORS else cell.variant
    where = (cell.profile, cell.workload, cell.cpus, sized and cell.size, cell.flush)
    return (*where, cell.occupancy, cell.lock, cell.think, variant)


def measurements(both: CellSamples, kind: str) -> Tuple[List[Measurement], ...]:
    """A cell's samples as the statistics take them."""
    return tuple(
        [_measurement(sample, kind, side) for sample in samples]
        for side, samples in enumerate(both)
    )


def _measurement(sample: Sample, kind: str, side: int) -> Measurement:
    value = sample.figures["real_time"]
    if kind == FILES:
        # Nothing ties a repetition of one file to one of the other.
        return Measurement(1, sample.repetition_index + side * _OTHER_FILE, value)
    if sample.layout is None or sample.block is None:
        raise ReportError(
            f"sample {sample.order} of {sample.cell} has a side but no"
            " layout or block; results/README.md describes the format"
        )
    return Measurement(sample.layout, sample.block, value)
