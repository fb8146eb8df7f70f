# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the store with what it cannot use: nothing lost, and clear words."""

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import pytest

import postgres
from report import ReportError
from report.store import open_store, steps, tables
from store_sample import Done, command, good, refused, report, run_document, write


@pytest.fixture(name="run")
def _run(tmp_path: Path) -> str:
    """A results file."""
    return str(write(tmp_path / "run.json", run_document()))


@pytest.fixture(name="db")
def _db(tmp_path: Path, run: str) -> str:
    """A store that has one run, not that of `run`."""
    path = str(tmp_path / "history.db")
    other = write(tmp_path / "other.json", run_document(1))
    good("store", "add", str(other), "--db", path)
    assert run
    return path


def adding(db: str, *runs: str) -> Done:
    """`store add`, which may fail."""
    return report("store", "add", *runs, "--db", db)


# Databases


@pytest.mark.parametrize(
    "url, words",
    [
        ("mysql://me:secret@host/name", "not a database that the store supports"),
        ("postgresql://me:secret@host/", "names no database"),
        ("postgresql+asyncpg://me:secret@host/name", "another driver"),
        ("postgresql://me:secret@[::/name", "not a URL"),
        ("postgresql://me:secret@host:port/name", "not a URL"),
        ("://", "not a URL"),
        ("sqlite://", "not a database that the store supports"),
        ("sqlite:///a.db?mode=memory", "not a database that the store supports"),
        ("/", "is a folder"),
        ("", "is a folder"),
        ("/proc/none/history.db", "No such file or directory"),
        ("/dev/null/history.db", "name another in --db"),
        ("/dev/full", ""),
    ],
)
def test_wrong_urls(run: str, url: str, words: str) -> None:
    done = adding(url, run)
    refused(done, words)
    assert "secret" not in done.stderr


def test_no_server(run: str) -> None:
    with socket.socket() as taken:
        # Bound and not listening: nobody answers there.
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        done = adding(f"postgresql://me:secret@127.0.0.1:{port}/name", run)
    refused(done, "Connection refused", "check the server")
    assert "secret" not in done.stderr


def test_no_store_yet(tmp_path: Path) -> None:
    path = tmp_path / "none.db"
    for action in ("list", "verify", "upgrade"):
        refused(report("store", action, "--db", str(path)), "store add")
        assert not path.exists()
    path.touch()
    refused(report("store", "list", "--db", str(path)), "holds no store yet")


def test_garbage(run: str, tmp_path: Path) -> None:
    path = tmp_path / "garbage.db"
    path.write_bytes(b"not a database, but long enough to be one " * 50)
    before = path.read_bytes()
    refused(adding(str(path), run), "not a database")
    refused(report("store", "list", "--db", str(path)), "not a database")
    assert path.read_bytes() == before


