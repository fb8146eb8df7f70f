# SPDX-License-Identifier: GPL-2.0-or-later
"""tests/kernel/trees.sh: what it keeps of a package, and that it skips without one."""

import os
import subprocess
import tarfile
from pathlib import Path

import pytest

from cli import ROOT, Done
from trees import INVENTED

SCRIPT = ROOT / "tests" / "kernel" / "trees.sh"
NAME = "linux-source-0.7"


@pytest.fixture(name="fetch")
def _fetch(tmp_path: Path) -> "Fetch":
    return Fetch(tmp_path)


class Fetch:
    """The script, where apt-get has what is in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.archive = folder / "archive"
        self.cache = folder / "cache"
        for path in (folder / "bin", self.archive):
            path.mkdir()
        self.program(
            "apt-get",
            'case "$*" in\n'
            '*indextargets*) echo "http://mirror.invalid stable main" ;;\n'
            f'*download*) cp "{self.archive}/$3"_1_all.deb . ;;\n'
            "esac",
        )

    def program(self, name: str, script: str) -> None:
        """One that comes before the machine's own."""
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def package(self) -> None:
        """Makes a package of the invented tree, and a file that nobody asks for."""
        root = self.folder / "root"
        (root / "usr" / "src").mkdir(parents=True)
        (root / "DEBIAN").mkdir()
        (root / "DEBIAN" / "control").write_text(
            f"Package: {NAME}\nVersion: 1\nArchitecture: all\n"
            "Maintainer: nobody <nobody@invalid>\nDescription: none\n"
        )
        with tarfile.open(root / "usr" / "src" / f"{NAME}.tar.xz", "w:xz") as tar:
            tar.add(INVENTED, NAME)
            tar.add(__file__, f"{NAME}/drivers/other.c")
        subprocess.run(
            ["dpkg-deb", "--build", str(root), str(self.archive / f"{NAME}_1_all.deb")],
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def __call__(self) -> Done:
        return subprocess.run(
            [str(SCRIPT), str(self.cache), "0.7"],
            env={**os.environ, "PATH": f"{self.folder}/bin:{os.environ['PATH']}"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )


def test_keeps_what_the_glue_names(fetch: Fetch) -> None:
    fetch.package()
    done = fetch()
    assert done.returncode == 0, done.stderr
    tree = fetch.cache / "kernel-0.7"
    there = {str(path.relative_to(tree)) for path in tree.rglob("*") if path.is_file()}
    assert {"Makefile", "lib/iommu-common.c", "include/linux/hash.h"} <= there
    assert "drivers/other.c" not in there
    assert not list(fetch.cache.rglob("*.deb"))


def test_fetches_once(fetch: Fetch) -> None:
    fetch.package()
    assert fetch().returncode == 0
    (fetch.archive / f"{NAME}_1_all.deb").unlink()
    done = fetch()
    assert (done.returncode, done.stdout) == (0, "")


def test_skips_visibly_without_the_package(fetch: Fetch) -> None:
    done = fetch()
    assert done.returncode == 77
    assert done.stdout.startswith("kernel-trees: skipped: ")
    assert NAME in done.stdout and done.stdout.count("\n") == 1
    assert not (fetch.cache / "kernel-0.7").exists()
