# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel trees for the tests: an invented one, and Debian's where they were fetched."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Mapping, Optional, Tuple

import pytest

from cli import PATIENCE, ROOT, Done

INVENTED = ROOT / "tests" / "kernel" / "tree"
CACHE = Path(os.environ.get("KERNEL_CACHE", ROOT / "build" / "cache"))
VERSIONS = ("6.1", "6.12")
POOLED = "lib/iommu-common.c"

Snapshot = Dict[str, Tuple[int, int, str]]


def invented(folder: Path) -> Path:
    """A tree of our own, whose pooled allocator can be measured, to be changed."""
    shutil.copytree(INVENTED, folder)
    return folder


def change(tree: Path, path: str, old: str, new: str) -> None:
    """Replaces words in a file of the tree."""
    text = (tree / path).read_text(encoding="utf-8")
    assert old in text
    (tree / path).write_text(text.replace(old, new), encoding="utf-8")


def git(folder: Path, *words: str) -> str:
    """Runs git there."""
    names = ("AUTHOR", "COMMITTER")
    who = {f"GIT_{n}_{k}": v for n in names for k, v in (("NAME", "a"), ("EMAIL", "b"))}
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env={**os.environ, **who, "GIT_CONFIG_GLOBAL": "/dev/null"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.strip()


def repository(folder: Path) -> Path:
    """The invented tree as a repository of two commits."""
    invented(folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=first")
    change(folder, POOLED, "Everything from", "All of it from")
    git(folder, "commit", "--quiet", "--all", "--message=second")
    return folder


def snapshot(folder: Path) -> Snapshot:
    """All that is in a folder: kind and rights, time of the last change, content."""
    found: Snapshot = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        status = path.lstat()
        content = path.read_bytes() if path.is_file() else b""
        digest = hashlib.sha256(content).hexdigest()
        name = os.fsencode(path).decode(errors="backslashreplace")
        found[name] = (status.st_mode, status.st_mtime_ns, digest)
    return found


@dataclass(frozen=True)
class Prepared:
    """What harness/kernel/prepare.sh made of a tree, and where."""

    done: Done
    folder: Path

    @property
    def facts(self) -> Dict[str, str]:
        """What the tree is."""
        lines = self._lines("facts")
        return {key: value for key, _, value in (line.partition(" ") for line in lines)}

    @property
    def there(self) -> List[str]:
        """The files of the glue that can be built."""
        return self._lines("list")

    @property
    def absent(self) -> Dict[str, str]:
        """Why the other allocators cannot."""
        pairs = (line.split("\t") for line in self._lines("absent"))
        return {name: why for name, why in pairs}

    def _lines(self, name: str) -> List[str]:
        assert self.done.returncode == 0, self.done.stderr
        return (self.folder / name).read_text(encoding="utf-8").splitlines()

    def refusal(self) -> str:
        """The one line with which the tree was refused."""
        assert self.done.returncode == 2
        lines = [line for line in self.done.stderr.splitlines() if line[:5] != "make:"]
        assert len(lines) == 1, lines
        assert lines[0].startswith("iommubench: KERNEL: ")
        return lines[0]


@dataclass(frozen=True)
class Maker:
    """Calls make with what was built already, results in a folder of the test's own."""

    build: Path
    folder: Path

    @staticmethod
    def beside(program: Path, folder: Path) -> "Maker":
        """Of the build that the program is of, named as from the sources."""
        return Maker(Path(os.path.relpath(program.parent, ROOT)), folder)

    def __call__(self, *words: str, env: Optional[Mapping[str, str]] = None) -> Done:
        clean = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
        return subprocess.run(
            ["make", "-s", "AS_BUILT=yes", f"B={self.build}", *words],
            cwd=ROOT,
            env={**clean, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=4 * PATIENCE,
            check=False,
        )

    def prepare(
        self, kernel: Path, revision: str = "", env: Optional[Mapping[str, str]] = None
    ) -> Prepared:
        """Takes out of a tree what can be measured; make wants dollars doubled."""
        words = {
            "KERNEL": str(kernel).replace("$", "$$"),
            "REV": revision,
            "KSIDE": str(self.folder / "side"),
        }
        done = self(*(f"{k}={v}" for k, v in words.items()), "kernel-prepare", env=env)
        # The script's status, which make tells in words.
        status = 2 if done.returncode else 0
        done.returncode = status
        return Prepared(done, self.folder / "side")


def real_trees() -> List[Any]:
    """The names of all there could be; the tests of one run one after the other."""
    return [
        pytest.param(name, marks=pytest.mark.xdist_group(name))
        for name in (*VERSIONS, "KERNEL_OLD")
    ]


def place_of(name: str) -> Path:
    """Where it is; skips the test if it is not."""
    if name != "KERNEL_OLD":
        path = CACHE / f"kernel-{name}"
        if not path.is_dir():
            pytest.skip(f"Debian's linux-source-{name}: make kernel-trees fetches it")
        return path
    old = os.environ.get("KERNEL_OLD")
    if not old:
        pytest.skip("KERNEL_OLD=PATH names a tree before 4.1 or up to 5.10")
    return Path(old)
