# SPDX-License-Identifier: GPL-2.0-or-later
"""make compare KERNEL=: two revisions of a kernel tree, and mails applied onto one."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any, Dict, Tuple

import pytest

from cli import ROOT, Done, failed_samples, read_results, snapshot, suite
from kernel_repository import GLUE, Repository
from test_make_compare import make_compare

# All of it works in one folder, build/compare, which is locked.
pytestmark = pytest.mark.xdist_group("make_compare")

TINY = (
    *("--workloads=pair", "--cpus=1", "--flush=none", "--pools=1"),
    *("--seconds=0.001", "--entries=1024"),
)


def compare(program: Path, kernel: object, *words: str, **settings: str) -> Done:
    """compare.sh on that tree."""
    settings = {"SIMULATE": "no", "KERNEL": str(kernel), **GLUE, **settings}
    return make_compare(program, *words, **settings)


def sides(out: Path) -> Tuple[Dict[str, Any], Dict[str, Any]]:
    """What the results say of both."""
    comparison = suite(read_results(out))["comparison"]
    return comparison["base"], comparison["new"]


def said(done: Done, code: int, *words: str) -> None:
    """Fails unless it ended with one line that has these words."""
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    assert done.stderr.count("\n") == 1, done.stderr
    for word in words:
        assert word in done.stderr, (word, done.stderr)


def test_revisions(program: Path, kernel: Repository, tmp_path: Path) -> None:
    before = snapshot(kernel.path)
    out = tmp_path / "out.json"
    done = compare(
        program,
        kernel.path,
        *TINY,
        BASE="base",
        NEW="padded",
        BUDGET="2s",
        OUT=str(out),
    )
    assert done.returncode == 0, done.stderr
    assert snapshot(kernel.path) == before
    assert re.search(r"^kernel code that differs: k-pooled; .*k-ppc", done.stdout, re.M)
    assert re.search(r"^k-pooled/pools:1 +1 ", done.stdout, re.M), done.stdout
    base, new = sides(out)
    assert (base["commit"], new["commit"]) == (
        kernel.commit("base"),
        kernel.commit("padded"),
    )
    assert (base["what"], base["dirty"], new["subject"]) == (
        "kernel",
        False,
        "kernel: padded",
    )
    assert "k-ppc" in new["unchanged"].split(", ") and "pooled" not in new["unchanged"]
    assert base["hash"] != new["hash"] and re.match(r"\d+\.\d+\.", base["version"])
    # One tree a run; this one has two, as its sides.
    assert "kernel" not in suite(read_results(out))
    names = {sample["name"].split("/")[1] for sample in read_results(out)["benchmarks"]}
    assert names == {"k-pooled"}


def test_patch_of_mails(program: Path, kernel: Repository, tmp_path: Path) -> None:
    mail = kernel.mail("padded", tmp_path)
    out = tmp_path / "patch.json"
    words = ("--workloads=ring", "--cpus=1", "--pools=1", "--seconds=0.001")
    done = make_compare(
        program,
        *words,
        script="patch",
        KERNEL=str(kernel.path),
        BASE="base",
        MBOX=str(mail),
        BUDGET="2s",
        OUT=str(out),
        **GLUE,
    )
    assert done.returncode == 0, done.stderr
    commit = kernel.commit("base")[:12]
    version = sides(out)[0]["version"]
    assert f"base   Linux {version} {commit} kernel: base\n" in done.stdout
    assert f"new    Linux {version} {commit} + 1 patch: kernel: padded\n" in done.stdout
    assert f"make compare KERNEL=PATH BASE={commit}" in done.stdout
    text = " ".join(done.stdout.split())
    assert "the allocators' files of both kernel trees, unmodified" in text
    assert re.search(r"same code on both sides, and not measured: .*k-ppc", text)
    assert f"MBOX={mail.name}" in done.stdout.replace("\\\n", "")
    # Padding costs where one pool is all that many CPUs have, and nothing on one CPU.
    faster, _, rest = done.stdout.partition("Simulated slower (losses):")
    slow = re.search(r"k-pooled/pools:1 +sim:64 +(\d+) +(\d+)", rest)
    assert slow and int(slow[2]) > 1.5 * int(slow[1]), done.stdout
    assert "sim" not in faster.split("Simulated, not measured")[0]


def test_work_tree(program: Path, kernel: Repository, tmp_path: Path) -> None:
    text = kernel.header.read_text(encoding="utf-8")
    out = tmp_path / "out.json"
    kernel.header.write_text(
        text.replace("unsigned long\thint;", "unsigned long hint, x;")
    )
    try:
        relative = os.path.relpath(kernel.path, ROOT)
        done = compare(program, relative, *TINY, BASE="base", BUDGET="1s", OUT=str(out))
        status = kernel.git("status", "--short")
    finally:
        kernel.header.write_text(text)
    assert done.returncode == 0, done.stderr
    base, new = sides(out)
    assert (base["dirty"], new["dirty"], new["revision"]) == (False, True, "work tree")
    assert base["commit"] == new["commit"] == kernel.commit("base")
    assert status.split()[0] == "M"


def test_bare_shallow_and_plain(
    program: Path, kernel: Repository, tmp_path: Path
) -> None:
    bare, plain = tmp_path / "bare.git", tmp_path / "plain tree"
    kernel.git(
        "clone",
        "-q",
        "--bare",
        "--depth=1",
        "--no-local",
        "--branch=padded",
        f"file://{kernel.path}",
        str(bare),
    )
    done = compare(program, bare, *TINY, "--dry-run", BASE="HEAD", NEW="padded")
    said(done, 77, "nothing to measure", "no file differs")
    plain.mkdir()
    kernel.git("archive", "-o", str(tmp_path / "tree.tar"), "base")
    subprocess.run(["tar", "-xf", tmp_path / "tree.tar", "-C", plain], check=True)
    mail = kernel.mail("padded", tmp_path)
    done = compare(program, plain, *TINY, "--dry-run", MBOX=str(mail))
    assert done.returncode == 0, done.stderr
    assert "pair/k-pooled/" in done.stdout


def test_two_allocators(program: Path, kernel: Repository, tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    settings = {"OLD": "pooled/pools:1", "NEW": "k-pooled/pools:1", "BUDGET": "1s"}
    done = compare(program, kernel.path, *TINY[:3], *TINY[4:], OUT=str(out), **settings)
    assert done.returncode == 0, done.stderr
    assert suite(read_results(out))["kernel"]["commit"] == kernel.commit("base")
    assert "k-NAME: NAME of Linux" in done.stdout


def test_nothing_to_measure(program: Path, kernel: Repository, tmp_path: Path) -> None:
    done = compare(program, kernel.path, BASE="base", NEW="comment")
    words = ("nothing to measure", "these differ elsewhere", kernel.source.name)
    said(done, 77, *words)
    mail = kernel.mail("readme", tmp_path)
    done = compare(program, kernel.path, BASE="base", MBOX=str(mail))
    said(done, 77, "nothing to measure", "not among the files", "README")


def test_bad_input(program: Path, kernel: Repository, tmp_path: Path) -> None:
    mail = kernel.mail("padded", tmp_path)
    path = str(kernel.path)
    header = str(kernel.header.relative_to(kernel.path))
    empty = tmp_path / "empty"
    empty.mkdir()
    for settings, words in (
        ({"KERNEL": path, "BASE": "nope"}, ("no revision 'nope'",)),
        ({"KERNEL": path, "BASE": "base", "NEW": "nope"}, ("no revision 'nope'",)),
        (
            {"KERNEL": path, "BASE": "padded", "MBOX": str(mail)},
            ("does not apply", header),
        ),
        ({"KERNEL": path, "BASE": "base", "MBOX": "/nonexistent"}, ("no file",)),
        ({"KERNEL": path, "BASE": "base", "MBOX": "Makefile"}, ("no patch",)),
        (
            {"KERNEL": path, "BASE": "base", "NEW": "padded", "MBOX": str(mail)},
            ("not both",),
        ),
        ({"KERNEL": path}, ("what?", "BASE=REVISION")),
        ({"KERNEL": str(empty), "BASE": "base"}, ("no git repository",)),
        ({"KERNEL": "/nonexistent", "BASE": "base"}, ("no folder",)),
        ({"BASE": "HEAD", "MBOX": str(mail)}, ("KERNEL=PATH",)),
    ):
        done = make_compare(program, *TINY, SIMULATE="no", **GLUE, **settings)
        said(done, 2, *words)


@pytest.mark.slow
def test_hangs(program: Path, kernel: Repository, tmp_path: Path) -> None:
    """One side loops for ever: that cell is given up, and the other goes on."""
    out = tmp_path / "out.json"
    words = (*TINY[:3], *TINY[4:], "--allocators=k-pooled/pools:1,k-ppc")
    settings = {"BASE": "base", "NEW": "hangs", "BUDGET": "3s", "OUT": str(out)}
    done = compare(program, kernel.path, *words, **settings)
    document = read_results(out)
    failed = failed_samples(document)
    assert len(failed) == 2, done.stderr
    for sample in failed:
        assert "k-pooled" in sample["name"] and sample["side"] == "new"
        assert sample["error_message"].startswith("hung: killed")
    # A block of four at least, however slow the host.
    assert len([s for s in document["benchmarks"] if "k-ppc" in s["name"]]) >= 4
