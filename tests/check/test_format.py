# SPDX-License-Identifier: GPL-2.0-or-later
"""The format check, with clang-formats of several versions."""

import shutil
import subprocess
from pathlib import Path

import pytest

from cli import ROOT, Done


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    """A PATH with no clang-format."""
    for name in "sh dirname sed git xargs".split():
        found = shutil.which(name)
        assert found, name
        (tmp_path / name).symlink_to(found)
    return tmp_path


def write(path: Path, name: str, version: str, status: int) -> None:
    """A clang-format that likes every file, or none."""
    program = path / name
    program.write_text(
        "#!/bin/sh\n"
        'case $1 in --version) echo "Debian clang-format version '
        f'{version}.0.6"; exit ;; esac\n'
        f'for f; do case $f in */clock.c) echo "$f seen" ;; esac; done\nexit {status}\n'
    )
    program.chmod(0o755)


def check(path: Path) -> Done:
    """What the check says."""
    return subprocess.run(
        ["/bin/sh", str(ROOT / "tests" / "check" / "format.sh")],
        check=False,
        capture_output=True,
        text=True,
        env={"PATH": str(path)},
    )


@pytest.mark.parametrize("name", ["clang-format", "clang-format-14"])
def test_ours_checks(path: Path, name: str) -> None:
    write(path, "clang-format", "19", 1)
    write(path, name, "14", 0)
    done = check(path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "harness/host/clock.c seen\n"
    write(path, name, "14", 1)
    assert check(path).returncode != 0


def test_another_version_checks_nothing_and_says_so(path: Path) -> None:
    write(path, "clang-format", "19", 1)
    done = check(path)
    assert done.returncode == 0
    assert done.stdout.count("\n") == 1
    assert "not checked: clang-format is version 19" in done.stdout


def test_none_is_refused(path: Path) -> None:
    done = check(path)
    assert done.returncode == 2
    assert "make deps lint" in done.stderr
