# SPDX-License-Identifier: GPL-2.0-or-later
"""The goals that take KERNEL=: rows of a kernel tree's allocators beside ours."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from cli import GOLDEN, PATIENCE, ROOT, Bench, Done, fits_a_page, read_results, suite
from kernel_repository import GLUE, Repository

# All build in the same folder.
pytestmark = pytest.mark.xdist_group("make_compare")

TINY = (
    *("--workloads=pair", "--cpus=1", "--flush=none"),
    *("--seconds=0.01", "--entries=1024", "--repetitions=1"),
)


def goal(program: Path, kernel: Repository, *words: str) -> Done:
    """Make, into the folder where the program was built."""
    folder = os.path.relpath(program.parent, ROOT)
    kept = ("-o", f"{folder}/gen/version.h", "AS_BUILT=yes", f"B={folder}")
    return subprocess.run(
        ["make", "-s", *kept, f"KERNEL={kernel.path}", *words],
        cwd=ROOT,
        env={**os.environ, **GLUE},
        capture_output=True,
        encoding="utf-8",
        timeout=4 * PATIENCE,
        check=False,
    )


def test_goals(program: Path, kernel: Repository, tmp_path: Path) -> None:
    """They run with the tree's allocators, say which tree, and what it lacks."""
    kernel.git("rm", "-q", str(next(kernel.path.glob("arch/powerpc/kernel/iommu.c"))))
    out = tmp_path / "out.json"
    try:
        words = (
            f"ARGS={' '.join(TINY)} --allocators pooled,k-pooled --pools 1 --out {out}"
        )
        done = goal(program, kernel, "sim", words)
    finally:
        kernel.git("reset", "-q", "--hard", "base")
    assert done.returncode == 0, done.stderr
    tree = suite(read_results(out))["kernel"]
    commit = kernel.commit("base")
    assert tree["commit"] == commit
    text = done.stdout
    assert f"k-NAME: NAME as in Linux {tree['version']}, commit {commit[:12]}\n" in text
    assert text.count("k-pooled/pools:1") == 1 and " pooled/pools:1" in text
    absent = "\nnot in this kernel tree: k-ppc: this tree has no arch/powerpc/"
    assert absent in text and text.index(absent) > text.index("k-NAME: ")
    # Where the programs are, by a name that stays.
    assert f"{tree['version']} commit {commit}" in text
    name = program.parent / "kernel" / "iommubench"
    assert f"in {os.path.relpath(name, ROOT)}\n" in text
    fits_a_page(text.partition("\n\n")[2].partition("\nnot in")[0])

    bench = Bench(name, tmp_path)
    trace = [path for path in GOLDEN if "pooled" in path.name][0]
    done = bench("replay", str(trace), "--allocator", "k-pooled")
    assert (done.returncode, done.stdout.count(" 0 mismatches")) == (0, 1), done.stdout


def test_bench(program: Path, kernel: Repository, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    kernel.header.write_text(kernel.header.read_text(encoding="utf-8") + "/* End. */\n")
    try:
        words = f"ARGS={' '.join(TINY)} --allocators k-pooled,k-ppc"
        done = goal(program, kernel, "bench", f"OUT={out}", words)
    finally:
        kernel.git("reset", "-q", "--hard", "base")
    assert done.returncode == 0, done.stderr
    assert suite(read_results(out))["kernel"]["dirty"] is True
    assert f"commit {kernel.commit('base')[:12]} with local changes\n" in done.stdout
    # All that was asked for is there; passes that this host has.
    samples = json.loads(out.read_text(encoding="utf-8"))["benchmarks"]
    assert {"timing", "locks"} <= {sample["pass"] for sample in samples}
    notes = [path.read_text(encoding="utf-8") for path in tmp_path.rglob("*.svg")]
    for note in notes:
        assert "NAME of Linux" in note.replace("\n", " ")
