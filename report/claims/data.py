# SPDX-License-Identifier: GPL-2.0-or-later
"""The results that the claims are answered from: several files of one host."""

import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from report import ReportError
from report.claims.case import NATIVE, Where
from report.read import lock_passes
from report.read.cell import Cell
from report.read.load import load_run
from report.read.run import Run, Sample


@dataclass(frozen=True)
class Taken:
    """All good samples of one cell, from one file.

    `samples` are those that took time, `locks` those that watched the locks; simulated
    ones do both.
    """

    cell: Cell
    where: Where
    run: Run
    samples: Tuple[Sample, ...]
    locks: Tuple[Sample, ...]
    failed: int

    @property
    def simulated(self) -> bool:
        """Whether it is of simulated CPUs."""
        return self.where.machine != NATIVE

    def by_seed(self) -> Dict[int, Sample]:
        """Of a simulated cell: by what alone tells its samples apart."""
        return {sample.seed: sample for sample in self.samples}


@dataclass(frozen=True)
class Data:
    """What all files hold, by cell."""

    runs: Sequence[Run]
    cells: Mapping[Cell, Taken]

    def of(self, *variants: str) -> Iterator[Taken]:
        """The cells of these variants that have a good sample."""
        for taken in self.cells.values():
            if taken.samples and taken.cell.variant in variants:
                yield taken

    def partner(self, taken: Taken, variant: str) -> Optional[Taken]:
        """The same cell with another variant, if the same run has it."""
        allocator, _, pools = variant.partition("/pools:")
        return self._same_run(
            taken, replace(taken.cell, allocator=allocator, pools=int(pools))
        )

    def with_flush(self, taken: Taken, flush: str) -> Optional[Taken]:
        """The same cell with another flush model, if the same run has it."""
        return self._same_run(taken, replace(taken.cell, flush=flush))

    def with_cpus(self, taken: Taken, cpus: int) -> Optional[Taken]:
        """The same cell with another number of CPUs, if the same run has it."""
        return self._same_run(taken, replace(taken.cell, cpus=cpus))

    def machines(self) -> List[str]:
        """The host, if there are native samples, and then what was simulated."""
        names = {taken.where.machine for taken in self.cells.values() if taken.samples}
        return sorted(names, key=lambda name: (name != NATIVE, name))

    def _same_run(self, taken: Taken, cell: Cell) -> Optional[Taken]:
        other = self.cells.get(cell)
        return other if other and other.samples and other.run is taken.run else None


def load(paths: Sequence[Path]) -> Data:
    """What the results files hold; a folder stands for the files in it."""
    return gather([load_run(path) for path in _files(paths)])


def gather(runs: Sequence[Run]) -> Data:
    """What these runs hold; ReportError if they do not belong on one page."""
    for run in runs:
        _check_alike(runs[0], run)
        if any(sample.side for sample in run.samples):
            raise ReportError(
                f"{run.path}: is a comparison; give runs, or use `report compare`"
            )
    cells: Dict[Cell, Taken] = {}
    for run in runs:
        for cell, taken in _cells(run).items():
            if cell in cells:
                raise ReportError(
                    f"{run.path}: {cell} is in {cells[cell].run.path} too;"
                    " leave one of the files out"
                )
            cells[cell] = taken
    if not any(taken.samples for taken in cells.values()):
        raise ReportError(
            f"{runs[0].path}: no timing samples; `make claims` takes some"
        )
    return Data(runs, cells)


def _files(paths: Sequence[Path]) -> List[Path]:
    files: List[Path] = []
    for path in paths:
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not found:
            raise ReportError(
                f"{path}: no results file (*.json) in it; `make claims` takes them"
            )
        files += found
    return list(dict.fromkeys(files))


def _check_alike(first: Run, other: Run) -> None:
    """Refuse what is not to be put on one page."""
    for what, one, two in (
        ("host", first.host.name, other.host.name),
        ("CPU model", first.host.cpu_model, other.host.cpu_model),
        ("CPU revision", first.host.revision_text, other.host.revision_text),
        ("kernel", first.host.kernel, other.host.kernel),
        ("compiler", first.compiler, other.compiler),
        ("compiler flags", first.cflags, other.cflags),
        ("commit", first.commit, other.commit),
        ("number of entries", first.entries, other.entries),
    ):
        if one != two:
            raise ReportError(
                f"{other.path}: its {what} is {two}, that of {first.path} is {one};"
                " give files of one host and one build"
            )


_PASSES = ("timing", "sim", *lock_passes.PASSES)


def _cells(run: Run) -> Dict[Cell, Taken]:
    samples: Dict[Cell, List[Sample]] = defaultdict(list)
    for sample in run.samples:
        if not sample.cell.audit and sample.pass_name in _PASSES:
            samples[sample.cell].append(sample)
    return {cell: _taken(run, cell, those) for cell, those in samples.items()}


def _taken(run: Run, cell: Cell, samples: Sequence[Sample]) -> Taken:
    good = [sample for sample in samples if not sample.failed]
    return Taken(
        cell=cell,
        where=Where(
            machine=cell.profile or NATIVE,
            workload=cell.workload,
            variant=cell.variant,
            cpus=cell.cpus,
            utilization=float(cell.occupancy),
            flush=cell.flush,
            flush_ns=_flush_ns(run, cell.flush),
            think_ns=int(cell.think),
            lock=cell.lock,
        ),
        run=run,
        samples=tuple(s for s in good if s.pass_name in ("timing", "sim")),
        locks=tuple(
            s
            for s in lock_passes.told(good)
            if s.pass_name in (*lock_passes.PASSES, "sim")
        ),
        failed=len(samples) - len(good),
    )


def _flush_ns(run: Run, flush: str) -> Optional[float]:
    """What a flush is asked to take, from its model's name, or else from the run."""
    numbers = [float(text) for text in re.findall(r"[0-9.]+", flush.partition(":")[2])]
    if flush.startswith("spin:") and len(numbers) == 1:
        return numbers[0]
    if flush.startswith("mmio:") and len(numbers) == 3:
        return numbers[0] * numbers[1] + numbers[2]
    known = run.flush_models.get(flush)
    return known.requested_ns if known else None
