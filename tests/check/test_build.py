# SPDX-License-Identifier: GPL-2.0-or-later
"""The Makefile: what it prints, what it makes again, and what `make help` lists.

All of it happens in a copy of the tree, whose path has a space and an accent.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Dict, List, Set

import pytest

from cli import ROOT

# They share what is made once.
pytestmark = pytest.mark.xdist_group("build")

PROGRAM = "build/iommubench"
# Quick to compile. Warnings are not the matter here.
FLAGS = ("OPT=-O0 -w", "B=build")
# What a user can ask for.
GOALS = """
all audit bench bench-commits browser-check check check-c check-python check-report
claims clean compare cross-check dashboard deps doctor fuzz guest-check help hist-bench
install kernel-check kernel-trees-check lint lock-sampling man overhead patch plots
selftest-stats sim sim-headline sim-validate smoke suite-check topology-check
""".split()


def environment(**more: str) -> Dict[str, str]:
    """Ours, without what a make above us says, and with an identity for git."""
    clean = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MAKE", "MFLAGS", "GIT_")) and name not in ("V", "B")
    }
    for who in ("AUTHOR", "COMMITTER"):
        clean[f"GIT_{who}_NAME"] = clean[f"GIT_{who}_EMAIL"] = "t@example.org"
    return {**clean, "GIT_CONFIG_GLOBAL": os.devnull, **more}


def run(tree: Path, *words: str) -> str:
    """What a command prints there, errors too; it succeeds."""
    done = subprocess.run(
        words,
        cwd=tree,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    return done.stdout


def make(tree: Path, *words: str) -> str:
    """What make prints."""
    return run(tree, "make", f"-j{os.cpu_count() or 1}", *FLAGS, *words)


def made(output: str) -> Set[str]:
    """The files that were made: the last words of the lines, each of which is short."""
    lines = output.splitlines()
    if len(lines) == 1 and lines[0].endswith(" is up to date."):
        return set()
    for line in lines:
        assert re.fullmatch(r"  (CC|CXX|LD|GEN) +\S+", line) and len(line) <= 100, line
    return {line.split()[-1] for line in lines}


def commit(tree: Path) -> None:
    """A new commit of the copy."""
    run(tree, "git", "commit", "-q", "--allow-empty", "-m", "another")


@pytest.fixture(name="first", scope="module")
def _first(tmp_path_factory: pytest.TempPathFactory) -> "tuple[Path, Set[str]]":
    """A copy of the tree in which the program was built, and what was made for it."""
    tree = tmp_path_factory.mktemp("build") / "a trée"
    tree.mkdir()
    leave = shutil.ignore_patterns(
        "__pycache__", "build", "reference", "demo", "*.json.gz"
    )
    for name in ("Makefile", "README.md", "LICENSE"):
        shutil.copy2(ROOT / name, tree)
    for name in (
        "harness",
        "include",
        "src",
        "bench",
        "tests",
        "report",
        "docs",
        "results",
    ):
        shutil.copytree(ROOT / name, tree / name, ignore=leave)
    run(tree, "git", "init", "-q")
    (tree / ".gitignore").write_text("/build/\n/b2/\n", encoding="utf-8")
    run(tree, "git", "add", ".")
    commit(tree)
    return tree, made(make(tree, PROGRAM))


@pytest.fixture(name="tree")
def _tree(first: "tuple[Path, Set[str]]") -> Path:
    """That copy, with the program up to date."""
    make(first[0], "-s", PROGRAM)
    return first[0]


def objects(tree: Path, header: str) -> Set[str]:
    """The objects that include a header, by the compiler's lists."""
    return {
        str(path.relative_to(tree / "build").with_suffix(".o"))
        for path in (tree / "build/plain").rglob("*.d")
        if re.search(rf"[ /]{re.escape(header)}\b", path.read_text(encoding="utf-8"))
    }


def touch(path: Path) -> None:
    """Makes it newer than everything that was built from it."""
    path.touch()


def test_a_line_for_each_file(first: "tuple[Path, Set[str]]") -> None:
    tree, files = first
    for name in ("plain/src/sun4u.o", "cxx/gbench.o", "gen/version.h", "iommubench"):
        assert name in files
    built = {
        str(path.relative_to(tree / "build")) for path in (tree / "build").rglob("*.o")
    }
    assert built <= files


def test_nothing_to_do(tree: Path) -> None:
    assert made(make(tree, PROGRAM)) == set()


def test_everything_is_printed(tree: Path) -> None:
    touch(tree / "src/sun4u.c")
    lines = make(tree, PROGRAM, "V=1").splitlines()
    assert any(
        re.search(r"-c src/sun4u\.c -o build/plain/src/sun4u\.o", line)
        for line in lines
    )
    assert any(line.endswith("-o build/iommubench") for line in lines)


def test_nothing_is_printed(tree: Path) -> None:
    touch(tree / "src/sun4u.c")
    assert make(tree, "-s", PROGRAM) == ""
    assert made(make(tree, PROGRAM)) == set()


