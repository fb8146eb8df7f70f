# SPDX-License-Identifier: GPL-2.0-or-later
"""Fixtures of the tests of the program's command line."""

import os
from pathlib import Path

import pytest

from cli import ROOT, Bench


def pytest_configure(config: pytest.Config) -> None:
    """Names our own mark."""
    config.addinivalue_line("markers", "slow: waits tens of seconds for a time limit")


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


@pytest.fixture(name="two_cpus")
def _two_cpus() -> None:
    """Skips the test where only one CPU may be used."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs 2 CPUs")
