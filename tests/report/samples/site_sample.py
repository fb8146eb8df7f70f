# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes stores and change points for tests of the dashboard. All of it is invented."""

import random
from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np

from report.changes.alerts import Alert, Change
from report.changes.size import Size
from report.read.load import run_of
from report.read.run import Run, Sample
from report.store import Commit, Host, Points, Series, Store, StoredRun
from report.store import new_run, open_store
from results_sample import cell_name, document, samples, with_locks

DAY = 86400
START = 1428256800
NASTY = "<script>document.title='injected'</script>\"'&"


def base_run(name: str = "invented-host", repetitions: int = 6, **rest: Any) -> Run:
    """A run with locks samples, as load_run would give it."""
    content = document(with_locks(samples(repetitions=repetitions, **rest)))
    content["context"]["iommubench"]["host"]["name"] = name
    return run_of(content, Path("invented.json"))


def scaled(sample: Sample, factor: float) -> Sample:
    """The sample, so many times as slow."""
    figures: Dict[str, float] = dict(sample.figures)
    figures["real_time"] *= factor
    if "ops_per_second" in figures:
        figures["ops_per_second"] /= factor
    return replace(sample, figures=figures)


def later(run: Run, number: int, slower: float = 1.0, **rest: Any) -> Run:
    """The run, so many days later, with noise of its own."""
    noise = random.Random(number)
    date = datetime.fromtimestamp(START + number * DAY + 3600, timezone.utc)
    return replace(
        run,
        date=date.isoformat(),
        commit=sha(number),
        samples=tuple(
            scaled(sample, slower * noise.lognormvariate(0, 0.01))
            for sample in run.samples
        ),
        **rest,
    )


def sha(number: int) -> str:
    """The name of a commit."""
    return sha256(str(number).encode()).hexdigest()[:40]


def commit(number: int, subject: str = "") -> Commit:
    """A commit of that day."""
    return Commit(
        sha=sha(number),
        time=START + number * DAY,
        ancestors=number,
        subject=subject or f"invented: change number {number}",
    )


def fill(store: Store, run: Run, count: int, step: int = 0, subject: str = "") -> None:
    """Add a run of so many days; from `step` on everything is 12 % slower.

    From the 20th on the host has another kernel.
    """
    newer: Any = deepcopy(run.context)
    newer["iommubench"]["host"]["kernel"] = "0.0.1-invented"
    for number in range(1, count + 1):
        slow = 1.12 if step and number >= step else 1.0
        digest = sha256(f"{number} {run.host.name}".encode()).hexdigest()
        context = newer if number >= 20 else run.context
        new = new_run(later(run, number, slow, context=context), digest)
        store.add(new, commit(number, subject))


def alert_of(
    runs: Sequence[StoredRun], step: int, series: Sequence[Series], ratio: float = 0.12
) -> Alert:
    """An alert of these series at their step-th run."""
    changes = [
        Change(
            series=one,
            last=runs[step - 2],
            first=runs[step - 1],
            size=Size(100, 100 * (1 + ratio), ratio, ratio - 0.005, ratio + 0.005),
            score=9.0,
            better=ratio < 0,
            earliest=runs[step - 2],
            latest=runs[step],
        )
        for one in series
    ]
    return Alert(changes[0], tuple(changes[1:]), ("kernel: one -> another",))


class InMemory:
    """What Store answers, of one host with so many runs of so many cells."""

    url = "memory"

    def __init__(self, runs: int, cells: int) -> None:
        self._context = document([])["context"]
        host = Host("invented-host", "sparc64", "Invented CPU (no measurement)")
        self._runs = [self._run(host, number) for number in range(1, runs + 1)]
        names = [
            cell_name("ring", f"pooled/pools:{1 + place // 4}", 1 + place % 4)
            for place in range(cells)
        ]
        self._series = [
            Series(number, host, name, "timing", "real_time", "entries:8192", False)
            for number, name in enumerate(names)
        ]

    @staticmethod
    def _run(host: Host, number: int) -> StoredRun:
        return StoredRun(
            number=number,
            digest=sha256(str(number).encode()).hexdigest(),
            host=host,
            commit=commit(number),
            dirty=False,
            date=START + number * DAY,
            kind="native",
            command_line="iommubench run",
            complete=True,
            samples=1000,
            failed=0,
            noisy=0,
            path="invented.json",
        )

    def runs(self) -> List[StoredRun]:
        """As Store.runs."""
        return self._runs

    def contexts(self, runs: Sequence[StoredRun]) -> Dict[StoredRun, Any]:
        """As Store.contexts."""
        return {run: self._context for run in runs}

    def series(self) -> List[Series]:
        """As Store.series."""
        return self._series

    def points(self, series: Sequence[Series]) -> Dict[Series, Points]:
        """As Store.points: noise of 1 %, and 12 % more in the second half."""
        noise = np.random.default_rng(1862)
        count = len(self._runs)
        result = {}
        for one in series:
            median = 100 * noise.lognormal(0, 0.01, count)
            median[count // 2 :] *= 1.12
            result[one] = Points(
                runs=tuple(self._runs),
                median=median,
                low=0.98 * median,
                high=1.03 * median,
                confident=np.full(count, True),
                count=np.full(count, 10),
            )
        return result


def small_store(path: Path) -> Sequence[Alert]:
    """Two hosts with 40 and 12 runs, one of them with a name that wants to do harm."""
    variants = ("sun4u/pools:1", "pooled/pools:16", "stale-local/pools:16")
    with open_store(str(path), create=True) as store:
        fill(store, base_run("invented-host", variants=variants), 40, step=30)
        few = base_run(NASTY, variants=variants[:2], workloads=("ring",))
        fill(store, few, 12, subject=f"a subject with {NASTY}")
        moved = [
            series
            for series in store.series(host="invented-host")
            if series.figure in ("real_time", "flush_ns_mean")
        ]
        return [alert_of(store.runs(host="invented-host"), 30, moved)]


def fake_uplot(folder: Path) -> Path:
    """Empty files in the place of uPlot's, for tests that run no script."""
    (folder / "dist").mkdir(parents=True)
    for name in ("dist/uPlot.iife.min.js", "dist/uPlot.min.css", "LICENSE"):
        (folder / name).write_text("")
    return folder
