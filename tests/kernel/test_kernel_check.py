# SPDX-License-Identifier: GPL-2.0-or-later
"""Our allocators against a kernel tree's: invented, in build/cache, or KERNEL_OLD."""

import os
import re
import shutil
from pathlib import Path
from typing import Iterator, NamedTuple, Set

import pytest

from cli import GOLDEN, ROOT, Bench, Done
from trees import (
    Maker,
    Prepared,
    change,
    invented,
    place_of,
    real_trees,
    snapshot,
)

# As many as `make kernel-check` has, where there is time for it.
OPERATIONS = os.environ.get("KERNEL_OPERATIONS", "50000")

# What a tree's allocator may not do otherwise without being found out.
CHANGES = {
    "the large pool's requests": ("iommu_large_alloc = 15", "iommu_large_alloc = 16"),
    "when it flushes": ("n < pool->hint ||", "n <= pool->hint ||"),
    "the mask's last entry": ("limit = mask - shift + 1;", "limit = mask - shift;"),
    "how many pools are tried": ("pass <= iommu->nr_pools", "pass < iommu->nr_pools"),
    "the handle": ("*handle = end;", "*handle = end - 1;"),
    "what is freed": (
        "bitmap_clear(iommu->map, entry, npages)",
        "bitmap_clear(iommu->map, entry, npages > 7 ? npages - 1 : npages)",
    ),
    "the order of alignment": (
        "BITS_PER_LONG - align_order)",
        "64 - align_order) >> 1",
    ),
    "the segment": ("boundary_size = dma_get", "boundary_size = 2 * dma_get"),
}


class Tree(NamedTuple):
    """A real tree."""

    name: str
    path: Path
    prepared: Prepared
    maker: Maker


@pytest.fixture(name="tree", scope="module", params=real_trees())
def _tree(
    request: pytest.FixtureRequest,
    program: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Tree]:
    """A real tree with the programs of it, which are made once."""
    path = place_of(request.param)
    maker = Maker.beside(program, tmp_path_factory.mktemp("real"))
    before = snapshot(path)
    prepared = maker.prepare(path)
    assert prepared.there, prepared.absent
    made = maker(f"KSIDE={prepared.folder}", "-j2", "kernel-link", "kernel-check-link")
    assert made.returncode == 0, made.stderr
    yield Tree(request.param, path, prepared, maker)
    assert snapshot(path) == before
    shutil.rmtree(prepared.folder)


def check_of(maker: Maker, tree: Path, **settings: str) -> Done:
    """`make kernel-check` without times, and of fewer operations."""
    words = {
        **{"KERNEL": str(tree), "KSIDE": str(maker.folder / "check")},
        **{"BUDGET": "0", "OPERATIONS": OPERATIONS},
        **settings,
    }
    return maker(*(f"{name}={value}" for name, value in words.items()), "kernel-check")


def program_of(tree: Tree, name: str) -> Bench:
    """One of its programs."""
    return Bench(tree.prepared.folder / name, tree.prepared.folder)


# An invented tree