def test_cut_off(db: str, run: str) -> None:
    whole = Path(db).read_bytes()
    Path(db).write_bytes(whole[: len(whole) // 2])
    refused(adding(db, run), "store add")


def test_another_program_s_database(run: str, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs(a)")
    connection.commit()
    refused(adding(str(path), run), "not those of a store")
    assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [
        ("theirs",)
    ]


def test_a_newer_version(db: str, run: str) -> None:
    connection = sqlite3.connect(db)
    connection.execute("UPDATE store_version SET version = version + 1")
    connection.commit()
    before = Path(db).read_bytes()
    for done in (adding(db, run), report("store", "list", "--db", db)):
        refused(done, f"version {tables.VERSION + 1}", "use a newer iommubench")
    refused(report("store", "upgrade", "--db", db), "use a newer iommubench")
    assert Path(db).read_bytes() == before


def test_an_older_version(db: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a step that fails in its middle, nothing has happened."""

    def breaks(connection: Any) -> None:
        connection.exec_driver_sql("ALTER TABLE hosts ADD COLUMN site TEXT")
        raise ReportError("power cut")

    def works(connection: Any) -> None:
        connection.exec_driver_sql("ALTER TABLE hosts ADD COLUMN site TEXT")

    new = tables.VERSION + 1
    monkeypatch.setattr(tables, "VERSION", new)
    with pytest.raises(ReportError, match="store upgrade"):
        open_store(db)
    monkeypatch.setitem(steps.STEPS, new - 1, breaks)
    with pytest.raises(ReportError, match="power cut"):
        open_store(db, upgrade=True)
    assert "site" not in columns(db, "hosts")
    monkeypatch.setitem(steps.STEPS, new - 1, works)
    open_store(db, upgrade=True).close()
    assert "site" in columns(db, "hosts")
    with open_store(db) as store:
        assert len(store.runs()) == 1


def columns(db: str, table: str) -> List[str]:
    """The columns of a table."""
    connection = sqlite3.connect(db)
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def test_missing_package(run: str, tmp_path: Path) -> None:
    """Only the store needs it, and says so."""
    code = (
        "import sys, importlib.util as u; found = u.find_spec;"
        "u.find_spec = lambda n, *r: None if n == 'sqlalchemy' else found(n, *r);"
        "from report.__main__ import main;"
        f"sys.exit(main(['store', 'add', {run!r}, '--db', {str(tmp_path / 'h.db')!r}]))"
    )
    done = subprocess.run(
        [sys.executable, "-B", "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    refused(done, "needs SQLAlchemy", "make deps")


@pytest.fixture(name="open_folder")
def _open_folder() -> Iterator[Path]:
    """A folder that every user can read."""
    folder = Path(tempfile.mkdtemp(prefix="iommubench-store-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody() -> List[str]:
    """What runs the report as a user without rights; skips where that one cannot."""
    prefix = ["setpriv", "--reuid", "nobody", "--clear-groups"]
    done = report("store", "--help", prefix=prefix)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        pytest.skip(f"the user nobody cannot run the report here: {last}")
    return prefix


def test_read_only(db: str, run: str, open_folder: Path) -> None:
    """Who may not write can still read."""
    path = open_folder / "history.db"
    shutil.copy(db, path)
    results = shutil.copy(run, open_folder)
    path.chmod(0o444)
    open_folder.chmod(0o555)
    before = path.read_bytes()
    prefix = as_nobody() if os.geteuid() == 0 else []
    done = report("store", "list", "--db", str(path), prefix=prefix)
    assert (done.returncode, done.stdout.count("\n")) == (0, 1), done
    done = report("store", "add", str(results), "--db", str(path), prefix=prefix)
    refused(done, "readonly database", "make the file and its folder writable")
    new = str(open_folder / "new.db")
    done = report("store", "add", str(results), "--db", new, prefix=prefix)
    refused(done, "unable to open database file")
    assert path.read_bytes() == before
    open_folder.chmod(0o755)


def test_a_full_disk(db: str, run: str, tmp_path: Path) -> None:
    """On a disk of their own, as small as the store."""
    mounted = tmp_path / "small"
    mounted.mkdir()
    kib = -(-Path(db).stat().st_size // 1024 // 4) * 4 + 8
    script = (
        f"mount -t tmpfs -o size={kib}k small {mounted} || exit 77\n"
        f"cp {db} {mounted}/history.db\n"
        f'"$@"; status=$?\n'
        f"cp {mounted}/history.db {tmp_path}/after.db\n"
        "exit $status\n"
    )
    prefix = ["unshare", "-rm", "sh", "-c", script, "sh"]
    many = [
        str(write(tmp_path / f"{n}.json", run_document(n, cells=8)))
        for n in range(2, 9)
    ]
    done = report(
        *("store", "add", run, *many, "--db", f"{mounted}/history.db"), prefix=prefix
    )
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip(f"no disk can be made here: {done.stderr.strip()}")
    refused(done, "disk is full", "free some space")
    with open_store(str(tmp_path / "after.db")) as store:
        runs = store.runs()
        assert 1 <= len(runs) < 9
        for one in runs:
            assert store.figures(one)


def test_no_right_to_write(server: postgres.Server) -> None:
    """A PostgreSQL user who may only read."""
    url = server.new_url()
    with tempfile.TemporaryDirectory() as folder:
        path = str(write(Path(folder) / "run.json", run_document()))
        good("store", "add", path, "--db", url)
        reader = url.replace("nobody@", "reader@")
        if reader == url:
            reader = "postgresql://reader@" + url.partition("@")[2]
        name = url.partition("@/")[2].partition("?")[0]
        server.sql(name, "CREATE ROLE reader LOGIN")
        server.sql(name, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
        assert good("store", "list", "--db", reader).count("\n") == 1
        other = str(write(Path(folder) / "other.json", run_document(1)))
        refused(adding(reader, other), "permission denied", "ask for permission")
        absent = reader.replace(name, "absent")
        refused(adding(absent, other), "does not exist")


# Results files


def spoilt(change: Callable[[Dict[str, Any]], None]) -> Dict[str, Any]:
    """A results document with something changed."""
    document = run_document(5)
    change(document["context"])
    return document


@pytest.mark.parametrize(
    "change, words",
    [
        (lambda c: c.pop("date"), "'date' is missing"),
        (lambda c: c.update(date="2015-13-99T99:00:00Z"), "context.date"),
        (lambda c: c["iommubench"].update(format=3), "reads 1 and 2"),
        (lambda c: c["iommubench"].update(commit="--help"), "malformed"),
        (lambda c: c["iommubench"]["host"].update(name="a\0b"), "not valid text"),
        (
            lambda c: c["iommubench"]["host"].update(cpu_model="\udc80"),
            "not valid text",
        ),
    ],
)
def test_bad_results(
    db: str, run: str, tmp_path: Path, change: Any, words: str
) -> None:
    """The others are added."""
    bad = str(write(tmp_path / "bad.json", spoilt(change)))
    done = adding(db, bad, run)
    refused(done, words, "bad.json")
    assert "1 added, 1 refused" in done.stdout
    assert good("store", "list", "--db", db).count("\n") == 2


def test_no_results(db: str, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    write(empty / "other.json", {"not": "results"})
    refused(adding(db, str(empty)), "no results files")
    refused(adding(db, str(tmp_path / "absent.json")), "No such file")
    refused(adding(db, str(empty / "other.json")), "not written by iommubench")
    (empty / "cut.json").write_text('{"context": {"iommu', encoding="utf-8")
    refused(adding(db, str(empty)), "not valid JSON")


def test_odd_names_stay_data(db: str, tmp_path: Path) -> None:
    """What would be SQL, escapes of a terminal or HTML comes back as it was."""
    name = "'; DROP TABLE runs; --\x1b[2J<script>%s?&\u202e"
    path = write(tmp_path / "odd 'name'.json", run_document(7, host=name))
    good("store", "add", str(path), "--db", db)
    said = good("store", "list", "--db", db)
    assert said.count("\n") == 2 and "\x1b" not in said and "DROP TABLE" in said
    with open_store(db) as store:
        assert name in [host.name for host in store.hosts()]
        assert store.runs(host=name)[0].path.endswith("odd 'name'.json")


def test_command_line() -> None:
    for words in (["store"], ["store", "add"], ["store", "none"], ["store", "remove"]):
        refused(report(*words), "--help")
    assert command("store")[-1] == "store"
    refused(report("store", "remove", "0", "--db", "/nonexistent.db"), "store add")
