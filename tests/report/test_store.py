# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the store: what goes in comes out, once, in SQLite and PostgreSQL."""

import random
import subprocess
import time
from pathlib import Path
from typing import Any, Dict

import pytest

import postgres
import results_sample as invent
from cli import ROOT, wait_for
from report import ReportError
from report.read.load import load_run, run_of
from report.text.median import median_interval
from report.store import (
    Added,
    Commit,
    NewRun,
    Store,
    digest_of,
    new_run,
    open_store,
)
from report.store.figures import figures_of
from report.store.git import commit_of
from store_sample import command, good, report, run_document, write

DOCUMENT_PATH = Path("invented.json")


@pytest.fixture(name="url", params=["sqlite", "postgresql"])
def _url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that is not there yet, of either kind."""
    if request.param == "sqlite":
        return str(tmp_path / "stores" / "history.db")
    server: postgres.Server = request.getfixturevalue("server")
    return server.new_url()


def prepared(document: Dict[str, Any]) -> NewRun:
    """The document as a run to be added."""
    return new_run(run_of(document, DOCUMENT_PATH), digest_of(document))


def add(store: Store, document: Dict[str, Any], **facts: Any) -> Added:
    """Add the document; `facts` are what git would tell."""
    commit = Commit(document["context"]["iommubench"]["commit"], **facts)
    return store.add(prepared(document), commit)


# What goes in comes out


def test_a_run_comes_back(url: str) -> None:
    document = run_document(pair_ns=100)
    with open_store(url, create=True) as store:
        assert add(store, document, time=7, ancestors=3, subject="why") == Added.NEW
    with open_store(url) as store:
        (run,) = store.runs()
        context = store.context(run)
        figures = store.figures(run)
    assert context == document["context"]
    assert run.digest == digest_of(document)
    assert (run.host.name, run.host.arch) == ("invented-host", "sparc64")
    assert run.commit == Commit(f"{0:040x}", 7, 3, "why")
    assert f"{run.when:%Y-%m-%d %H:%M}" == "2015-04-01 00:00"
    assert (run.kind, run.samples, run.failed, run.dirty) == ("native", 12, 0, False)
    assert {series.figure for series in figures} >= {"real_time", "fairness"}
    values = [100 * (1 + 0.001 * repetition) for repetition in range(6)]
    (found,) = [
        interval
        for series, interval in figures.items()
        if series.figure == "real_time" and "sun4u" in series.cell
    ]
    assert found == median_interval(values)


def test_a_run_is_added_once_by_content(url: str, tmp_path: Path) -> None:
    document = run_document()
    one = write(tmp_path / "one.json", document)
    same = write(tmp_path / "same.json", document, indent=4, sort_keys=True)
    other = write(tmp_path / "other.json", run_document(1))
    assert "1 added" in good("store", "add", str(one), "--db", url)
    said = good("store", "add", str(same), str(one), str(other), "--db", url)
    assert "2 already there" in said and "1 added" in said
    assert len(good("store", "list", "--db", url).splitlines()) == 2


def test_points_come_in_the_order_of_commits(url: str) -> None:
    # Measured in another order than committed; two commits in the same second.
    times = {0: (500, 5), 1: (100, 1), 2: (300, 4), 3: (300, 3), 4: (200, 2)}
    with open_store(url, create=True) as store:
        for number, (at, ancestors) in times.items():
            document = run_document(number, pair_ns=10 + ancestors)
            add(store, document, time=at, ancestors=ancestors, subject="")
        series = store.series(figure="real_time")
        points = store.points(series)
    assert len(series) == 2
    for one in series:
        assert list(points[one].median // 1) == [11, 12, 13, 14, 15]
        assert [run.commit.ancestors for run in points[one].runs] == [1, 2, 3, 4, 5]
        assert all(points[one].confident) and list(points[one].count) == [6] * 5


def test_hosts_and_setups_are_not_mixed(url: str) -> None:
    other_setup = run_document(2)
    other_setup["context"]["iommubench"]["entries"] = 65536
    with open_store(url, create=True) as store:
        for document in (run_document(0), run_document(1, host="b"), other_setup):
            add(store, document)
        series = store.series(figure="real_time")
        assert [len(points) for points in store.points(series).values()] == [1] * 6
        assert [host.name for host in store.hosts()] == ["b", "invented-host"]
        assert {one.host.name for one in store.series(host="b")} == {"b"}
        assert [run.host.name for run in store.runs(host="b")] == ["b"]
        assert store.runs(kind="sim") == []
        assert store.points([]) == {}


def test_an_unfinished_run_gives_way(url: str) -> None:
    finished = run_document(repetitions=6)
    states = [run_document(repetitions=count) for count in (2, 4)]
    for state in states:
        state["context"]["iommubench"]["complete"] = False
    with open_store(url, create=True) as store:
        assert add(store, states[0]) == Added.NEW
        assert add(store, states[1]) == Added.REPLACED
        assert add(store, states[0]) == Added.OUTDATED
        assert add(store, finished) == Added.REPLACED
        assert add(store, states[1]) == Added.OUTDATED
        (run,) = store.runs()
        assert run.complete and run.samples == 12
        assert {i.count for i in store.figures(run).values()} == {6}


def test_git_may_tell_later(url: str, tmp_path: Path) -> None:
    head, count = (
        subprocess.check_output(["git", *words, "HEAD"], cwd=ROOT, text=True).strip()
        for words in (["rev-parse"], ["rev-list", "--count"])
    )
    path = write(tmp_path / "run.json", run_document(commit=head))
    good("store", "add", str(path), "--db", url, "--repo", "/nonexistent")
    with open_store(url) as store:
        assert store.runs()[0].commit == Commit(head)
    good("store", "add", str(path), "--db", url)
    with open_store(url) as store:
        assert store.runs()[0].commit == commit_of(head)
        commit = store.runs()[0].commit
    assert commit.subject and commit.ancestors == int(count)


def test_remove(url: str) -> None:
    with open_store(url, create=True) as store:
        add(store, run_document(0))
        add(store, run_document(1))
        first = store.runs()[0]
        store.remove(store.run(first.digest[:12]))
        assert [run.digest for run in store.runs()] == [digest_of(run_document(1))]
        with pytest.raises(ReportError, match="no run of that digest"):
            store.run(first.digest)


def test_the_same_from_both_databases(server: postgres.Server, tmp_path: Path) -> None:
    """Runs, series, points and figures; not the numbers, which are each store's own."""
    random_ = random.Random(7)
    documents = [
        run_document(n, host=f"h{n % 2}", pair_ns=random_.uniform(1, 1e4))
        for n in range(12)
    ]
    found = []
    for url in (str(tmp_path / "h.db"), server.new_url()):
        random_.shuffle(documents)
        with open_store(url, create=True) as store:
            for document in documents:
                add(store, document)
            points = store.points(store.series())
            found.append(
                [
                    (
                        series.key,
                        [run.digest for run in of.runs],
                        [list(a) for a in (of.median, of.low, of.high, of.count)],
                    )
                    for series, of in points.items()
                ]
            )
    assert found[0] == found[1]


