# SPDX-License-Identifier: GPL-2.0-or-later
"""What all tests share: standard surroundings, and the program under test."""

import os
import signal
from pathlib import Path
from typing import Iterator, Sequence

import pytest

import postgres
from cli import ROOT, Bench
from kernel_repository import Repository
from trees import CACHE, VERSIONS, Maker

MARKERS = (
    "slow: waits tens of seconds for a time limit",
    "alone: measures times, and runs while no other test does",
)


def _nothing(*_: object) -> None:
    """A handler, so that what tests start has the default and does not ignore."""


def _standard_surroundings(worker: bool) -> None:
    """Signals, their mask and the umask, whatever this process was started with."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number in (
        *(signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM),
        *(signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2),
        *(signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU),
    ):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, _nothing)
    if worker:
        # It ends with the process that started it, which may ignore a hangup.
        signal.signal(signal.SIGHUP, _nothing)
    os.umask(0o022)


def pytest_configure(config: pytest.Config) -> None:
    """Makes the surroundings standard and names our own markers."""
    _standard_surroundings(worker=hasattr(config, "workerinput"))
    for marker in MARKERS:
        config.addinivalue_line("markers", marker)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Where tests run beside each other, those that need a server share one process."""
    needs = getattr(item, "fixturenames", ())
    if "server" in needs or "[postgresql" in item.name:
        item.add_marker(pytest.mark.xdist_group("postgresql"))


@pytest.fixture(scope="session", name="program")
def _program() -> Path:
    """The program under test: IOMMUBENCH, or build/iommubench."""
    path = (ROOT / os.environ.get("IOMMUBENCH", "build/iommubench")).resolve()
    if not os.access(path, os.X_OK):
        pytest.fail(f"{path} is not there: run make, or name another in IOMMUBENCH")
    return path


@pytest.fixture(name="bench")
def _bench(program: Path, tmp_path: Path) -> Bench:
    """The program, run in an empty folder."""
    return Bench(program, tmp_path)


@pytest.fixture(name="maker")
def _maker(program: Path, tmp_path: Path) -> Maker:
    """make, in the folder of the program under test."""
    (tmp_path / "out").mkdir()
    return Maker.beside(program, tmp_path / "out")


@pytest.fixture(scope="session", name="server")
def _server() -> Iterator[postgres.Server]:
    """A PostgreSQL server; skips the test where there is none."""
    with postgres.server() as server:
        yield server


@pytest.fixture(scope="session", name="kernel_trees")
def _kernel_trees() -> Sequence[Path]:
    """Debian's, as far as they were fetched, or the one KERNEL_TREE names; or skips."""
    named = os.environ.get("KERNEL_TREE")
    all_paths = [CACHE / f"kernel-{version}" for version in VERSIONS]
    paths = [Path(named)] if named else all_paths
    found = [path.resolve() for path in paths if (path / "Makefile").is_file()]
    if not found:
        pytest.skip("no kernel tree: make kernel-trees, or KERNEL_TREE=PATH")
    return found


@pytest.fixture(name="kernel", scope="module")
def _kernel(
    kernel_trees: Sequence[Path], tmp_path_factory: pytest.TempPathFactory
) -> Repository:
    """A git repository of the first of them, in a folder whose name has a blank."""
    folder = tmp_path_factory.mktemp("of a kernel") / "linux dé"
    folder.mkdir()
    return Repository(kernel_trees[0], folder)


@pytest.fixture(name="two_cpus")
def _two_cpus() -> None:
    """Skips the test where only one CPU may be used."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs 2 CPUs")
