# SPDX-License-Identifier: GPL-2.0-or-later
"""make deps: what it installs, and what it names where it cannot."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import List, Set

import pytest

from cli import ROOT, Done

DEPS = ROOT / "harness" / "make" / "deps.sh"
NAMES = ROOT / "harness" / "make" / "deps.names"


class System:
    """A PATH of its own, with these programs of ours and what else is put there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.calls = folder / "calls"
        self.environ = {"PATH": str(folder), "LC_ALL": "C"}
        for name in "sh dirname tr sed sort grep env cat id ls".split():
            self.link(name)

    def link(self, name: str) -> None:
        """Makes one of our programs one of this system's."""
        found = shutil.which(name)
        assert found, name
        (self.folder / name).symlink_to(found)

    def write(self, name: str, script: str) -> Path:
        """A program that records how it is called and then runs the script."""
        path = self.folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>{self.calls}\n{script}\n')
        path.chmod(0o755)
        return path

    def deps(self, *packages: str) -> Done:
        """What deps.sh does here."""
        return subprocess.run(
            ["/bin/sh", str(DEPS), *packages],
            check=False,
            capture_output=True,
            text=True,
            env=self.environ,
        )

    def called(self) -> List[str]:
        """The calls of the programs written, in order."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture(name="system")
def _system(tmp_path: Path) -> System:
    """One without apt; its Python has no SciPy, its pkg-config knows jansson alone."""
    system = System(tmp_path)
    python = system.write("python3", "case $* in *scipy*) exit 1 ;; esac")
    system.environ["PYTHON"] = str(python)
    system.write("pkg-config", '[ "$*" = "--exists jansson" ]')
    system.write("cc", "case $(cat) in *perfmon*) exit 1 ;; esac")
    system.write("git", "")
    return system


@pytest.fixture(name="debian")
def _debian(system: System) -> System:
    """The same with apt, which has git and new; git and old are installed."""
    system.write("dpkg-query", 'case $* in *" git" | *" old") printf installed ;; esac')
    system.write(
        "apt-cache",
        'case $* in *" git" | *" new") echo "  Candidate: 1" ;;'
        ' *) echo "  Candidate: (none)" ;; esac',
    )
    system.write("apt-get", "")
    system.write("sudo", 'exec "$@"')
    return system


def test_nothing_is_missing(system: System) -> None:
    done = system.deps("git", "libjansson-dev", "python3-numpy", "nosuch|git")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[-1] == "deps: all there"


def test_without_apt_each_kind_is_named(system: System) -> None:
    done = system.deps(
        *("git", "valgrind", "jq", "libhwloc-dev", "libjansson-dev", "libpfm4-dev"),
        *("python3-numpy", "python3-scipy", "libunheard-dev"),
    )
    assert done.returncode == 2
    assert [line.split("; ")[0] for line in done.stderr.splitlines()] == [
        "deps: missing programs",
        "deps: missing libraries",
        "deps: missing headers",
        f"deps: missing modules of {system.environ['PYTHON']}",
        "deps: missing what these packages of Debian hold",
    ]
    assert [line.rsplit(": ", 1)[1] for line in done.stderr.splitlines()] == [
        "jq valgrind",
        "hwloc",
        "perfmon/pfmlib_perf_event.h",
        "scipy",
        "libunheard-dev",
    ]


def test_without_pkg_config_libraries_are_unknown(system: System) -> None:
    (system.folder / "pkg-config").unlink()
    done = system.deps("pkg-config|pkgconf", "libjansson-dev")
    assert done.returncode == 2
    assert "pkg-config" in done.stderr.splitlines()[0]
    assert "or only pkg-config is" in done.stderr.splitlines()[1]


def test_what_is_installed_needs_no_apt(debian: System) -> None:
    done = debian.deps("git", "new|old")
    assert (done.returncode, done.stdout) == (0, "deps: all there\n")
    assert not [call for call in debian.called() if call.startswith(("apt", "sudo"))]


def test_what_is_missing_is_installed(debian: System) -> None:
    done = debian.deps("git", "gone|new", "jq|newer")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "deps: installing new jq\n"
    installs = [call for call in debian.called() if call.startswith("apt-get install")]
    assert len(installs) == 1 and installs[0].endswith(" new jq")


def test_when_apt_fails_what_is_there_suffices(debian: System) -> None:
    debian.write("apt-get", "exit 100")
    assert debian.deps("python3-numpy", "git").returncode == 0
    done = debian.deps("python3-numpy", "python3-scipy")
    assert done.returncode == 2 and done.stderr.endswith(": scipy\n")


def test_without_root_and_sudo(debian: System) -> None:
    (debian.folder / "sudo").unlink()
    (debian.folder / "id").unlink()
    debian.write("id", "echo 1000")
    done = debian.deps("git", "valgrind")
    assert done.returncode == 2
    assert "cannot install valgrind" in done.stderr
    assert "missing programs" in done.stderr
    assert debian.deps("git").returncode == 0


def needed(*goals: str, arguments: str = "") -> Set[str]:
    """The packages that make deps would ask for with these goals."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    done = subprocess.run(
        ["make", "-n", "deps", f"DEPS_FOR={' '.join(goals)}", f"ARGS={arguments}"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=clean,
    )
    line = next(each for each in done.stdout.splitlines() if "deps.sh" in each)
    return {word.strip("'") for word in line.partition("deps.sh ")[2].split()}


def test_each_goal_has_its_own() -> None:
    heavy = {"postgresql", "clang", "valgrind", "cppcheck", "libcmocka-dev"}
    assert not needed("bench") & heavy
    assert {"gcc", "libhwloc-dev", "python3-matplotlib"} <= needed("bench")
    assert needed("bench", arguments="--counters count") & heavy == {"valgrind"}
    assert needed("check-c") & heavy == {"libcmocka-dev"}
    assert "python3-scipy" not in needed("check-c")
    assert heavy | needed("bench") <= needed("check")
    assert needed() == needed("bench", "check") == needed("check")


def test_the_goals_are_those_on_the_command_line() -> None:
    done = subprocess.run(
        ["make", "-n", "deps", "smoke"],
        check=False,
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    asked = next(each for each in done.stdout.splitlines() if "deps.sh" in each)
    assert "gcc" in asked and "matplotlib" not in asked
    # Nothing is compiled before.
    assert "gcc -" not in done.stdout.partition("deps.sh")[0]


def test_every_package_has_a_name() -> None:
    lines = NAMES.read_text(encoding="utf-8").splitlines()
    table = {line.split()[0] for line in lines if not line.startswith("#")}
    for packages in needed():
        assert table & set(packages.split("|")), packages
