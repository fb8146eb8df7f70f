# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of what shares a series: not two sides, lengths, or versions of the store."""

import sqlite3
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

import results_sample as invent
from comparison_files import with_sides
from report import ReportError
from report.read.load import load_run
from report.store import Store, new_run, open_store, tables
from report.store.figures import setup_of
from store_sample import good, refused, report, run_document, write


def add(db: str, *paths: Path) -> str:
    """What `store add` says."""
    return good("store", "add", *map(str, paths), "--db", db)


def setups(db: str) -> List[Tuple[str, int]]:
    """The setups of the store's series of real_time, with their numbers of points."""
    with open_store(db) as store:
        found = store.points(store.series(figure="real_time"))
        return sorted((one.setup, len(points)) for one, points in found.items())


# Comparisons


def test_comparisons_are_passed_over(tmp_path: Path) -> None:
    """Their two sides have the same cells, and would become one median."""
    db = str(tmp_path / "h.db")
    run = write(tmp_path / "runs" / "run.json", run_document())
    sides = write(
        tmp_path / "runs" / "compare.json", with_sides({invent.cell_name(): 0.1})
    )
    assert "1 passed over, as they compare two sides" in add(db, sides)
    said = add(db, run.parent)
    assert "1 added" in said and "1 passed over" in said
    with open_store(db) as store:
        assert len(store.runs()) == 1
    assert " 0 differences" in good("store", "verify", str(run.parent), "--db", db)
    with pytest.raises(ReportError, match="a comparison"):
        new_run(load_run(sides), "0" * 64)


# Setups


def test_lengths_of_intervals_are_not_mixed(tmp_path: Path) -> None:
    """Counts and the longest hold time grow with the length."""
    db = str(tmp_path / "h.db")
    paths = []
    for number, seconds in enumerate((0.2, 0.2, 0.05)):
        document = run_document(number)
        document["context"]["iommubench"]["seconds"] = seconds
        paths.append(write(tmp_path / f"{number}.json", document))
    add(db, *paths)
    assert (
        setups(db)
        == [("entries:8192 seconds:0.05", 1)] * 2
        + [("entries:8192 seconds:0.2", 2)] * 2
    )


def test_revisions_of_a_cpu_are_not_mixed(tmp_path: Path) -> None:
    """What another microcode did would be a change of the code; unknown is another."""
    db = str(tmp_path / "h.db")
    paths = []
    microcodes = ("", "0x1", "0x1", "0x2")
    for number, microcode in enumerate(microcodes):
        document = run_document(number, cells=1)
        if microcode:
            revision = f"family 26, microcode {microcode}"
            document["context"]["iommubench"]["host"]["cpu_revision"] = revision
        paths.append(write(tmp_path / f"{number}.json", document))
    add(db, *paths)
    usual = "entries:8192 seconds:0.2"
    assert setups(db) == [
        (usual, 1),
        (f"{usual} cpu:family=26,microcode=0x1", 2),
        (f"{usual} cpu:family=26,microcode=0x2", 1),
    ]


def test_what_is_counted_does_not_depend_on_the_cpu() -> None:
    ours: Dict[str, Any] = {"seconds": 0, "seed": 3, "repetitions": 2}
    ours["host"] = {"cpu_revision": "stepping 1"}
    assert "cpu:" in setup_of(ours, 1)
    assert "cpu:" not in setup_of({**ours, "audit": {"threads": 1}}, 1)
    assert "cpu:" not in setup_of({**ours, "simulator": {"rounds": 4}}, 1)


def test_repetitions_of_a_simulation_are_told() -> None:
    """Each has a seed of its own, so the median of two is not the first."""
    ours: Dict[str, Any] = {"seconds": 0, "seed": 3, "repetitions": 2}
    ours["simulator"] = {"rounds": 4}
    assert setup_of(ours, 1024) == "entries:1024 rounds:4 seed:3 repetitions:2"
    ours.update(seconds=0.001, repetitions=1)
    assert setup_of(ours, 1024) == "entries:1024 seconds:0.001 seed:3 repetitions:1"
    del ours["simulator"]
    ours.update(seconds=0, audit={"threads": 1, "draws": "recorded"})
    assert setup_of(ours, 1024) == "entries:1024 seed:3 draws:recorded threads:1"


