# SPDX-License-Identifier: GPL-2.0-or-later
"""The same comparison taken several times: how far its changes are apart."""

import math
import statistics
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from report import NotComparable, ReportError
from report.compare.differences import differing
from report.compare.sides import FILES, SIDES, sides_of
from report.compare.verdicts import Verdicts, commit_text, verdicts_of
from report.read.cell import Cell
from report.read.load import load_run
from report.read.run import Run
from report.stats.change import Change
from report.stats.verdict import Verdict

DAY_S = 24 * 3600
DIFFER = "sittings differ"


@dataclass(frozen=True)
class SittingsRow:
    """A cell: its change in each sitting, and what each sitting calls it."""

    cell: Cell
    changes: Tuple[Change, ...]
    verdicts: Tuple[Verdict, ...]

    @property
    def enough(self) -> bool:
        """Whether each sitting has enough samples to say anything."""
        return all(change.enough for change in self.changes)

    @property
    def ratio(self) -> float:
        """The median of the sittings' ratios, in logarithms."""
        logs = [math.log(change.ratio) for change in self.changes]
        return math.exp(statistics.median(logs))

    @property
    def range(self) -> Tuple[float, float]:
        """The least and the most of the sittings' ratios."""
        ratios = [change.ratio for change in self.changes]
        return min(ratios), max(ratios)

    @property
    def within(self) -> float:
        """Half the width of a sitting's interval; the median over the sittings."""
        return statistics.median((c.high - c.low) / 2 for c in self.changes)

    @property
    def base(self) -> float:
        """The median of the sittings' medians of base, in ns."""
        return statistics.median(change.base for change in self.changes)

    @property
    def new(self) -> float:
        """The same of new."""
        return statistics.median(change.new for change in self.changes)

    @property
    def apart(self) -> bool:
        """Whether two sittings' intervals have nothing in common."""
        changes = self.changes
        return self.enough and max(c.low for c in changes) > min(
            c.high for c in changes
        )

    @property
    def called(self) -> Optional[Verdict]:
        """What the sittings say that say anything; None where they contradict."""
        told = {v for v in self.verdicts if v is not Verdict.CANNOT_TELL}
        if len(told) > 1:
            return None
        return told.pop() if told else Verdict.CANNOT_TELL

    @property
    def word(self) -> str:
        """The same in words, with the number of sittings that say so."""
        if not self.enough:
            return "too few samples"
        called = self.called
        if called is None:
            return DIFFER
        if called is Verdict.CANNOT_TELL:
            return str(called.value)
        return f"{called.value} {self.verdicts.count(called)}/{len(self.verdicts)}"


@dataclass(frozen=True)
class Sittings:
    """The sittings by date, and the cells that all of them have.

    `differences` says in what of machine and build they differ, "" if in nothing.
    """

    each: Tuple[Verdicts, ...]
    rows: Tuple[SittingsRow, ...]
    differences: str

    @property
    def first(self) -> Verdicts:
        """The first, which has the names of cells and what is compared."""
        return self.each[0]

    @property
    def runs(self) -> List[Run]:
        """The run of each."""
        return [verdicts.sides.base for verdicts in self.each]

    @property
    def coverage(self) -> float:
        """The chance that the range of so many has the median of all there could be.

        Each lies above it or below it as a coin falls; the range lacks it if all fall
        alike. Only for sittings that are drawn independently.
        """
        return float(1 - 2.0 ** (1 - len(self.each)))

    @property
    def span_s(self) -> float:
        """From the start of the first to that of the last."""
        starts = [_start(run) for run in self.runs]
        return (max(starts) - min(starts)).total_seconds()

    @property
    def same_programs(self) -> bool:
        """Whether two sittings ran the same programs, with the same link orders."""
        programs = [
            tuple(tuple(v.sides.facts[side].get("programs", ())) for side in SIDES)
            for v in self.each
        ]
        known = [each for each in programs if any(each)]
        return len(set(known)) < len(known)

    @property
    def left_out(self) -> int:
        """How many cells some sitting lacks."""
        cells = {row.cell for verdicts in self.each for row in verdicts.rows}
        return len(cells) - len(self.rows)


