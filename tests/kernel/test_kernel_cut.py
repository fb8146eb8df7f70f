# SPDX-License-Identifier: GPL-2.0-or-later
"""kernel-cut: what of a file it takes out, and what it says of missing names."""

import os
import subprocess
from pathlib import Path
from typing import Sequence

import pytest

from cli import ROOT

SOURCE = """\
struct header {
    int length;
} __packed;

struct stranger {
    struct nowhere missing;
} __packed;

#define READ(register) asm("ld %0" : : "r" (register))

static int only_read(int x)
{
    return READ(x);
}

DEFINE_FREE(root, int *, if (_T) free(_T))

/* A comment between. */
int helper(struct header *h)
{
    return h->length;
}

static int root(struct header *h)
{
    return helper(h) + only_read(1);
}
"""


@pytest.fixture(name="program", scope="module")
def built_program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """kernel-cut, which only builds with KERNEL= have otherwise."""
    program = tmp_path_factory.mktemp("cut") / "kernel-cut"
    sources = sorted((ROOT / "harness" / "kernel" / "cut").glob("*.c"))
    compiler = os.environ.get("CC", "cc").split()
    subprocess.run(
        [*compiler, "-D_GNU_SOURCE", *map(str, sources), "-o", str(program)], check=True
    )
    return program


def cut(program: Path, folder: Path, roots: str) -> "subprocess.CompletedProcess[str]":
    """SOURCE cut down to what the roots need."""
    file = folder / "source.c"
    file.write_text(SOURCE, encoding="utf-8")
    command: Sequence[str] = [str(program), roots, "the file", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_what_is_needed(program: Path, tmp_path: Path) -> None:
    """A root, what it calls, and the struct of that; each with its line."""
    done = cut(program, tmp_path, "root,absent?")
    assert done.returncode == 0
    for text in "int helper(", "static int root(", "struct header {", "#define READ(":
        assert text in done.stdout
    assert '#line 18 "the file"\n/* A comment' not in done.stdout
    assert '#line 19 "the file"\nint helper(' in done.stdout
    assert "#define K_HAS_root 1" in done.stdout
    assert "K_HAS_absent" not in done.stdout


def test_attributes_are_no_names(program: Path, tmp_path: Path) -> None:
    """__packed in one struct does not bring in another that has it."""
    assert "stranger" not in cut(program, tmp_path, "root").stdout


def test_macro_without_semicolon(program: Path, tmp_path: Path) -> None:
    """It ends where it ends: what follows it is an item of its own."""
    text = cut(program, tmp_path, "helper").stdout
    assert 'free(_T))\n#line 19 "the file"\nint helper(' in text


def test_left_out(program: Path, tmp_path: Path) -> None:
    """What the glue has itself is left out, and what only that needs."""
    done = cut(program, tmp_path, "root,!only_read")
    assert done.returncode == 0
    assert "static int root(" in done.stdout
    assert "static int only_read(" not in done.stdout
    assert "#define READ(" not in done.stdout


def test_missing_root(program: Path, tmp_path: Path) -> None:
    """Each is named on a line."""
    done = cut(program, tmp_path, "root,absent,gone")
    assert done.returncode == 3
    assert done.stderr == "absent\ngone\n"
