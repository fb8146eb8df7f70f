# SPDX-License-Identifier: GPL-2.0-or-later
"""make suite-check: where it is skipped; that it leaves nothing half done behind."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Set

import pytest

from cli import ROOT, Done

SUITE = ROOT / "tests" / "suite" / "suite.sh"


class Host:
    """Stand-ins for what takes root: they come before ours in PATH."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.cache = folder / "cache"
        self.programs.mkdir()
        self.write("id", "echo 0")
        # Without its options: no namespaces.
        self.write("unshare", 'while [ "${1#--}" != "$1" ]; do shift; done; exec "$@"')
        self.write("dpkg-query", "printf installed")
        self.write("apt-get", 'echo "http://mirror.invalid/debian Debian|Debian"')
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("SUITE_")},
            "PATH": f"{self.programs}:{os.environ['PATH']}",
        }

    def write(self, name: str, script: str) -> None:
        """A program of this host."""
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def check(self, suite: str = "trixie") -> Done:
        """What suite.sh does here."""
        return subprocess.run(
            [str(SUITE), str(self.cache), suite, "smoke"],
            check=False,
            capture_output=True,
            text=True,
            env=self.environ,
        )

    def left(self) -> Set[str]:
        """What is kept of a chroot."""
        return {p.name for p in self.cache.glob("suite-*") if p.is_dir()}


@pytest.fixture(name="host")
def _host(tmp_path: Path) -> Host:
    return Host(tmp_path)


@pytest.mark.parametrize("suite", ["", "../etc", "a b"])
def test_a_name_that_is_no_release(host: Host, suite: str) -> None:
    done = host.check(suite)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "SUITE=trixie" in done.stderr


@pytest.mark.parametrize(
    "name,script,reason",
    [("id", "echo 1000", "takes root"), ("unshare", "exit 1", "no namespaces")],
)
def test_skipped_with_the_reason(
    host: Host, name: str, script: str, reason: str
) -> None:
    host.write(name, script)
    done = host.check()
    assert done.returncode == 0
    assert "skipped: " in done.stdout and reason in done.stdout
    assert not host.cache.exists()


def test_a_failed_debootstrap_leaves_nothing(host: Host) -> None:
    host.write("debootstrap", 'mkdir -p "$4/usr"; echo "E: no $3 at $5"; exit 1')
    done = host.check()
    assert done.returncode == 2
    assert "E: no trixie at http://mirror.invalid/debian" in done.stderr
    assert "debootstrap failed" in done.stderr
    assert not host.left()


def test_an_interrupted_one_leaves_nothing(host: Host, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    host.write(
        "debootstrap",
        f'mkdir -p "$4/usr"; echo $$ >{pid}.new; mv {pid}.new {pid}; exec sleep 600',
    )
    with subprocess.Popen(
        [str(SUITE), str(host.cache), "trixie", "smoke"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=host.environ,
    ) as running:
        while not pid.exists():
            assert running.poll() is None
            time.sleep(0.05)
        assert host.left() == {"suite-trixie.new"}
        running.send_signal(signal.SIGTERM)
        assert running.wait() == 143
    assert not host.left()
    with pytest.raises(ProcessLookupError):
        os.kill(int(pid.read_text()), 0)