def load_comparison(
    base: Path, more: Sequence[Path], across_hosts: bool, margin: float
) -> Tuple[Verdicts, Optional[Sittings]]:
    """The verdicts of one or two files; of several comparisons all, and the first's.

    Two files are two sides if neither is a comparison itself.
    """
    runs = [load_run(path) for path in (base, *more)]
    sided = [any(sample.side for sample in run.samples) for run in runs]
    if len(runs) == 1 or (len(runs) == 2 and not all(sided)):
        other = runs[1] if more else None
        sides = sides_of(runs[0], other, across_hosts=across_hosts)
        return verdicts_of(sides, margin), None
    for run, both in zip(runs, sided):
        if not both:
            raise ReportError(
                f"{run.path}: holds one side only: several files are several sittings"
                " of one comparison, each written by `make compare`"
            )
    sittings = sittings_of(runs, across_hosts, margin)
    return sittings.first, sittings


def sittings_of(runs: Sequence[Run], across_hosts: bool, margin: float) -> Sittings:
    """These comparisons as sittings; ReportError if they are of unlike sides."""
    ordered = sorted(runs, key=_start)
    for one, other in zip(ordered, ordered[1:]):
        if one.date == other.date and one.host.name == other.host.name:
            raise ReportError(
                f"{one.path} and {other.path}: are the same sitting: give each once"
            )
    each = [
        verdicts_of(sides_of(run, None, across_hosts=across_hosts), margin)
        for run in ordered
    ]
    differences = ""
    for run in ordered[1:]:
        _check_alike(ordered[0], run)
        differences = differences or _unlike(ordered[0], run)
        if differences and not across_hosts:
            raise NotComparable(
                f"{ordered[0].path} and {run.path} are no sittings of one comparison:"
                f" {differences}; --across-hosts takes them together anyway"
            )
    return Sittings(tuple(each), _rows(each), differences)


def _rows(each: Sequence[Verdicts]) -> Tuple[SittingsRow, ...]:
    found = [{row.cell: row for row in verdicts.rows} for verdicts in each]
    return tuple(
        SittingsRow(
            row.cell,
            tuple(of[row.cell].change for of in found),
            tuple(of[row.cell].verdict for of in found),
        )
        for row in each[0].rows
        if all(row.cell in of for of in found)
    )


def _check_alike(first: Run, other: Run) -> None:
    """Refuse sittings in which other sides were compared."""
    ours, theirs = _compared(first), _compared(other)
    for name in sorted({**ours, **theirs}):
        one, two = ours.get(name, "none"), theirs.get(name, "none")
        if one != two:
            raise ReportError(
                f"{first.path} and {other.path}: no sittings of one comparison: {name}"
                f" is {one} and {two}"
            )


def _compared(run: Run) -> Dict[str, str]:
    """What was compared with what."""
    facts: Mapping[str, Any] = run.context["iommubench"]["comparison"]
    said = {"kind": str(facts["kind"])}
    for side in SIDES:
        for name in ("variant", "commit", "what", "hash", "patches"):
            if name in facts[side]:
                said[f"{side}'s {name}"] = str(facts[side][name])
    return said


def _unlike(first: Run, other: Run) -> str:
    """What else differs."""
    words = [differing(first, other)]
    one, two = (commit_text(run.commit, run.dirty) for run in (first, other))
    if one != two:
        words.append(f"iommubench {one} and {two}")
    return "; ".join(filter(None, words))


def _start(run: Run) -> datetime:
    try:
        return datetime.fromisoformat(run.date.replace("Z", "+00:00"))
    except ValueError:
        raise ReportError(
            f"{run.path}: context.date: {run.date!r} is not a time; it was not written"
            " by iommubench"
        ) from None


def one_sitting(verdicts: Verdicts) -> str:
    """What the verdicts of one sitting do not say; a sentence."""
    if verdicts.sides.kind == FILES:
        return (
            "one sitting a side: intervals and verdicts are of these two runs; how far"
            " those of another day are from them is not known"
        )
    return (
        "one sitting: intervals and verdicts are of it alone; how far another sitting"
        " is from it is not known (SITTINGS=3 tells)"
    )
