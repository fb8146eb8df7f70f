# SPDX-License-Identifier: GPL-2.0-or-later
"""A PostgreSQL server of the tests' own, in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from glob import glob
from itertools import count
from pathlib import Path
from typing import Iterator, List, Optional

import pytest

_NUMBERS = count(1)


def _tool(name: str) -> Optional[str]:
    """PostgreSQL's programs; Debian keeps those of a server out of PATH."""
    for path in sorted(glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True):
        return path
    return shutil.which(name)


class Server:
    """A running server; connections come through a socket in its folder."""

    def __init__(self, folder: Path, user: str) -> None:
        self._folder = folder
        self._user = user

    def new_url(self) -> str:
        """The URL of a new, empty database."""
        name = f"store{next(_NUMBERS)}"
        self.sql("postgres", f"CREATE DATABASE {name}")
        return f"postgresql://{self._user}@/{name}?host={self._folder}"

    def sql(self, database: str, command: str) -> str:
        """What psql prints for a command."""
        psql = _tool("psql")
        assert psql
        return subprocess.run(
            [psql, "-h", str(self._folder), "-U", self._user, "-d", database]
            + ["-v", "ON_ERROR_STOP=1", "-Atqc", command],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout


@contextmanager
def server() -> Iterator[Server]:
    """A server while the block runs; skips the test where there is none installed."""
    initdb, postgres = _tool("initdb"), _tool("pg_ctl")
    if not initdb or not postgres:
        pytest.skip("PostgreSQL is not installed: make deps installs it")
    # It refuses to run as root.
    user, prefix = "nobody", ["setpriv", "--reuid", "nobody", "--clear-groups"]
    if os.geteuid() != 0:
        prefix = []
        try:
            user = pwd.getpwuid(os.geteuid()).pw_name
        except KeyError:
            pytest.skip("PostgreSQL wants a user who has a name")
    # Not in pytest's folder: its name is too long for a socket.
    folder = Path(tempfile.mkdtemp(prefix="iommubench-pg-", dir="/tmp"))
    data = folder / "data"
    try:
        if prefix:
            shutil.chown(folder, user)
        folder.chmod(0o755)
        _do([*prefix, initdb, "-D", str(data), "-U", user, "-A", "trust", "-N"], folder)
        options = f"-c listen_addresses='' -c fsync=off -k {folder}"
        _do(
            [*prefix, postgres, "start", "-w", "-D", str(data), "-o", options]
            + ["-l", str(folder / "log")],
            folder,
        )
        try:
            yield Server(folder, user)
        finally:
            _do([*prefix, postgres, "stop", "-D", str(data), "-m", "immediate"], folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _do(command: List[str], folder: Path) -> None:
    done = subprocess.run(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (command, done.stderr)
