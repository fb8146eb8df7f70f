# SPDX-License-Identifier: GPL-2.0-or-later
"""A store that others add to while it is read."""

from pathlib import Path
from threading import Thread
from typing import Any, Dict, Iterator, List, Sequence

import pytest

pytest.importorskip("sqlalchemy", reason="no sqlalchemy: make deps installs it")

from report import __main__ as command  # noqa: E402
from report.read.run import Run  # noqa: E402
from report.store import Store, StoredRun, new_run, open_store  # noqa: E402
import postgres  # noqa: E402
from site_sample import base_run, commit, fake_uplot, fill, later  # noqa: E402

RUNS = 25


@pytest.fixture(scope="module", name="run")
def _run() -> Run:
    return base_run(variants=("sun4u/pools:1",), workloads=("ring",))


@pytest.fixture(name="url", params=["sqlite", "postgresql"])
def _url(request: Any, run: Run, tmp_path: Path) -> Iterator[str]:
    """A store of RUNS runs; the last are slower."""
    if request.param == "sqlite":
        yield filled(str(tmp_path / "history.db"), run)
        return
    server: postgres.Server = request.getfixturevalue("server")
    yield filled(server.new_url(), run)


def filled(url: str, run: Run) -> str:
    """The URL, with runs in the store."""
    with open_store(url, create=True) as store:
        fill(store, run, RUNS, step=15)
    return url


def adding(url: str, run: Run, day: int) -> Thread:
    """Someone else who adds a run, now or, where that is impossible, soon."""

    def add() -> None:
        with open_store(url) as store:
            store.add(new_run(later(run, day), f"{day:064}"), commit(day))

    thread = Thread(target=add)
    thread.start()
    thread.join(1)
    return thread


def test_a_snapshot_does_not_see_what_is_added(url: str, run: Run) -> None:
    with open_store(url) as store:
        with store.snapshot():
            before = store.runs()
            other = adding(url, run, RUNS + 1)
            assert store.runs() == before
            for points in store.points(store.series()).values():
                assert set(points.runs) <= set(before)
        other.join()
        assert len(store.runs()) == len(before) + 1


def test_a_snapshot_ends_with_its_block(url: str, run: Run) -> None:
    with open_store(url) as store:
        with pytest.raises(KeyError):
            with store.snapshot():
                store.runs()
                raise KeyError
        store.add(new_run(later(run, RUNS + 1), "f" * 64), commit(RUNS + 1))
        assert len(store.runs()) == RUNS + 1


@pytest.mark.parametrize("when", [1, 2])
def test_a_dashboard_is_of_one_state(
    url: str, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, when: int
) -> None:
    """Contexts are asked for by the alerts, then for the pages."""
    pytest.importorskip("jinja2", reason="no jinja2: make deps installs it")
    asked = Store.contexts
    calls: List[Sequence[StoredRun]] = []
    others: List[Thread] = []

    def contexts(store: Store, runs: Sequence[StoredRun]) -> Dict[StoredRun, Any]:
        calls.append(runs)
        if len(calls) == when:
            others.append(adding(url, run, RUNS + 1))
        return dict(asked(store, runs))

    monkeypatch.setattr(Store, "contexts", contexts)
    given = ["--uplot", str(fake_uplot(tmp_path / "uplot")), "--claims"]
    out = tmp_path / "out"
    assert command.main(["dashboard", "--db", url, *given, "--out", str(out)]) == 0
    others[0].join()
    assert len(list((out / "run").iterdir())) == RUNS
    with open_store(url) as store:
        assert len(store.runs()) == RUNS + 1
