# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel tree's IOVA allocator: safe, and not once its flush queue is broken."""

import os
import pathlib
import shutil
import subprocess

import pytest

from trees import change, place_of, real_trees

ROOT = pathlib.Path(__file__).parents[2]
QUEUES = ("drivers/iommu/dma-iommu.c", "drivers/iommu/iova.c")
FILES = [
    "Makefile",
    "lib/bitmap.c",
    "lib/rbtree.c",
    "include/linux/list.h",
    "include/linux/rbtree.h",
    "include/linux/rbtree_types.h",
    "include/linux/rbtree_augmented.h",
    "include/linux/iova.h",
    *QUEUES,
]


def build(tree: pathlib.Path, side: pathlib.Path, *programs: str) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("MAKE")}
    for goals in (
        [f"KERNEL={tree}", "kernel-prepare"],
        [*(str(side / program) for program in programs)],
    ):
        subprocess.run(
            ["make", "-s", f"KSIDE={side}", *goals], cwd=ROOT, env=env, check=True
        )


def run(program: pathlib.Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [str(program), *arguments], capture_output=True, text=True, check=False
    )


def audit(side: pathlib.Path, *more: str) -> "subprocess.CompletedProcess[str]":
    return run(
        side / "iommubench-checked",
        "audit",
        "--allocators",
        "k-iova,k-iova-strict",
        "--operations",
        "50000",
        "--out",
        str(side / "audit.json"),
        *more,
    )


@pytest.fixture(scope="module", params=real_trees())
def tree(request: pytest.FixtureRequest) -> pathlib.Path:
    path = place_of(request.param)
    if not (path / QUEUES[0]).is_file():
        pytest.skip(f"{path} is from before dma-iommu.c")
    return path


@pytest.fixture(scope="module")
def side(tree: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    path = tmp_path_factory.mktemp("side")
    build(tree, path, "iommubench-checked", "iommubench-sim")
    return path


def test_it_is_safe(side: pathlib.Path) -> None:
    for threads in ("1", "2"):
        got = audit(side, "--threads", threads)
        assert got.returncode == 0, got.stderr
        assert got.stdout.count("NOT SAFE") == 0


def test_a_broken_queue_is_seen(tree: pathlib.Path, tmp_path: pathlib.Path) -> None:
    broken = tmp_path / "tree"
    for name in FILES:
        if (tree / name).is_file():
            (broken / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tree / name, broken / name)
    text = {name: (broken / name).read_text() for name in QUEUES}
    (queue,) = (name for name in QUEUES if "counter >= counter" in text[name])
    change(broken, queue, "counter >= counter", "counter > counter")
    build(broken, tmp_path / "side", "iommubench-checked")
    got = audit(tmp_path / "side")
    assert got.returncode == 1
    assert "NOT SAFE, AND SHOULD BE" in got.stdout
    assert got.stdout.count("SAFE") == 1


def test_its_locks_have_the_kernels_names(side: pathlib.Path) -> None:
    got = run(
        side / "iommubench-sim",
        *"sim --allocators k-iova --workloads ring --cpus 8 --entries 8192".split(),
        *"--flush spin:0 --lock queued --lock-stat --repetitions 1 --out".split(),
        str(side / "sim.json"),
    )
    assert got.returncode == 0, got.stderr
    for name in (
        "&iovad->iova_rbtree_lock:",
        "&rcache->lock:",
        "&cpu_rcache->lock:",
        "&fq->lock:",
    ):
        assert name in got.stdout


def test_it_cannot_align(side: pathlib.Path, tmp_path: pathlib.Path) -> None:
    trace = ROOT / "tests/golden/gart-align.trace"
    if not trace.is_file():
        pytest.skip("no trace that aligns")
    got = run(
        side / "iommubench-checked", "replay", str(trace), "--allocator", "k-iova"
    )
    assert got.returncode == 2
    assert "k-iova does not align" in got.stderr