@pytest.fixture(name="difference", scope="module")
def _difference(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Done:
    """What is said of a tree whose allocator is another."""
    folder = tmp_path_factory.mktemp("difference")
    maker = Maker.beside(program, folder)
    return check_of(maker, invented(folder / "tree"), SEED="7")


def test_says_what_differs_first(difference: Done) -> None:
    assert difference.returncode != 0
    lines = difference.stdout.splitlines()
    assert re.fullmatch(
        r".*/tree: Linux 0\.7\.3-invented, commit unknown; seed 7", lines[0]
    )
    assert "k-ppc: not compared: this tree has no arch/powerpc/" in difference.stdout
    first = next(line for line in lines if line.startswith("pooled: "))
    assert re.match(
        r"pooled: not true to this tree: after \d+ operations that are the same,"
        r" operation \d+ of a map of \d+ entries",
        first,
    )
    answer = r"(entry \d+|no entry|\d+ flushes so far)"
    assert re.search(rf": pooled: {answer}.*; k-pooled: {answer}", first)
    assert "kernel-check: pooled: is not what this tree's k-pooled is" in lines
    assert "nothing differs" not in difference.stdout


def test_what_differs_can_be_replayed(difference: Done, bench: Bench) -> None:
    told = re.search(r"  the same in (\d+) operations?: ", difference.stdout)
    trace = re.search(
        r"iommubench replay (\S+) --allocator k-pooled", difference.stdout
    )
    assert told and trace
    path = ROOT / trace[1]
    text = path.read_text(encoding="utf-8")
    assert 1 <= int(told[1]) <= 10
    assert text.count("\n") <= int(told[1]) + 1
    # Ours does what is in it.
    done = bench("replay", str(path))
    assert done.returncode == 0 and " 0 mismatches" in done.stdout, done.stdout


def test_tree_without_counterparts(maker: Maker, tmp_path: Path) -> None:
    tree = invented(tmp_path / "tree")
    (tree / "lib" / "iommu-common.c").unlink()
    done = check_of(maker, tree)
    assert "nothing to compare" in done.stderr and "nothing differs" not in done.stdout


@pytest.mark.parametrize(
    "settings, said",
    [
        ({"KERNEL": "/nowhere"}, "iommubench: KERNEL: there is no folder /nowhere"),
        ({"REV": "none"}, "is no git repository, so it has no revision none"),
        ({"SEED": "x"}, "expected a seed, not 'x'"),
        ({"OPERATIONS": "0"}, "expected a number of operations, not '0'"),
        ({"KERNEL": ""}, "kernel-check: KERNEL=PATH says which tree"),
    ],
)
def test_refuses(
    settings: "dict[str, str]", said: str, maker: Maker, tmp_path: Path
) -> None:
    done = check_of(maker, invented(tmp_path / "tree"), **settings)
    assert done.returncode != 0
    assert said in done.stdout + done.stderr
    assert "nothing differs" not in done.stdout


def test_crash_of_kernel_code_is_told(maker: Maker, tmp_path: Path) -> None:
    tree = invented(tmp_path / "tree")
    change(
        tree,
        "lib/iommu-common.c",
        "found = iommu",
        "*(volatile char *)8; found = iommu",
    )
    done = check_of(maker, tree)
    assert done.returncode != 0
    assert "k-pooled: ended with status 139" in done.stdout


# doctor


def test_doctor_says_what_can_be_measured(bench: Bench, tmp_path: Path) -> None:
    tree = invented(tmp_path / "a b$c")
    done = bench("doctor", "--kernel", str(tree))
    lines = done.stdout.splitlines()
    assert done.returncode == 0, done.stderr
    assert lines[0] == f"{tree}: Linux 0.7.3-invented, commit unknown"
    assert re.fullmatch(
        r"ok +k-pooled +lib/iommu-common\.c: needs iommu_tbl_pool_init, .*: measured",
        next(line for line in lines if "k-pooled" in line),
    )
    assert re.fullmatch(
        r"note +k-ppc +arch/powerpc/kernel/iommu\.c: needs .*:"
        r" not measured: this tree has no .*",
        next(line for line in lines if "k-ppc" in line),
    )
    glue = {path.stem for path in (ROOT / "harness" / "kernel" / "glue").glob("k_*.c")}
    named = {line.split()[1].replace("-", "_") for line in lines[1:]}
    # Which measures the suite's own code.
    assert named == glue - {"k_own"}


def test_doctor_of_what_is_no_tree(bench: Bench, tmp_path: Path) -> None:
    for path, said in (
        (tmp_path, "no tree of the Linux kernel"),
        (tmp_path / "nowhere", "there is no folder"),
    ):
        done = bench("doctor", "--kernel", str(path))
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr and done.stderr.count("\n") == 1


def test_doctor_of_an_installed_program(program: Path, tmp_path: Path) -> None:
    shutil.copy(program, tmp_path / "iommubench")
    done = Bench(tmp_path / "iommubench", tmp_path)("doctor", "--kernel", "/")
    assert done.returncode == 2
    assert "takes the sources of this program" in done.stderr


# Real trees


def may_differ(tree: Tree, kernels: str) -> bool:
    """Powerpc's allocator was another one up to 5.10."""
    return tree.name == "KERNEL_OLD" and kernels == "k-ppc"


def must_have(tree: Tree) -> Set[str]:
    """What Debian's trees have."""
    return set() if tree.name == "KERNEL_OLD" else {"k-pooled", "k-ppc"}


def test_ours_are_true_to_the_tree(tree: Tree) -> None:
    check = program_of(tree, "kernel-check")
    pairs = [line.split("\t") for line in check().stdout.splitlines()]
    assert must_have(tree) <= {kernels for kernels, _ in pairs}
    for kernels, ours in pairs:
        done = check(kernels, OPERATIONS)
        if may_differ(tree, kernels) and done.returncode == 1:
            assert done.stdout.startswith(f"{ours}: not true to this tree: after ")
            continue
        assert done.returncode == 0, done.stdout
        assert done.stdout.startswith(
            f"{ours}: true to this tree: {OPERATIONS} operations "
        )


def test_as_many_cache_lines(tree: Tree) -> None:
    lines = program_of(tree, "kernel-lines")
    for kernels in must_have(tree):
        done = lines(kernels)
        assert done.returncode == 0, done.stdout
        assert "in each as many as" in done.stdout


@pytest.mark.parametrize("trace", GOLDEN, ids=lambda path: str(path.stem))
def test_golden_traces(tree: Tree, trace: Path) -> None:
    first = trace.read_text(encoding="utf-8").split(" ", 2)[1]
    name = f"k-{first.split('=')[1]}"
    if name not in {unit.replace("_", "-") for unit in tree.prepared.there}:
        pytest.skip(f"{tree.name} has no {name}")
    done = program_of(tree, "iommubench")("replay", str(trace), "--allocator", name)
    if may_differ(tree, name) and done.returncode == 1:
        pytest.skip(f"{tree.name}'s {name} is not what the trace is of")
    assert done.returncode == 0 and " 0 mismatches" in done.stdout, done.stdout


def test_takes_part_in_everything(tree: Tree) -> None:
    run = program_of(tree, "iommubench")
    names = [unit.replace("_", "-") for unit in tree.prepared.there]
    assert must_have(tree) <= set(names)
    which = ("--allocators", ",".join(names))
    cells = (*which, "--workloads=ring", "--cpus=1")
    for words in (
        ("run", *cells, "--flush=none", "--seconds=0.01", "--repetitions=1", "--locks"),
        ("sim", *cells, "--rounds=1", "--entries=8192", "--repetitions=1"),
        ("audit", *which, "--operations=5000"),
    ):
        done = run(*words, "--out", str(tree.prepared.folder / f"{words[0]}.json"))
        assert done.returncode == 0, done.stdout + done.stderr
        for name in names:
            assert name in done.stdout, words


@pytest.mark.parametrize("what", CHANGES)
def test_change_of_the_tree_is_found(what: str, maker: Maker, tmp_path: Path) -> None:
    kernel = tmp_path / "tree"
    shutil.copytree(place_of("6.1"), kernel)
    change(kernel, "arch/sparc/kernel/iommu-common.c", *CHANGES[what])
    prepared = maker.prepare(kernel)
    assert prepared.there, prepared.absent
    # The others are not needed.
    (prepared.folder / "list").write_text("k_pooled\n")
    made = maker(f"KSIDE={prepared.folder}", f"{prepared.folder}/kernel-check")
    assert made.returncode == 0, made.stderr
    done = Bench(prepared.folder / "kernel-check", tmp_path)("k-pooled", "200000")
    assert done.returncode == 1, done.stdout
    assert done.stdout.startswith("pooled: not true to this tree: ")