def test_a_store_of_version_1(tmp_path: Path) -> None:
    """Its points go to the series of their setups, its comparisons out."""
    db = str(tmp_path / "h.db")
    new = str(tmp_path / "new.db")
    documents = [run_document(number) for number in range(3)]
    documents[2]["context"]["iommubench"]["seconds"] = 0.05
    add(db, *(write(tmp_path / f"{n}.json", d) for n, d in enumerate(documents)))
    add(new, *(tmp_path / f"{number}.json" for number in range(3)))
    before = setups(db)
    as_version_1(db)
    refused(report("store", "list", "--db", db), "version 1", f"upgrade --db {url(db)}")
    good("store", "upgrade", "--db", db)
    assert setups(db) == before
    good("store", "verify", "--db", db)
    listed = [good("store", "export", "--format", "csv", "--db", o) for o in (db, new)]
    assert listed[0] == listed[1]

    as_version_1(db)
    connection = sqlite3.connect(db)
    connection.execute(
        "UPDATE runs SET context = replace(context, '\"seed\"',"
        ' \'"comparison":{},"seed"\') WHERE number = 1'
    )
    connection.commit()
    good("store", "upgrade", "--db", db)
    with open_store(db) as store:
        assert [run.number for run in store.runs()] == [2, 3]
        assert len(store.points(store.series())) == len(store.series())


def url(db: str) -> str:
    """How messages call it."""
    return f"sqlite:///{db}"


def as_version_1(db: str) -> None:
    """Make the store what version 1 would have made of its runs."""
    connection = sqlite3.connect(db)
    of = "host, cell, pass, figure, exact"
    first = f"SELECT min(number) FROM series GROUP BY {of}"
    same = " AND ".join(f"a.{name} = b.{name}" for name in of.split(", "))
    connection.execute(
        "UPDATE points SET series = (SELECT min(a.number) FROM series a, series b"
        f" WHERE b.number = points.series AND {same})"
    )
    connection.execute(f"DELETE FROM series WHERE number NOT IN ({first})")
    connection.execute("UPDATE series SET setup = 'entries:8192'")
    connection.execute("UPDATE store_version SET version = 1")
    connection.execute("ALTER TABLE runs RENAME COLUMN noisy TO disturbed")
    for name in ("version", "dirty", "hash"):
        connection.execute(f"ALTER TABLE runs DROP COLUMN kernel_{name}")
    # SQLite drops no column that refers to another table.
    unused = len(connection.execute("PRAGMA table_info(runs)").fetchall())
    connection.execute(
        f"ALTER TABLE runs RENAME COLUMN kernel_commit TO unused{unused}"
    )
    connection.commit()
    assert tables.VERSION == 4


# What no database can hold


@pytest.mark.parametrize("name", ["a\0", "\udc80"])
def test_names_of_figures_that_are_no_text(tmp_path: Path, name: str) -> None:
    document = run_document()
    document["benchmarks"][0][name] = 1.0
    path = write(tmp_path / "run.json", document)
    refused(
        report("store", "add", str(path), "--db", f"{tmp_path}/h.db"), "not valid text"
    )


@pytest.mark.parametrize("digits", [400, 5000])
@pytest.mark.parametrize("sign", ["", "-"])
def test_numbers_too_large_for_a_figure(tmp_path: Path, digits: int, sign: str) -> None:
    document = run_document()
    document["benchmarks"][0]["likwid"] = 12345.5
    path = write(tmp_path / "run.json", document)
    text = path.read_text(encoding="utf-8").replace("12345.5", sign + "9" * digits)
    path.write_text(text, encoding="utf-8")
    done = report("store", "add", str(path), "--db", f"{tmp_path}/h.db")
    refused(done, "is not a finite number")
    assert "0 runs" in good("store", "verify", "--db", f"{tmp_path}/h.db")


def test_what_was_added_before_the_database_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is in, and said; as is what was refused."""
    added: List[Any] = []
    real = Store.add

    def fails(self: Store, *words: Any) -> Any:
        if added:
            raise ReportError("the disk is full; make room")
        added.append(words)
        return real(self, *words)

    monkeypatch.setattr(Store, "add", fails)
    (tmp_path / "bad.json").write_text("{", encoding="utf-8")
    paths = [tmp_path / "bad.json"]
    paths += [write(tmp_path / f"{n}.json", run_document(n)) for n in range(2)]
    db = str(tmp_path / "h.db")
    done = report("store", "add", *map(str, paths), "--db", db)
    assert done.returncode == 2 and "1 added, 1 refused" in done.stdout, done
    lines = done.stderr.splitlines()
    assert "bad.json: not valid JSON" in lines[0] and "disk is full" in lines[1]
    with open_store(db) as store:
        assert len(store.runs()) == 1
