# SPDX-License-Identifier: GPL-2.0-or-later
"""A git repository made of the files of a kernel tree that are measured."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Dict, List

from cli import ROOT

# Only these two are taken out of a tree: more take longer, and would tell no more.
GLUE = {"KERNEL_GLUE": "k_p*"}
PADDING = " ____cacheline_aligned_in_smp"
_POOLED = ("arch/sparc/kernel/iommu-common.c", "lib/iommu-common.c")
_HEADER = ("arch/sparc/include/asm/iommu-common.h", "include/linux/iommu-common.h")


def measured_files() -> List[str]:
    """Every path that a file of glue/ or lib/ may want of a tree."""
    kernel = ROOT / "harness" / "kernel"
    paths = {"Makefile", "lib/bitmap.c"}
    for source in [*kernel.glob("glue/*.c"), *kernel.glob("lib/*.c")]:
        text = source.read_text(encoding="utf-8")
        for line in re.findall(r"^//k from (.*)$", text, re.M):
            paths.update(word.rstrip("?") for word in line.split())
    return sorted(paths)


class Repository:
    """The tag base, and changes to it, each with a tag too.

    padded: a cache line a pool; comment: in a measured file, but not in what is
    measured; readme: in another file; hangs: an endless loop in the pooled allocator.
    """

    def __init__(self, tree: Path, folder: Path) -> None:
        self.path = folder
        for name in measured_files():
            if (tree / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(tree / name, folder / name)
        self.source = self._first(_POOLED)
        self.header = self._first(_HEADER)
        self.git("init", "-q", "--template=")
        self._commit("base")
        text = self.header.read_text(encoding="utf-8")
        padded = re.sub(r"(struct iommu_pool \{[^}]*\});", rf"\1{PADDING};", text)
        assert padded != text
        self.change("padded", self.header, padded)
        text = self.source.read_text(encoding="utf-8")
        self.change("comment", self.source, text + "/* The end. */\n")
        self.change("readme", folder / "README", "Read me.\n")
        endless = "\tfor (;;)\n\t\tbarrier();\n again:\n"
        self.change("hangs", self.source, re.sub(r"(?m)^ ?again:\n", endless, text))

    def _first(self, names: "tuple[str, ...]") -> Path:
        return next(self.path / name for name in names if (self.path / name).is_file())

    def git(self, *words: str, path: str = "") -> str:
        """What git says there, whatever its settings are here."""
        nothing = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
        env: Dict[str, str] = {**os.environ, **nothing}
        who = ("-c", "user.name=Tester", "-c", "user.email=tester@localhost")
        return subprocess.run(
            ["git", *who, *words],
            cwd=path or self.path,
            env=env,
            capture_output=True,
            encoding="utf-8",
            check=True,
        ).stdout

    def _commit(self, name: str) -> None:
        self.git("add", "--all")
        self.git("commit", "-q", "-m", f"kernel: {name}")
        self.git("tag", name)

    def change(self, name: str, file: Path, text: str) -> None:
        """A commit on base, tagged; the work tree is base's again afterwards."""
        file.write_text(text, encoding="utf-8")
        self._commit(name)
        self.git("checkout", "-q", "base")

    def mail(self, name: str, folder: Path) -> Path:
        """A commit as git format-patch writes it."""
        out = self.git("format-patch", "-1", "-o", str(folder), name)
        return Path(out.strip())

    def commit(self, name: str) -> str:
        """Its full name."""
        return self.git("rev-parse", name).strip()
