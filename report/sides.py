# SPDX-License-Identifier: GPL-2.0-or-later
"""Two sides to compare: from a file of `make compare`, or from two files."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

from report import ReportError
from report.load import Cell, Run, Sample, load_run
from report.stats.data import Measurement

REVISIONS, ALLOCATORS, FILES = "revisions", "allocators", "files"
# Blocks of two files are never the same.
_OTHER_FILE = 1_000_000_000

CellSamples = Tuple[List[Sample], List[Sample]]


@dataclass(frozen=True)
class Sides:
    """Both sides' samples, cell by cell.

    `kind` is what differs: REVISIONS, ALLOCATORS, or FILES where two runs are compared.
    `cells` has the samples of base and new under the cell of base; `alone` the cells
    that one side lacks. `differences` says what else differs, "" if nothing.
    """

    kind: str
    base: Run
    new: Run
    cells: Mapping[Cell, CellSamples]
    alone: Tuple[Cell, ...]
    failed: int
    differences: str

    @property
    def samples(self) -> List[Sample]:
        """All samples that are compared."""
        return [s for both in self.cells.values() for side in both for s in side]

    @property
    def disturbed(self) -> int:
        """How many of them were disturbed."""
        return sum(sample.disturbed for sample in self.samples)

    @property
    def facts(self) -> Mapping[str, Any]:
        """The file's context.iommubench.comparison; empty of two files."""
        if self.kind == FILES:
            return {}
        facts: Mapping[str, Any] = self.base.context["iommubench"]["comparison"]
        return facts


def load_sides(
    base: Path, new: Optional[Path], *, across_hosts: bool, check: bool = True
) -> Sides:
    """The sides in one file, or those that two files are; ReportError if unfit.

    Sides from different hosts, compilers or flags are refused unless `across_hosts`.
    """
    ours = load_run(base, check)
    sided = any(sample.side for sample in ours.samples)
    if new is None and not sided:
        raise ReportError(
            f"{base}: its samples are of no side: give a second results file to compare"
            " it with, or one that `make compare` wrote"
        )
    if new is None:
        return _of_one_file(ours)
    theirs = load_run(new, check)
    for run in (ours, theirs):
        if any(sample.side for sample in run.samples):
            raise ReportError(
                f"{run.path}: holds both sides of a comparison: give it alone"
            )
    differences = differing(ours, theirs)
    if differences and not across_hosts:
        raise ReportError(
            f"{base} and {new} are not comparable: {differences}; --across-hosts"
            " compares them all the same"
        )
    return _sides(FILES, ours, theirs, differences, "timing")


def load_simulated(base: Path, new: Path, kind: str, across_hosts: bool) -> Sides:
    """The sides that two files of `iommubench sim` are."""
    runs = [load_run(path) for path in (base, new)]
    for run in runs:
        if not run.simulator:
            raise ReportError(
                f"{run.path}: is not simulated: give --sim what"
                " `iommubench sim --out` wrote"
            )
    # What is simulated does not depend on the host, but on the compiler's code.
    differences = differing(runs[0], runs[1], hosts=False)
    if differences and not across_hosts:
        raise ReportError(
            f"{base} and {new} are not comparable: {differences}; --across-hosts"
            " compares them all the same"
        )
    return _sides(kind, runs[0], runs[1], differences, "sim")


def _of_one_file(run: Run) -> Sides:
    facts = run.context["iommubench"].get("comparison")
    if not isinstance(facts, dict):
        raise ReportError(
            f"{run.path}: context.iommubench.comparison is missing: mend what wrote it"
            " (see results/README.md)"
        )
    return _sides(facts["kind"], run, run, "", "timing")


def _sides(kind: str, base: Run, new: Run, differences: str, pass_name: str) -> Sides:
    cells: Dict[Cell, CellSamples] = defaultdict(lambda: ([], []))
    named: Dict[Tuple[Any, ...], Cell] = {}
    failed = 0
    for side, run in enumerate((base, new)):
        for sample in run.of_pass(pass_name):
            if base is new and sample.side != ("base", "new")[side]:
                continue
            if sample.failed:
                failed += 1
                continue
            key = _key(sample.cell, kind)
            cells[named.setdefault(key, sample.cell)][side].append(sample)
    both = {cell: sides for cell, sides in cells.items() if sides[0] and sides[1]}
    return Sides(
        kind=kind,
        base=base,
        new=new,
        cells=both,
        alone=tuple(cell for cell in cells if cell not in both),
        failed=failed,
        differences=differences,
    )


def require_common(sides: Sides) -> None:
    """ReportError if no cell has samples of both sides."""
    if sides.cells:
        return
    if sides.base is sides.new:
        raise ReportError(
            f"{sides.base.path}: no cell has samples of both sides: let the comparison"
            " run for longer"
        )
    raise ReportError(
        f"{sides.base.path} and {sides.new.path} have no cell in common that was"
        " measured: run the same plan twice"
    )


def _key(cell: Cell, kind: str) -> Tuple[Any, ...]:
    """What makes cells of both sides the same."""
    variant = "" if kind == ALLOCATORS else cell.variant
    where = (cell.profile, cell.workload, cell.cpus, cell.flush)
    return (*where, cell.occupancy, cell.lock, cell.think, variant)


def differing(base: Run, new: Run, hosts: bool = True) -> str:
    """What of host, compiler, flags or plan differs, in words; "" if nothing does."""
    facts = (
        ("hosts", base.host.name, new.host.name),
        ("CPUs", base.host.cpu_model, new.host.cpu_model),
        ("architectures", base.host.arch, new.host.arch),
        ("compilers", base.compiler, new.compiler),
        ("flags", base.cflags, new.cflags),
        ("entries", str(base.entries), str(new.entries)),
        ("simulators", str(base.simulator), str(new.simulator)),
    )
    return "; ".join(
        f"{what} {_short(one)} and {_short(other)}"
        for what, one, other in facts
        if one != other and (hosts or what not in ("hosts", "CPUs", "architectures"))
    )


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."


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
            f"sample {sample.order} of {sample.cell} has a side, but no"
            " layout or block; mend what wrote it"
        )
    return Measurement(sample.layout, sample.block, value)