# Which figures


def test_figures_of_passes_are_not_mixed() -> None:
    timing = invent.samples(["ring"], ["sun4u/pools:1"], cpus=[2], repetitions=6)
    document = invent.document(invent.with_locks(timing))
    figures = figures_of(run_of(document, DOCUMENT_PATH))
    passes: Dict[str, str] = {}
    for figure in figures:
        assert figure.name not in passes, "a figure is of two passes"
        passes[figure.name] = figure.pass_name
        assert not figure.exact and figure.setup == "entries:8192 seconds:0.2"
    assert passes["real_time"] == "timing" and passes["hold_ns_p99"] == "locks"
    assert not {"iterations", "noisy", "lock_sample"} & set(passes)


def test_simulated_figures_are_exact() -> None:
    path = sorted((ROOT / "results" / "demo").glob("*-sim.json"))[0]
    figures = figures_of(load_run(path))
    assert all(figure.exact and figure.pass_name == "sim" for figure in figures)
    assert {figure.setup for figure in figures} == {
        "entries:8192 rounds:2 seed:1 repetitions:8"
    }
    # The range of all seeds.
    times = [f for f in figures if f.name == "real_time" and "/cpus:16/" in f.cell]
    for each in times:
        assert each.interval.low < each.interval.median < each.interval.high
        assert each.interval.count == 8
    assert {"real_time", "cycles", "hold_ns_p99"} <= {f.name for f in figures}


def test_failed_samples_have_no_figures(tmp_path: Path) -> None:
    name = invent.cell_name()
    ten = [invent.sample(name, 100 + n, n, n) for n in range(9)]
    document = invent.document([*ten, invent.failed(name, 9)])
    run = prepared(document)
    assert run.row["failed"] == 1 and run.row["samples"] == 10
    assert {figure.interval.count for figure in run.figures} == {9}
    with open_store(str(tmp_path / "h.db"), create=True) as store:
        all_failed = invent.document([invent.failed(name, 0)])
        assert add(store, all_failed) == Added.NEW
        assert store.figures(store.runs()[0]) == {}


