# SPDX-License-Identifier: GPL-2.0-or-later
"""A comparison with its verdicts."""

from dataclasses import dataclass
from typing import List, Mapping, Sequence, Tuple

from report import ReportError
from report.read.cell import Cell
from report.compare.cell_names import CellNames
from report.compare.sides import (
    ALLOCATORS,
    FILES,
    SIDES,
    Sides,
    alone,
    failed,
    measurements,
    require_common,
)
from report.read.run import Run
from report.stats.change import Change, compare_all
from report.stats.verdict import Verdict, judge


@dataclass(frozen=True)
class Row:
    """A cell (of base), its change and what that is called.

    `taken` and `failed` are numbers of samples of base and new; `noisy` is the share of
    those taken that were.
    """

    cell: Cell
    change: Change
    verdict: Verdict
    taken: Tuple[int, int]
    failed: Tuple[int, int]
    noisy: float


@dataclass(frozen=True)
class Verdicts:
    """All cells that both sides have, in the order of their names, and their verdicts.

    Changes within `margin` are none.
    """

    sides: Sides
    names: CellNames
    rows: Tuple[Row, ...]
    margin: float

    def of(self, verdict: Verdict) -> List[Row]:
        """The rows with this verdict."""
        return [row for row in self.rows if row.verdict is verdict]

    @property
    def notes(self) -> List[str]:
        """What the reader has to know of the data, a sentence each."""
        return [*_counts(self.sides), *_missing(self), *_conditions(self)]


def verdicts_of(sides: Sides, margin: float) -> Verdicts:
    """The verdicts; ReportError if the sides have no cell in common."""
    require_common(sides)
    names = CellNames(list(sides.cells), sides.kind == ALLOCATORS)
    cells = sorted(sides.cells, key=names.order)
    changes = changes_of(sides, cells)
    judged = zip(cells, changes, judge(changes, margin=margin))
    rows = tuple(_row(sides, *each) for each in judged)
    return Verdicts(sides, names, rows, margin)


def _row(sides: Sides, cell: Cell, change: Change, verdict: Verdict) -> Row:
    base, new = sides.cells[cell]
    noisy = sum(sample.noisy for sample in (*base, *new))
    return Row(
        cell=cell,
        change=change,
        verdict=verdict,
        taken=(len(base), len(new)),
        failed=sides.failed_of(cell),
        noisy=noisy / (len(base) + len(new)),
    )


def changes_of(sides: Sides, cells: List[Cell]) -> List[Change]:
    """The changes of these cells; ReportError if their samples cannot be compared."""
    pairs = [measurements(sides.cells[cell], sides.kind) for cell in cells]
    try:
        return compare_all([(base, new) for base, new in pairs])
    except ValueError as error:
        raise ReportError(
            f"{sides.base.path}: {error}; results/README.md describes the format"
        ) from None


def undecided(sides: Sides, width: float) -> List[str]:
    """The names of cells (of base) whose intervals more samples should narrow.

    The width alone decides, never the change: stopping once a change shows would find
    changes where there are none. Cells that one side lacks are among them.
    """
    cells = list(sides.cells)
    wide = [
        cell
        for cell, change in zip(cells, changes_of(sides, cells) if cells else [])
        if change.width > width
    ]
    return [str(cell) for cell in (*wide, *sides.alone)]


def _counts(sides: Sides) -> List[str]:
    total = len(sides.samples)
    counted = f"{total} samples, {sides.noisy} of them noisy (kept)"
    return [counted, *failed(sides)]


def _missing(verdicts: Verdicts) -> List[str]:
    result: List[str] = []
    left_out = sum(row.change.left_out for row in verdicts.rows)
    if left_out:
        result.append(
            f"{left_out} samples left out: the other side has none of their block or"
            " layout"
        )
    result += alone(verdicts.sides)
    if not (verdicts.sides.base.complete and verdicts.sides.new.complete):
        result.append("the run was stopped before its plan was complete")
    return result


def _conditions(verdicts: Verdicts) -> List[str]:
    result = [str(remark) for remark in verdicts.sides.facts.get("remarks", ())]
    if verdicts.sides.trees:
        result.append(
            "whole trees: what harness and simulator do otherwise is part of the change"
        )
    if verdicts.sides.kind == ALLOCATORS and verdicts.sides.base.kernel:
        result.append(f"k-NAME: NAME of {kernel_text(verdicts.sides.base)}")
    if verdicts.sides.kind == FILES:
        result.append(
            "two runs, one after the other: what drifted between them, and where the"
            " linker put the code, is part of the change; `make compare` avoids both"
        )
        result += unrecorded([verdicts.sides.base, verdicts.sides.new])
    elif all(row.change.layouts == 1 for row in verdicts.rows):
        result.append(
            "one link order a side: where the linker put the code is part of the change"
        )
    if verdicts.sides.differences:
        result.append(f"!: {verdicts.sides.differences}")
    return result


def unrecorded(runs: Sequence[Run]) -> List[str]:
    """That nobody knows whether these runs' CPUs were alike; a sentence, or none."""
    if any(run.host.cpu_revision for run in runs):
        return []
    return [
        "the CPU's stepping and microcode are not recorded: they may have been others"
    ]


def sides_described(sides: Sides) -> Mapping[str, str]:
    """What "base" and "new" are, in a few words each."""
    if sides.kind == FILES:
        return {
            name: f"{run.path}, commit {commit_text(run.commit, run.dirty)}, {run.date}"
            for name, run in (("base", sides.base), ("new", sides.new))
        }
    return {name: _described(sides.facts[name]) for name in SIDES}


def _described(facts: Mapping[str, object]) -> str:
    if "variant" in facts:
        return str(facts["variant"])
    commit = str(facts.get("commit", facts.get("revision", "unknown")))
    # Of a kernel tree: to which its patches were applied.
    patches = int(str(facts.get("patches", 0)))
    # Ahead of the subject, which may be cut.
    words = [
        f"Linux {facts['version']}" if "version" in facts else "",
        commit_text(commit, bool(facts.get("dirty"))),
        "(own harness)" if facts.get("what") == "tree" else "",
        f"+ {patches} patch{'es' if patches > 1 else ''}:" if patches else "",
        str(facts.get("subject", "")),
    ]
    return " ".join(filter(None, words))


def kernel_text(run: Run) -> str:
    """The tree of allocators k-NAME that are compared with others; "" without."""
    of = run.kernel
    return f"Linux {of.version} {commit_text(of.commit, of.dirty)}" if of else ""


def commit_text(commit: str, dirty: bool) -> str:
    """A commit in short, and whether there were changes."""
    is_hash = len(commit) in (40, 64) and all(c in "0123456789abcdef" for c in commit)
    return (commit[:12] if is_hash else commit) + (" and changes" if dirty else "")
