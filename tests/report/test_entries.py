# SPDX-License-Identifier: GPL-2.0-or-later
"""Cells whose tables have other sizes than the usual are told apart everywhere."""

import sqlite3
from pathlib import Path
from typing import Any, Dict, List

import pytest

import results_sample as invent
from report import ReportError
from report.compare.sides import load_sides
from report.draw.caption import host_and_run
from report.draw.groups import group_of, in_groups, slug, subtitle
from report.read.cell import Cell
from report.read.load import load_run
from report.site.cells import conditions_of, conditions_of_series
from report.store import open_store
from store_sample import good, write

REST = "pools:16/cpus:4/flush:none/occupancy:5/lock:tas/think:0"
BIG = f"ring/pooled/entries:262144/{REST}"
USUAL = f"ring/pooled/{REST}"


def document(*names: str, pair_ns: float = 50, entries: int = 8192) -> Dict[str, Any]:
    """A run with eight samples of each of these cells."""
    made = invent.document(
        [
            invent.sample(name, pair_ns + number, 8 * place + number, number)
            for place, name in enumerate(names)
            for number in range(8)
        ]
    )
    made["context"]["iommubench"]["entries"] = entries
    return made


@pytest.mark.parametrize("prefix", ("", "sim/sun4v-t5-2/", "audit/"))
def test_names_tell_entries(prefix: str) -> None:
    """They stand before the parameters and are no part of the variant."""
    name = f"{prefix}ring/pooled/entries:64/pad:9/{REST}"
    cell = Cell.parse(name)
    assert (cell.entries, cell.size, str(cell)) == (64, 64, name)
    assert cell.variant == "pooled/pad:9/pools:16"
    assert cell.parameters == (("pad", "9"),)
    assert cell != Cell.parse(f"{prefix}ring/pooled/pad:9/{REST}")


def test_the_usual_entries_are_not_told() -> None:
    """A cell has one name, whoever wrote it."""
    for prefix, usual, other in (("", 8192, 16384), ("audit/", 16384, 8192)):
        cell = Cell.parse(f"{prefix}{USUAL}")
        assert (cell.entries, cell.size) == (None, usual)
        assert Cell.parse(f"{prefix}ring/pooled/entries:{usual}/{REST}") == cell
        assert cell.with_entries(usual) == cell.with_entries(None) == cell
        assert f"/entries:{other}/" in str(cell.with_entries(other))


@pytest.mark.parametrize(
    "words",
    ("entries:0", "entries:08", "entries:", "entries:8k", "entries:8/entries:8"),
)
def test_what_is_no_number_of_entries(words: str) -> None:
    """Nor may it stand elsewhere."""
    with pytest.raises(ValueError, match="not a cell name"):
        Cell.parse(f"ring/pooled/{words}/{REST}")
    with pytest.raises(ValueError, match="not a cell name"):
        Cell.parse(f"ring/pooled/pad:1/entries:8/{REST}")


def test_older_files_tell_entries_in_the_context(tmp_path: Path) -> None:
    """Their cells are those that programs of today call by their entries."""
    old = load_run(write(tmp_path / "old.json", document(USUAL, entries=262144)))
    new = load_run(write(tmp_path / "new.json", document(BIG, entries=262144)))
    both = load_run(write(tmp_path / "both.json", document(USUAL, BIG)))
    assert {str(s.cell) for s in old.samples} == {BIG}
    assert {s.cell for s in old.samples} == {s.cell for s in new.samples}
    assert {str(s.cell) for s in both.samples} == {USUAL, BIG}
    assert (old.sizes, both.sizes) == ("262144", "8192 and 262144")


def test_pictures_are_of_tables_of_one_size(tmp_path: Path) -> None:
    """And their titles and files say which, where it is not the usual."""
    run = load_run(write(tmp_path / "both.json", document(USUAL, BIG)))
    groups = list(in_groups(run.samples))
    assert len(groups) == 2 and len({slug(group) for group in groups}) == 2
    small, big = group_of(Cell.parse(USUAL)), group_of(Cell.parse(BIG))
    assert "entries" not in slug(small) + subtitle(small)
    assert "entries-262144" in slug(big)
    assert subtitle(big).startswith("262144 entries   flush none")
    assert "8192 entries" in host_and_run(run, small)[1]
    assert "262144 entries" in host_and_run(run, big)[1]