# The files remain the truth


def test_verify(url: str, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    for number in range(3):
        write(runs / f"{number}.json", run_document(number))
    write(runs / "vega.json", {"not": "results"})
    assert "3 added" in good("store", "add", str(runs), "--db", url)
    assert "3 runs in the store, 0 diff" in good("store", "verify", "--db", url)
    good("store", "verify", str(runs), "--db", url)

    # A file changed, one gone, one new, one cut off.
    write(runs / "0.json", run_document(0, pair_ns=99))
    (runs / "1.json").unlink()
    write(runs / "4.json", run_document(4))
    (runs / "5.json").write_text('{"context": ', encoding="utf-8")
    done = report("store", "verify", str(runs), "--db", url)
    assert done.returncode == 1, done
    lines = done.stdout.splitlines()
    assert sum("not in the store" in line for line in lines) == 2
    assert sum("file is gone or was changed" in line for line in lines) == 2
    assert sum("5.json: not valid JSON" in line for line in lines) == 1
    assert lines[-1] == "3 runs in the store, 5 differences from the files"
    assert report("store", "verify", "--db", url).returncode == 1


def test_verify_sees_a_changed_store(tmp_path: Path) -> None:
    sqlite3 = pytest.importorskip("sqlite3")
    url = str(tmp_path / "h.db")
    write(tmp_path / "run.json", run_document())
    good("store", "add", str(tmp_path / "run.json"), "--db", url)
    connection = sqlite3.connect(url)
    connection.execute(
        "UPDATE points SET median = median * 1.0001 WHERE series ="
        " (SELECT min(series) FROM points WHERE median > 0)"
    )
    connection.commit()
    done = report("store", "verify", "--db", url)
    assert done.returncode == 1 and "1 figures differ" in done.stdout, done


def test_the_store_is_made_again_from_the_files(url: str, tmp_path: Path) -> None:
    write(tmp_path / "a" / "one.json", run_document(1))
    write(tmp_path / "a" / "b" / "two.json", run_document(2))
    good("store", "add", str(tmp_path / "a"), "--db", url)
    again = str(tmp_path / "again.db")
    good("store", "add", str(tmp_path / "a"), "--db", again)
    lists = [good("store", "list", "--db", one) for one in (url, again)]
    assert lists[0] == lists[1] and lists[0].count("\n") == 2


# Many at once, and cut off


def test_two_writers_at_once(url: str, tmp_path: Path) -> None:
    """Each adds its own runs and, at the same time, those of all."""
    write(tmp_path / "shared" / "run.json", run_document(999))
    for writer in range(3):
        for number in range(8):
            document = run_document(writer * 100 + number, host=f"h{number % 2}")
            write(tmp_path / str(writer) / f"{number}.json", document)
    running = [
        subprocess.Popen(
            command(
                *("store", "add", str(tmp_path / str(writer))),
                *(str(tmp_path / "shared"), "--db", url),
            ),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for writer in range(3)
    ]
    said = [process.communicate(timeout=60)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], said
    with open_store(url) as store:
        assert len(store.runs()) == 25
        # Two cells on three hosts: no series is there twice.
        keys = [series.key for series in store.series()]
        assert len(keys) == len(set(keys)) and len(keys) % 6 == 0
    good("store", "verify", str(tmp_path), "--db", url)


def test_killed_in_the_middle(url: str, tmp_path: Path) -> None:
    """Whenever it is killed, each run is there with all its figures, or is not."""
    random_ = random.Random(11)
    for number in range(60):
        write(tmp_path / "runs" / f"{number:03}.json", run_document(number))
    adding = ("store", "add", str(tmp_path / "runs"), "--db", url)
    there = 0
    for _ in range(4):
        with subprocess.Popen(
            command(*adding),
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            wanted = there + 2
            wait_for(lambda: runs_in(url) >= wanted, 30)
            time.sleep(random_.uniform(0, 0.02))
            process.kill()
        with open_store(url) as store:
            runs = store.runs()
            assert wanted <= len(runs)
            figures = {len(store.figures(run)) for run in runs}
        there = len(runs)
        assert figures == {len(prepared(run_document()).figures)}
    assert there < 60, "it was never killed in the middle"
    good(*adding)
    assert runs_in(url) == 60
    good("store", "verify", str(tmp_path / "runs"), "--db", url)


def runs_in(url: str) -> int:
    """How many runs there are; 0 if there is no store yet."""
    try:
        with open_store(url) as store:
            return len(store.runs())
    except ReportError:
        return 0
