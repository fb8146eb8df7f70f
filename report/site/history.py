# SPDX-License-Identifier: GPL-2.0-or-later
"""Everything that the pages show, read from the store once and indexed."""

import hashlib
from collections import defaultdict
from typing import Any, Dict, List, Mapping, Sequence, Set, Tuple

from report.changes.alerts import Alert, Change
from report.text.median import Interval
from report.site.figures import has_pages
from report.store import Host, Points, Series, Store, StoredRun, in_order

Values = Dict[Tuple[str, str], Interval]


class Archive:
    """A store's runs, series and alerts. `series` are those that get a page."""

    def __init__(self, store: Store, alerts: Sequence[Alert]) -> None:
        self.url = store.url
        self.runs: Sequence[StoredRun] = store.runs()
        self.alerts = alerts
        self._contexts = store.contexts(self.runs)
        self._by_host: Dict[Host, List[StoredRun]] = defaultdict(list)
        for run in self.runs:
            self._by_host[run.host].append(run)
        self.hosts = sorted(self._by_host)
        self._of_kernels = {
            host: in_order((run for run in runs if run.kernel), of_kernel=True)
            for host, runs in self._by_host.items()
        }
        # By run.number, as whole runs take long to hash.
        self._places = {
            of_kernel: {
                run.number: place
                for runs in histories.values()
                for place, run in enumerate(runs)
            }
            for of_kernel, histories in (
                (False, self._by_host),
                (True, self._of_kernels),
            )
        }
        self._changes: Dict[Series, List[Tuple[Change, Alert]]] = defaultdict(list)
        for alert in alerts:
            for change in (alert.lead, *alert.neighbours):
                self._changes[change.series].append((change, alert))
        for found in self._changes.values():
            found.sort(key=lambda each: each[0].order)
        self._values: Dict[int, Values] = defaultdict(dict)
        self._exact: Dict[int, Set[Tuple[str, str]]] = defaultdict(set)
        self._seeded: Dict[int, Set[Tuple[str, str]]] = defaultdict(set)
        self._points: Dict[Series, Points] = {}
        self._series_of: Dict[int, Dict[Tuple[str, str], Series]] = defaultdict(dict)
        self._take(store)
        self.series = list(self._points)

    def _take(self, store: Store) -> None:
        for series, points in store.points(store.series()).items():
            name = series.cell, series.figure
            shown = has_pages(series.figure) or series in self._changes
            for run, *rest in zip(points.runs, *_columns(points)):
                self._values[run.number][name] = Interval(*rest)
                if series.seeded:
                    self._seeded[run.number].add(name)
                elif series.exact:
                    self._exact[run.number].add(name)
                if shown:
                    self._series_of[run.number][name] = series
            if shown:
                self._points[series] = points

    def label(self, host: Host) -> str:
        """What to call a host: its name, with more where two have the same."""
        same = sum(other.name == host.name for other in self.hosts)
        return host.name if same == 1 else str(host)

    def context(self, run: StoredRun) -> Mapping[str, Any]:
        """The context of a run's file."""
        return self._contexts[run]

    def step_ns(self, run: StoredRun) -> float:
        """The step of the clock of a run, 0 where time is virtual."""
        if run.kind == "sim":
            return 0.0
        clock = self._contexts[run].get("iommubench", {}).get("clock", {})
        return float(clock.get("step_ns", 0))

    def runs_of(self, host: Host, of_kernel: bool = False) -> Sequence[StoredRun]:
        """A host's runs in the order of history, one or more.

        Those `of_kernel` measured a kernel tree and are in the order of its history;
        there may be none.
        """
        return self._of_kernels[host] if of_kernel else self._by_host[host]

    def place(self, run: StoredRun, of_kernel: bool = False) -> int:
        """Where a run is among those of its host, from 0."""
        return self._places[of_kernel][run.number]

    def points(self, series: Series) -> Points:
        """The points of one of `series`."""
        return self._points[series]

    def values(self, run: StoredRun) -> Values:
        """All that a run measured, by cell and figure."""
        return self._values.get(run.number, {})

    def exact(self, run: StoredRun) -> Set[Tuple[str, str]]:
        """The cells and figures of a run that have no noise."""
        return self._exact.get(run.number, set())

    def seeded(self, run: StoredRun) -> Set[Tuple[str, str]]:
        """The cells and figures of a run whose samples are seeds."""
        return self._seeded.get(run.number, set())

    def changes_of(self, series: Series) -> Sequence[Tuple[Change, Alert]]:
        """Where a series moved, in the order of its runs, with what moved along."""
        return self._changes.get(series, ())

    def of_run(self, run: StoredRun) -> Dict[Tuple[str, str], Series]:
        """Those of `series` that a run is in, by cell and figure."""
        return self._series_of[run.number]


def _columns(points: Points) -> Sequence[List[Any]]:
    """The columns of points in the order of Interval's fields, as plain numbers."""
    arrays = points.median, points.low, points.high, points.confident, points.count
    return [column.tolist() for column in arrays]


def page_id(*words: str) -> str:
    """A file name that depends on nothing but these words, whatever is in them."""
    return hashlib.sha256("\0".join(words).encode()).hexdigest()[:12]


def host_id(host: Host, of_kernel: bool = False) -> str:
    """The host, or its history of kernels, in file names."""
    kind = "kernels" if of_kernel else "host"
    return page_id(kind, host.name, host.arch, host.cpu_model)


def series_id(series: Series) -> str:
    """The series in file names: the same in every store."""
    return page_id("series", *(str(part) for part in series.key))


def run_id(run: StoredRun) -> str:
    """The run in file names."""
    return run.digest[:16]
