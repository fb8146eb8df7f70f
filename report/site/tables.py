# SPDX-License-Identifier: GPL-2.0-or-later
"""What the pages' tables hold."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from report.changes.alerts import Change
from report.read.figures import figure, in_order
from report.text.median import Interval
from report.site.cells import (
    cell_of,
    conditions_of,
    conditions_of_series,
    place_in_table,
)
from report.site.history import Archive
from report.store import Host, Series, StoredRun, Tree

# Changes within so many of a host's newest runs are its present state.
RECENT = 20


def verdict(change: Change) -> str:
    """What a change is: "better", "worse" or "moved"."""
    if change.better is None:
        return "moved"
    return "better" if change.better else "worse"


@dataclass(frozen=True)
class Event:
    """An alert as it is shown: its changes, the one of most interest first.

    `facts` of the host and the build changed between the run before and its first.
    """

    host: Host
    changes: Sequence[Change]
    facts: Sequence[str]

    @property
    def run(self) -> StoredRun:
        """The first of the new level."""
        return self.changes[0].first

    @property
    def before(self) -> StoredRun:
        """The last of the old level."""
        return self.changes[0].last

    @property
    def of_kernel(self) -> bool:
        """Whether it is in the history of the kernel."""
        return self.changes[0].of_kernel

    @property
    def tree(self) -> Tree:
        """The first tree of the new level."""
        return self.changes[0].tree

    @property
    def tree_before(self) -> Tree:
        """The last tree of the old level."""
        return self.changes[0].tree_before

    @property
    def order(self) -> Tuple[int, int, bool, int, str]:
        """Where in history it is."""
        return self.changes[0].order

    def count(self, word: str) -> int:
        """How many of them are "better", "worse" or "moved"."""
        return sum(verdict(each) == word for each in self.changes)

    def words(self) -> List[str]:
        """Parts of cell names, and figures, by which it can be found."""
        names = {each.series.cell for each in self.changes}
        figures = {each.series.figure for each in self.changes}
        return sorted({part for name in names for part in name.split("/")} | figures)


def events(archive: Archive) -> List[Event]:
    """What moved, newest first."""
    return [
        Event(
            host=alert.lead.series.host,
            changes=(alert.lead, *alert.neighbours),
            facts=alert.facts,
        )
        for alert in archive.alerts
    ]


class State(NamedTuple):
    """How a host is: its newest run, and what moved lately."""

    host: Host
    newest: StoredRun
    runs: int
    recent: Sequence[Event]
    quiet_runs: Optional[int]


def state(archive: Archive, host: Host, all_events: Sequence[Event]) -> State:
    """The state of a host; `quiet_runs` is None where nothing ever moved."""
    runs = archive.runs_of(host)
    ours = [event for event in all_events if event.host == host]
    last = max((archive.place(event.run) for event in ours), default=None)
    recent = [e for e in ours if _is_recent(archive, e.changes[0])]
    return State(
        host=host,
        newest=runs[-1],
        runs=len(runs),
        recent=recent,
        quiet_runs=None if last is None else len(runs) - 1 - last,
    )


def _is_recent(archive: Archive, change: Change) -> bool:
    """Whether it is within the newest runs of its history."""
    runs = archive.runs_of(change.series.host, change.of_kernel)
    return archive.place(change.first, change.of_kernel) >= len(runs) - RECENT


class Latest(NamedTuple):
    """A series' newest value, whether later runs lack it, and what moved lately.

    `step` is that of the clock, in ns.
    """

    series: Series
    value: float
    step: float
    stale: bool
    change: Optional[Change]


class Block(NamedTuple):
    """A table of cells measured under the same conditions."""

    conditions: str
    figures: Sequence[str]
    cells: Sequence[str]
    latest: Mapping[Tuple[str, str], Latest]


def blocks(archive: Archive, host: Host) -> List[Block]:
    """The newest values of a host's series, conditions by conditions."""
    newest = {
        (run.kind, of_kernel): run
        for of_kernel in (False, True)
        for run in archive.runs_of(host, of_kernel)
    }
    found: Dict[str, Dict[Tuple[str, str], Latest]] = defaultdict(dict)
    for series in archive.series:
        if series.host != host:
            continue
        points = archive.points(series)
        changes = archive.changes_of(series)
        last = changes[-1][0] if changes else None
        if last and not _is_recent(archive, last):
            last = None
        run = points.runs[-1]
        found[conditions_of_series(series)][series.cell, series.figure] = Latest(
            series,
            float(points.median[-1]),
            archive.step_ns(run),
            run != newest[run.kind, series.of_kernel],
            last,
        )
    result = []
    for name, latest in found.items():
        cells = sorted({cell for cell, _ in latest}, key=place_in_table)
        names = sorted({of for _, of in latest}, key=in_order)
        result.append(Block(name, names, cells, latest))
    return sorted(result, key=lambda each: place_in_table(each.cells[0]))


class RunBlock(NamedTuple):
    """All values of a run's cells of the same conditions."""

    conditions: str
    figures: Sequence[str]
    cells: Sequence[str]
    values: Mapping[Tuple[str, str], Interval]


def run_blocks(archive: Archive, run: StoredRun) -> List[RunBlock]:
    """All values of a run, conditions by conditions."""
    values = archive.values(run)
    found: Dict[str, List[Tuple[str, str]]] = defaultdict(list)
    for cell, name in values:
        found[conditions_of(cell)].append((cell, name))
    result = []
    for conditions, keys in found.items():
        cells = sorted({cell for cell, _ in keys}, key=place_in_table)
        names = sorted({name for _, name in keys}, key=in_order)
        result.append(RunBlock(conditions, names, cells, values))
    return sorted(result, key=lambda each: place_in_table(each.cells[0]))


class Near:
    """Which series differ from which in a single thing."""

    THINGS = ("figure", "CPUs", "allocator", "workload", "conditions")

    def __init__(self, all_series: Sequence[Series]) -> None:
        self._found: Dict[Tuple[Any, ...], List[Tuple[Any, str, Series]]] = defaultdict(
            list
        )
        for series in all_series:
            parts = self._parts(series)
            for at, text in enumerate(parts):
                place = (
                    in_order(series.figure) if at == 0 else place_in_table(series.cell)
                )
                rest = self._rest(series, parts, at)
                self._found[rest].append((place, text, series))

    def of(self, series: Series) -> Dict[str, List[Tuple[str, Series]]]:
        """By the thing that differs: its value and the series, the own one too."""
        parts = self._parts(series)
        result = {}
        for at, thing in enumerate(self.THINGS):
            entries = self._found[self._rest(series, parts, at)]
            if len(entries) > 1:
                entries.sort(key=lambda entry: (entry[0], entry[2].key))
                result[thing] = [(text, other) for _, text, other in entries]
        return result

    @staticmethod
    def _rest(series: Series, parts: Tuple[str, ...], at: int) -> Tuple[Any, ...]:
        return (series.host, at, *parts[:at], *parts[at + 1 :])

    @staticmethod
    def _parts(series: Series) -> Tuple[str, ...]:
        cell = cell_of(series.cell)
        return (
            figure(series.figure).heading,
            str(cell.cpus),
            cell.variant,
            cell.workload,
            conditions_of_series(series),
        )
