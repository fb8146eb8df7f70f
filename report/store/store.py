# SPDX-License-Identifier: GPL-2.0-or-later
"""The store itself: what can be put in and what can be asked."""

import json
from types import TracebackType
from typing import Any, ContextManager, Dict, List, Mapping, Optional, Sequence, Type

import numpy as np
import sqlalchemy as sa

from report import ReportError
from report.text.median import Interval
from report.store.database import Database
from report.store.model import (
    Added,
    Commit,
    Host,
    Kernel,
    Points,
    Series,
    StoredRun,
    in_order,
)
from report.store import tables as t
from report.store.writer import NewRun, Writer, parts

DEFAULT_URL = "results/history.db"
_KERNEL_COMMITS = t.commits.alias("kernel_commits")


def open_store(
    url: str = DEFAULT_URL, create: bool = False, upgrade: bool = False
) -> "Store":
    """The store at a URL (postgresql://...) or path (SQLite); ReportError if it cannot.

    With `create` it is made if it is not there; with that or `upgrade` it is brought up
    to date if it is of an older version. Close it, or use it in a `with`.
    """
    return Store(Database(url, create, upgrade or create))


class Store:
    """An open store; see open_store. Every method may raise ReportError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> "Store":
        return self

    def __exit__(
        self,
        kind: Optional[Type[BaseException]],
        error: Optional[BaseException],
        trace: Optional[TracebackType],
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    @property
    def url(self) -> str:
        """Where the store is, without a password."""
        return str(self._database)

    def snapshot(self) -> ContextManager[None]:
        """In a `with`: all answers are of one state, whatever others add meanwhile.

        Do not add in it, and let it be short: a writer of SQLite waits for its end.
        """
        return self._database.snapshot()

    # Questions

    def hosts(self) -> List[Host]:
        """All hosts that have runs, by name."""
        return sorted({run.host for run in self.runs()})

    def runs(
        self, host: Optional[str] = None, kind: Optional[str] = None
    ) -> List[StoredRun]:
        """The runs (of hosts of that name, of that kind), in the order of history."""
        query = (
            sa.select(t.runs, t.hosts, t.commits, _KERNEL_COMMITS)
            .join(t.hosts)
            .join(t.commits, t.runs.c.commit == t.commits.c.number)
            .outerjoin(
                _KERNEL_COMMITS, t.runs.c.kernel_commit == _KERNEL_COMMITS.c.number
            )
        )
        if host is not None:
            query = query.where(t.hosts.c.name == host)
        if kind is not None:
            query = query.where(t.runs.c.kind == kind)
        with self._database.reading() as connection:
            return in_order(_run(row) for row in connection.execute(query))

    def run(self, digest: str) -> StoredRun:
        """The run whose digest begins so; ReportError if there is not just one."""
        found = [run for run in self.runs() if run.digest.startswith(digest)]
        if len(found) != 1:
            how = "no run" if not found else f"{len(found)} runs"
            raise ReportError(
                f"{self.url}: {digest}: {how} of that digest; see"
                " `python3 -m report store list`"
            )
        return found[0]

    def context(self, run: StoredRun) -> Mapping[str, Any]:
        """The whole context of a run, as in its file."""
        return self.contexts([run])[run]

    def contexts(self, runs: Sequence[StoredRun]) -> Dict[StoredRun, Mapping[str, Any]]:
        """The same of many runs."""
        by_number = {run.number: run for run in runs}
        query = sa.select(t.runs.c.number, t.runs.c.context)
        result: Dict[StoredRun, Mapping[str, Any]] = {}
        with self._database.reading() as connection:
            for numbers in parts(sorted(by_number)):
                chosen = query.where(t.runs.c.number.in_(numbers))
                for number, text in connection.execute(chosen):
                    result[by_number[number]] = json.loads(text)
        return result

    def series(
        self,
        host: Optional[str] = None,
        figure: Optional[str] = None,
        cell: Optional[str] = None,
    ) -> List[Series]:
        """The series (of hosts of that name, that figure, that cell), by their key."""
        query = (
            sa.select(t.series, t.hosts, t.cells.c.name.label("cell_name"))
            .join(t.hosts)
            .join(t.cells, t.series.c.cell == t.cells.c.number)
        )
        for column, value in (
            (t.hosts.c.name, host),
            (t.series.c.figure, figure),
            (t.cells.c.name, cell),
        ):
            if value is not None:
                query = query.where(column == value)
        with self._database.reading() as connection:
            found = [_series(row) for row in connection.execute(query)]
        return sorted(found, key=lambda series: series.key)

    def points(self, series: Sequence[Series]) -> Dict[Series, Points]:
        """The points of these series; those that have none are left out."""
        runs = {run.number: run for run in self.runs()}
        ranks = {
            of_kernel: {
                run.number: rank
                for rank, run in enumerate(in_order(runs.values(), of_kernel))
            }
            for of_kernel in {one.of_kernel for one in series}
        }
        by_number = {one.number: one for one in series}
        rows: Dict[int, List[Any]] = {}
        with self._database.reading() as connection:
            for numbers in parts(sorted(by_number)):
                query = sa.select(t.points).where(t.points.c.series.in_(numbers))
                for row in connection.execute(query):
                    # A run may have been added since the runs were read.
                    if row[1] in runs:
                        rows.setdefault(row[0], []).append(row)
        result = {}
        for one in series:
            if one.number in rows:
                rank = ranks[one.of_kernel]
                ordered = sorted(rows[one.number], key=lambda row: rank[row[1]])
                result[one] = _points(ordered, runs)
        return result

    def figures(self, run: StoredRun) -> Dict[Series, Interval]:
        """All that a run measured."""
        query = sa.select(t.points).where(t.points.c.run == run.number)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        by_number = {one.number: one for one in self.series(host=run.host.name)}
        found = {by_number[row[0]]: Interval(*row[2:]) for row in rows}
        return {one: found[one] for one in sorted(found, key=lambda one: one.key)}

    # Changes

    def add(
        self, new: NewRun, commit: Commit, kernel: Optional[Commit] = None
    ) -> Added:
        """Put a run in, whole or not at all.

        `commit` is what git tells of iommubench's commit, `kernel` of the kernel's.
        A run is added once. An unfinished one gives way to its later state.
        """
        with self._database.writing() as connection:
            writer = Writer(connection)
            numbers = [writer.commit(commit)]
            if new.kernel_commit is not None:
                numbers.append(writer.commit(kernel or Commit(new.kernel_commit)))
            known = sa.select(t.runs.c.digest).where(
                t.runs.c.digest == new.row["digest"]
            )
            if connection.execute(known).first():
                return Added.KNOWN
            earlier = writer.earlier_states(new.row)
            if earlier is None:
                return Added.OUTDATED
            for state in earlier:
                writer.drop(state)
            writer.run(new, *numbers)
        return Added.REPLACED if earlier else Added.NEW

    def learn(self, commit: Commit) -> None:
        """Put in what git tells of a commit and did not when its runs were added."""
        if commit.time is not None:
            with self._database.writing() as connection:
                Writer(connection).commit(commit)

    def remove(self, run: StoredRun) -> None:
        """Take a run out of the store; its file stays."""
        with self._database.writing() as connection:
            Writer(connection).drop(run.number)


def _host(row: Any) -> Host:
    return Host(
        name=row[t.hosts.c.name],
        arch=row[t.hosts.c.arch],
        cpu_model=row[t.hosts.c.cpu_model],
    )


def _run(row: Any) -> StoredRun:
    of = row._mapping
    return StoredRun(
        number=of[t.runs.c.number],
        digest=of[t.runs.c.digest],
        host=_host(of),
        commit=_commit(of, t.commits),
        dirty=of[t.runs.c.dirty],
        date=of[t.runs.c.date],
        kind=of[t.runs.c.kind],
        command_line=of[t.runs.c.command_line],
        complete=of[t.runs.c.complete],
        samples=of[t.runs.c.samples],
        failed=of[t.runs.c.failed],
        noisy=of[t.runs.c.noisy],
        path=of[t.runs.c.path],
        kernel=_kernel(of),
    )


def _commit(of: Any, table: Any) -> Commit:
    return Commit(
        sha=of[table.c.sha],
        time=of[table.c.time],
        ancestors=of[table.c.ancestors],
        subject=of[table.c.subject],
    )


def _kernel(of: Any) -> Optional[Kernel]:
    """The kernel tree of a run, if it had one."""
    if of[t.runs.c.kernel_commit] is None:
        return None
    return Kernel(
        commit=_commit(of, _KERNEL_COMMITS),
        dirty=of[t.runs.c.kernel_dirty],
        version=of[t.runs.c.kernel_version],
        digest=of[t.runs.c.kernel_hash],
    )


def _series(row: Any) -> Series:
    of = row._mapping
    return Series(
        number=of[t.series.c.number],
        host=_host(of),
        cell=of["cell_name"],
        pass_name=of[t.series.c["pass"]],
        figure=of[t.series.c.figure],
        setup=of[t.series.c.setup],
        exact=of[t.series.c.exact],
    )


def _points(rows: Sequence[Any], runs: Mapping[int, StoredRun]) -> Points:
    """The points of one series, whose rows are in the order of history."""
    columns: List[Any] = list(zip(*rows))
    _, numbers, median, low, high, confident, count = columns
    return Points(
        runs=tuple(runs[number] for number in numbers),
        median=np.array(median, dtype=np.float64),
        low=np.array(low, dtype=np.float64),
        high=np.array(high, dtype=np.float64),
        confident=np.array(confident, dtype=np.bool_),
        count=np.array(count, dtype=np.int64),
    )
