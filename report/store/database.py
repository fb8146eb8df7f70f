# SPDX-License-Identifier: GPL-2.0-or-later
"""Access to the database: URLs, transactions, versions, and its errors in one line."""

import os
import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator, Optional

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from report import ReportError
from report.store import tables
from report.store.steps import STEPS

# How long a writer waits for another, in seconds.
PATIENCE_S = 60
# Names our advisory lock in PostgreSQL; any number that nobody else uses.
_LOCK = 0x696F6D6D75


class Database:
    """A database with our tables; its errors are raised as ReportError."""

    def __init__(self, url: str, create: bool, upgrade: bool) -> None:
        """`create`: make what is not there; `upgrade`: bring old tables up to date."""
        self._url = _parse(url)
        self._words = str(self._url.render_as_string(hide_password=True))
        self._engine: Any = None
        self._snapshot: Any = None
        self._sqlite = self._url.get_backend_name() == "sqlite"
        if self._sqlite:
            self._path = Path(self._url.database)
            self._prepare_file(create)
        with self._in_clear_words():
            self._engine = self._connect(create)
        try:
            with self.reading() as connection:
                version = _version(connection, self._words)
            if version is None and not create:
                raise ReportError(
                    f"{self._words}: holds no store yet;"
                    f" {self._command('add RUN.json')} creates one"
                )
            if version != tables.VERSION and upgrade:
                with self.writing() as connection:
                    _make_current(connection, self._words)
            elif version != tables.VERSION:
                raise ReportError(
                    f"{self._words}: is a store of version {version}, this report reads"
                    f" {tables.VERSION}; {self._command('upgrade')} upgrades it"
                )
        except BaseException:
            self.close()
            raise

    def __str__(self) -> str:
        return self._words

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Any]:
        """A connection that sees the database in one consistent state."""
        with self._in_clear_words():
            if self._snapshot is not None:
                yield self._snapshot
                return
            with self._engine.connect() as plain:
                connection = self._of_one_state(plain)
                with connection.begin():
                    yield connection

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """In the block everything is read from one state; nothing may be written.

        A writer of SQLite waits for its end.
        """
        with self.reading() as connection:
            self._snapshot = connection
            try:
                yield
            finally:
                self._snapshot = None

    @contextmanager
    def writing(self) -> Iterator[Any]:
        """A connection whose changes are made all at once at the end, or not at all.

        Writers take turns.
        """
        with self._in_clear_words(), self._engine.connect() as plain:
            connection = plain.execution_options(iommubench_write=True)
            with connection.begin():
                if not self._sqlite:
                    connection.execute(
                        sa.select(sa.func.pg_advisory_xact_lock(_LOCK))
                    ).all()
                yield connection

    def _command(self, action: str) -> str:
        """The command line of an action on this database."""
        where = shlex.quote(self._words)
        return f"`python3 -m report store {action} --db {where}`"

    def _of_one_state(self, connection: Any) -> Any:
        """The connection; PostgreSQL would show each statement a state of its own."""
        if self._sqlite:
            return connection
        return connection.execution_options(isolation_level="REPEATABLE READ")

    def _prepare_file(self, create: bool) -> None:
        if create:
            try:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ReportError(
                    f"{self._path.parent}: {error.strerror}; name another in --db"
                ) from None
        elif not self._path.exists():
            raise ReportError(
                f"{self._path}: no such store; {self._command('add RUN.json')}"
                " creates one"
            )
        if self._path.is_dir():
            raise ReportError(f"{self._path}: is a folder; name a file in --db")

    def _connect(self, create: bool) -> Any:
        if not self._sqlite:
            return sa.create_engine(
                self._url, connect_args={"connect_timeout": 10, **_session()}
            )
        mode = "rwc" if create else "rw"
        # Percent-encoded by hand: the driver decodes it, SQLAlchemy does not.
        name = self._path.absolute().as_uri()
        engine = sa.create_engine(
            sa.engine.URL.create(
                "sqlite", database=name, query={"mode": mode, "uri": "true"}
            ),
            connect_args={"timeout": PATIENCE_S},
            poolclass=sa.pool.StaticPool,
        )
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine

    @contextmanager
    def _in_clear_words(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.SQLAlchemyError as error:
            raise ReportError(f"{self._words}: {self._explain(error)}") from None
        except ImportError as error:
            raise ReportError(
                f"{self._words}: {error}; `make deps` installs it"
                " (Debian: apt install python3-psycopg2)"
            ) from None

    def _explain(self, error: Exception) -> str:
        said = str(getattr(error, "orig", None) or error).strip().splitlines()
        what = " ".join(line.strip() for line in said[:2]) or type(error).__name__
        for words, advice in _ADVICE:
            if words in what:
                return f"{what}; {advice}"
        where = (
            "the file" if self._sqlite else "the server, the name and the permissions"
        )
        return f"{what}; check {where}"


# What databases say, and what to do about it.
_ADVICE = (
    ("readonly database", "make the file and its folder writable"),
    ("read-only transaction", "write to the primary server"),
    ("disk is full", "free some space, then add again"),
    ("No space left", "free some space, then add again"),
    ("database is locked", "another process is writing to it; try again"),
    ("not a database", "name a store in --db, or move the file away and add again"),
    ("malformed", "move the file away and create the store again: store add DIR"),
    ("permission denied", "ask for permission to use it"),
    ("unable to open database file", "check its folder and permissions"),
)


def _parse(text: str) -> Any:
    """The URL of a supported database; a path without :// means SQLite."""
    if "://" not in text:
        return sa.engine.URL.create("sqlite", database=text)
    try:
        url = make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        raise ReportError(
            f"--db {text.partition('://')[0]}://...: not a URL;"
            " give postgresql://USER@HOST/NAME or a path"
        ) from None
    if url.get_backend_name() == "postgresql":
        if url.drivername == "postgresql":
            url = url.set(drivername="postgresql+psycopg2")
        if url.drivername == "postgresql+psycopg2" and url.database:
            return url
        problem = "names no database" if not url.database else "another driver"
    elif url.drivername == "sqlite" and url.database and not url.query:
        return url
    else:
        problem = "not a database that the store supports"
    raise ReportError(
        f"--db {url.render_as_string(hide_password=True)}: {problem};"
        " give postgresql://USER@HOST/NAME or a path"
    )


def _session() -> Any:
    """Options of a connection to PostgreSQL: wait for a lock, but not for ever."""
    own = os.environ.get("PGOPTIONS", "")
    return {"options": f"{own} -c lock_timeout={PATIENCE_S}s".strip()}


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # Keep the driver from beginning transactions by itself: _begin_sqlite does.
    connection.isolation_level = None
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Any) -> None:
    writing = connection.get_execution_options().get("iommubench_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _version(connection: Any, words: str) -> Optional[int]:
    """The version of the tables; None if there is no table at all."""
    names = sa.inspect(connection).get_table_names()
    if not names:
        return None
    found = []
    if tables.store_version.name in names:
        found = connection.execute(sa.select(tables.store_version.c.version)).all()
    if len(found) != 1:
        raise ReportError(
            f"{words}: holds tables, but not those of a store; give the store a"
            " database of its own"
        )
    version = int(found[0][0])
    if version > tables.VERSION:
        raise ReportError(
            f"{words}: is a store of version {version}, this report knows"
            f" {tables.VERSION}; use a newer iommubench"
        )
    return version


def _make_current(connection: Any, words: str) -> None:
    """Make the tables, or take the steps to their current version."""
    version = _version(connection, words)
    if version is None:
        tables.metadata.create_all(connection)
        connection.execute(tables.store_version.insert().values(version=tables.VERSION))
        return
    for old in range(version, tables.VERSION):
        STEPS[old](connection)
        connection.execute(tables.store_version.update().values(version=old + 1))
