# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes runs into the store: the rows of one transaction."""

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, TypeVar

import sqlalchemy as sa

from report import ReportError
from report.read.cell import is_of_kernel
from report.read.run import Run
from report.store import tables as t
from report.store.figures import (
    Figure,
    figures_of,
    is_comparison,
    kind_of,
    start_of,
)
from report.store.model import Commit, Host

# How many rows one question to the database is about.
_AT_ONCE = 500

_Key = TypeVar("_Key")


def parts(keys: Sequence[_Key]) -> List[Sequence[_Key]]:
    """The keys in parts for one question each."""
    return [keys[at : at + _AT_ONCE] for at in range(0, len(keys), _AT_ONCE)]


def digest_of(document: Any) -> str:
    """What identifies a results document: its content, however it is spaced."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class NewRun:
    """A run made ready for the store: `row` is its own, but for host and commits.

    `kernel_commit` is None where no kernel tree was measured.
    """

    row: Mapping[str, Any]
    host: Host
    commit: str
    figures: Sequence[Figure]
    kernel_commit: Optional[str] = None


def new_run(run: Run, digest: str) -> NewRun:
    """A run made ready; ReportError if something in it cannot be stored.

    `digest` is that of its whole document (digest_of).
    """
    if is_comparison(run.context["iommubench"]):
        raise ReportError(
            f"{run.path}: a comparison: its two sides are not part of a history;"
            " `report compare` reads it"
        )
    host = Host(run.host.name, run.host.arch, run.host.cpu_model)
    _check_kernel(run)
    row = _row_of(run, digest)
    for text in (
        row["command_line"],
        row["path"],
        row["kernel_version"] or "",
        run.host.cpu_revision,
        *asdict(host).values(),
    ):
        _check_text(run.path, text)
    figures = figures_of(run)
    for name in {figure.name for figure in figures}:
        _check_text(run.path, name)
    return NewRun(
        row, host, run.commit, figures, run.kernel.commit if run.kernel else None
    )


def _check_kernel(run: Run) -> None:
    """Refuse figures of a kernel's allocators if it is not known which kernel."""
    for sample in run.samples:
        if run.kernel is None and is_of_kernel(str(sample.cell)):
            raise ReportError(
                f"{run.path}: {sample.cell.allocator} is of a kernel tree, but"
                " context.iommubench.kernel does not say which; measure it again"
            )


def _row_of(run: Run, digest: str) -> Dict[str, Any]:
    """The row of a run, but for its host and commit."""
    ours = run.context["iommubench"]
    kernel = run.kernel
    identity = [
        run.host.name,
        run.date,
        run.commit,
        run.dirty,
        run.seed,
        ours["arguments"],
    ]
    return {
        "digest": digest,
        "identity": digest_of(identity),
        "dirty": run.dirty,
        "date": start_of(run),
        "kind": kind_of(run),
        "command_line": run.command_line,
        "complete": run.complete,
        "samples": len(run.samples),
        "failed": sum(sample.failed for sample in run.samples),
        "noisy": sum(sample.noisy for sample in run.samples),
        "path": str(run.path.absolute()),
        "context": json.dumps(run.context, separators=(",", ":")),
        "kernel_version": kernel.version if kernel else None,
        "kernel_dirty": kernel.dirty if kernel else None,
        "kernel_hash": kernel.hash if kernel else None,
    }


def _check_text(path: Path, text: str) -> None:
    """Refuse text that databases cannot hold."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ReportError(
            f"{path}: {text[:60]!r} is not valid text and cannot" " be stored"
        )


class Writer:
    """The rows of a transaction that writes; writers take turns."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def commit(self, commit: Commit) -> int:
        """The number of a commit; what git tells now that it did not is filled in."""
        number = self.number_of(t.commits, {"sha": commit.sha})
        if commit.time is not None:
            facts = {
                "time": commit.time,
                "ancestors": commit.ancestors,
                "subject": commit.subject,
            }
            self._connection.execute(
                t.commits.update()
                .where(t.commits.c.number == number, t.commits.c.time.is_(None))
                .values(facts)
            )
        return number

    def earlier_states(self, row: Mapping[str, Any]) -> Optional[List[int]]:
        """Unfinished states of the same run; None if a later or equal one is there."""
        query = sa.select(t.runs.c.number, t.runs.c.samples, t.runs.c.complete)
        states = self._connection.execute(
            query.where(t.runs.c.identity == row["identity"])
        ).all()
        states = [s for s in states if not s.complete or not row["complete"]]
        if any(s.complete or s.samples > row["samples"] for s in states):
            return None
        return [s.number for s in states]

    def drop(self, number: int) -> None:
        """Take out a run and its points."""
        self._connection.execute(t.points.delete().where(t.points.c.run == number))
        self._connection.execute(t.runs.delete().where(t.runs.c.number == number))

    def run(self, new: NewRun, commit: int, kernel: Optional[int] = None) -> None:
        """Put in a run with its figures; `commit` and `kernel` are commits' numbers."""
        host = self.number_of(t.hosts, asdict(new.host))
        number = self._connection.execute(
            t.runs.insert().values(
                {**new.row, "host": host, "commit": commit, "kernel_commit": kernel}
            )
        ).inserted_primary_key[0]
        series = self._series_numbers(host, new.figures)
        rows = [
            {"series": of, "run": number, **vars(figure.interval)}
            for of, figure in zip(series, new.figures)
        ]
        if rows:
            self._connection.execute(t.points.insert(), rows)

    def _series_numbers(self, host: int, figures: Sequence[Figure]) -> List[int]:
        """The number of each figure's series, which is made if it is new."""
        cell = self._cell_numbers(sorted({figure.cell for figure in figures}))
        known: Dict[Tuple[Any, ...], int] = {}
        columns = ("cell", "pass", "figure", "setup", "exact")
        query = sa.select(t.series).where(t.series.c.host == host)
        for numbers in parts(sorted(cell.values())):
            chosen = query.where(t.series.c.cell.in_(numbers))
            for row in self._connection.execute(chosen).mappings():
                known[tuple(row[column] for column in columns)] = row["number"]
        result = []
        for figure in figures:
            key: Tuple[Any, ...] = (
                cell[figure.cell],
                figure.pass_name,
                figure.name,
                figure.setup,
                figure.exact,
            )
            if key not in known:
                values = {"host": host, **dict(zip(columns, key))}
                inserted = self._connection.execute(t.series.insert().values(values))
                known[key] = inserted.inserted_primary_key[0]
            result.append(known[key])
        return result

    def _cell_numbers(self, names: Sequence[str]) -> Dict[str, int]:
        """The number of each cell, which is made if it is new."""
        result: Dict[str, int] = {}
        for some in parts(names):
            query = sa.select(t.cells).where(t.cells.c.name.in_(some))
            for number, name in self._connection.execute(query):
                result[name] = number
        for name in names:
            if name not in result:
                result[name] = self.number_of(t.cells, {"name": name})
        return result

    def number_of(self, table: Any, values: Mapping[str, Any]) -> int:
        """The number of the row with these values, which is made if there is none."""
        query = sa.select(table.c.number)
        for name, value in values.items():
            query = query.where(table.c[name] == value)
        found = self._connection.execute(query).first()
        if found:
            return int(found[0])
        inserted = self._connection.execute(table.insert().values(values))
        return int(inserted.inserted_primary_key[0])