def test_sizes_are_not_compared_with_each_other(tmp_path: Path) -> None:
    """Cells of a size are compared with those of that size."""
    one = write(tmp_path / "one.json", document(USUAL, BIG))
    other = write(tmp_path / "other.json", document(USUAL, BIG, pair_ns=60))
    sides = load_sides(one, other, across_hosts=False)
    assert {str(cell) for cell in sides.cells} == {USUAL, BIG}
    for both in sides.cells.values():
        assert {s.cell.size for side in both for s in side} in ({8192}, {262144})
    small = write(tmp_path / "small.json", document(USUAL))
    with pytest.raises(ReportError, match="entries 8192 and 262144 and 8192"):
        load_sides(one, small, across_hosts=False)
    alone = load_sides(one, small, across_hosts=True)
    assert [str(cell) for cell in alone.cells] == [USUAL]
    assert [str(cell) for cell in alone.alone] == [BIG]


def in_store(db: str) -> List[str]:
    """Cells of real_time with the beginning of their setups."""
    with open_store(db) as store:
        return sorted(
            f"{series.cell} {series.setup.split()[0]}"
            for series in store.series(figure="real_time")
        )


def test_the_store_has_a_series_of_each(tmp_path: Path) -> None:
    """Its pages say the entries once."""
    db = str(tmp_path / "h.db")
    path = write(tmp_path / "both.json", document(USUAL, BIG))
    good("store", "add", str(path), "--db", db)
    assert in_store(db) == [f"{BIG} entries:262144", f"{USUAL} entries:8192"]
    assert "262144 entries" in conditions_of(BIG)
    assert "entries" not in conditions_of(USUAL)
    with open_store(db) as store:
        for series in store.series():
            assert conditions_of_series(series).count("entries") == 1


def test_a_store_of_version_3(tmp_path: Path) -> None:
    """Series of tables of other sizes go on under the cells' names of today."""
    db = str(tmp_path / "h.db")
    old = write(tmp_path / "old.json", document(USUAL, entries=262144))
    plain = write(tmp_path / "plain.json", document(USUAL, pair_ns=70))
    good("store", "add", str(old), str(plain), "--db", db)
    today = in_store(db)
    with sqlite3.connect(db) as connection:
        (usual,) = connection.execute(
            "SELECT number FROM cells WHERE name = ?", (USUAL,)
        ).fetchone()
        connection.execute("UPDATE series SET cell = ?", (usual,))
        connection.execute("DELETE FROM cells WHERE name = ?", (BIG,))
        connection.execute("UPDATE store_version SET version = 3")
    good("store", "upgrade", "--db", db)
    assert in_store(db) == today == [f"{BIG} entries:262144", f"{USUAL} entries:8192"]
    new = write(tmp_path / "new.json", document(BIG, pair_ns=60))
    good("store", "add", str(new), "--db", db)
    with open_store(db) as store:
        points = store.points(store.series(figure="real_time", cell=BIG))
        assert [len(of) for of in points.values()] == [2]


def platform(**more: Any) -> Dict[str, Any]:
    """A platform as a run's context has it."""
    made: Dict[str, Any] = {"name": "sun4u", "entries": 8192, "hypothetical": []}
    return {**made, "flushes": [{"name": "none"}], **more}


def test_platforms_in_the_context(tmp_path: Path) -> None:
    """The schema has them, and what of them is assumed."""
    made = document(USUAL)
    ours = made["context"]["iommubench"]
    ours["platforms"] = [
        platform(
            entries_assumed="all",
            flushes=[{"name": "none", "assumed": "nothing"}],
            hypothetical=["pooled/pools:16"],
        )
    ]
    load_run(write(tmp_path / "good.json", made))
    for bad in (platform(entries=0), platform(flushes=[{}]), platform(more=1)):
        ours["platforms"] = [bad]
        with pytest.raises(ReportError, match="platforms"):
            load_run(write(tmp_path / "bad.json", made))