def test_a_source_alone(tree: Path) -> None:
    touch(tree / "src/sun4u.c")
    assert made(make(tree, PROGRAM)) == {"plain/src/sun4u.o", "iommubench"}


def test_a_header_and_its_users(tree: Path) -> None:
    users = objects(tree, "src/stale.h")
    assert "plain/src/stale-local.o" in users and "plain/src/sun4u.o" not in users
    touch(tree / "src/stale.h")
    assert made(make(tree, PROGRAM)) == {*users, "iommubench"}


def test_a_header_that_moved(tree: Path) -> None:
    """Nobody looks for it at its old place."""
    old, new = tree / "src/sun4u.h", tree / "include/sun4u.h"
    users = objects(tree, "src/sun4u.h")
    # A tree with changes has another version.
    tell = {"gen/version.h", *objects(tree, "gen/version.h")}
    old.rename(new)
    try:
        assert made(make(tree, PROGRAM)) - tell == {*users, "iommubench"}
    finally:
        new.rename(old)


def test_a_profile(tree: Path) -> None:
    touch(tree / "harness/profiles/psycho")
    expected = {"gen/profiles.c", "plain/gen/profiles.o", "iommubench"}
    assert made(make(tree, PROGRAM)) == expected


def test_a_source_that_is_gone(tree: Path) -> None:
    """The program is linked anew, without it."""
    extra = tree / "src/extra.c"
    extra.write_text(
        "int extra(void);\nint extra(void) { return 1; }\n", encoding="utf-8"
    )
    make(tree, PROGRAM)
    assert "T extra" in run(tree, "nm", PROGRAM)
    extra.unlink()
    assert "iommubench" in made(make(tree, PROGRAM))
    assert "T extra" not in run(tree, "nm", PROGRAM)


def test_another_commit(tree: Path) -> None:
    """Only what tells the commit is compiled."""
    users = objects(tree, "gen/version.h")
    assert users and "plain/src/sun4u.o" not in users
    commit(tree)
    assert made(make(tree, PROGRAM)) == {"gen/version.h", *users, "iommubench"}
    assert made(make(tree, PROGRAM)) == set()


def test_other_flags(tree: Path) -> None:
    one, other = "B=b2", "b2/plain/src/sun4u.o"
    flags = """CFLAGS=-DTWO='"two words"' -DONE"""
    assert "plain/src/sun4u.o" in made(make(tree, one, other))
    assert made(make(tree, one, other, flags)) == {"gen/version.h", "plain/src/sun4u.o"}
    assert made(make(tree, one, other, flags)) == set()


def test_other_flags_of_the_linker(tree: Path) -> None:
    assert made(make(tree, PROGRAM, "LDFLAGS=-Wl,-O1")) == {"iommubench"}


def test_what_is_built_stays(tree: Path) -> None:
    """AS_BUILT: as compare.sh asks for it, whatever flags and commit are by now."""
    commit(tree)
    assert (
        made(make(tree, PROGRAM, "AS_BUILT=yes", "CFLAGS=-DX", "LDFLAGS=-Wl,-O1"))
        == set()
    )


def test_help() -> None:
    """Each goal that is meant for users has its line, and each line its goal."""
    output = run(ROOT, "make", "help")
    lines: List[str] = re.findall(r"^  make ([a-z-]+)  +\S.*$", output, re.M)
    assert sorted(lines) == GOALS
    assert max(map(len, output.splitlines())) <= 100
    for name in ("deps bench", "deps check"):
        assert re.search(rf"^  make {name}  ", output, re.M)
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert len(text.splitlines()) < 150
    top = {
        goal
        for line in re.findall(r"^\.PHONY: (.*)$", text, re.M)
        for goal in line.split()
    }
    assert top <= set(GOALS)


def test_install(tree: Path, tmp_path: Path) -> None:
    """What is copied: enough for the report to start there, and the documents."""
    place = tmp_path / "a b"
    words = (f"PROGRAMS={PROGRAM}", "AS_BUILT=yes", f"DESTDIR={place}")
    make(tree, "-s", "install", *words)
    assert os.access(place / "usr/local/bin/iommubench", os.X_OK)
    share = place / "usr/local/share"
    assert (share / "man/man1/iommubench.1").exists()
    assert (share / "doc/iommubench/methodology.md").exists()
    assert (share / "doc/iommubench/README.md").exists()
    assert (share / "doc/iommubench/gbench_example.c").exists()
    kept = {"schema.json", "README.md"}
    if (ROOT / "results/figures.json").exists():
        kept |= {"figures.json"}
    assert {path.name for path in (share / "iommubench/results").iterdir()} == kept
    wanted = {
        path.relative_to(ROOT)
        for path in (ROOT / "report").rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    found = {
        path.relative_to(share / "iommubench")
        for path in (share / "iommubench/report").rglob("*")
        if path.is_file()
    }
    assert found == wanted
