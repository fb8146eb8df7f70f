# SPDX-License-Identifier: GPL-2.0-or-later
"""What is taken out of a kernel tree, whatever it is called; and what is refused."""

import re
import shutil
from pathlib import Path
from typing import Sequence

import pytest

from trees import (
    POOLED,
    Maker,
    change,
    git,
    invented,
    repository,
    snapshot,
)

WHY_NOT = {
    "renamed": (
        ("iommu_tbl_range_free(", "iommu_range_release("),
        "this tree's lib/iommu-common.c has no iommu_tbl_range_free",
    ),
    "function": (
        ("unsigned long flags;\n", "unsigned long flags = frobnicate();\n"),
        r".*lib/iommu-common.c:\d+: needs frobnicate\(\),"
        " which harness/kernel/shim does not have",
    ),
    "macro": (
        ("unsigned long flags;\n", "unsigned long flags = FROBNICATE_MAX;\n"),
        r".*lib/iommu-common.c:\d+: needs FROBNICATE_MAX,"
        " which harness/kernel/shim does not have",
    ),
    "extern": (
        (
            "spin_lock_init(",
            "void frobnicate(void);\n\tfrobnicate();\n\tspin_lock_init(",
        ),
        r"needs frobnicate, which harness/kernel/shim does not have",
    ),
    "wrong": (
        ("unsigned long flags;\n", "unsigned long flags = ;\n"),
        r".*lib/iommu-common.c:\d+: expected expression.*",
    ),
}


def test_invented_tree(maker: Maker, tmp_path: Path) -> None:
    tree = invented(tmp_path / "tree")
    before = snapshot(tree)
    made = maker.prepare(tree)
    assert made.facts["version"] == "0.7.3-invented"
    assert made.facts["commit"] == "unknown"
    assert made.facts["path"] == str(tree)
    assert made.there == ["k_pooled"]
    assert made.absent["k-ppc"].startswith("this tree has no arch/powerpc/")
    assert "k-pooled" not in made.absent
    assert snapshot(tree) == before


def test_files_of_other_systems(maker: Maker, tmp_path: Path) -> None:
    """A tree checked out with CR LF: behind a backslash a line goes on."""
    tree = invented(tmp_path / "tree")
    change(tree, POOLED, "unsigned long flags;\n", "AS_IT_IS(unsigned long flags);\n")
    text = (tree / POOLED).read_text(encoding="utf-8")
    (tree / POOLED).write_text(f"#define AS_IT_IS(x) \\\n\tx\n{text}", encoding="utf-8")
    for path in tree.rglob("*.[ch]"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    made = maker.prepare(tree)
    assert made.there == ["k_pooled"], made.absent


ALIGN = "(1ull << align_order) - 1"
SHIFT = "0xffffffffffffffffl >> (64 - align_order)"


def test_what_would_be_measured_wrong_is_not(
    kernel_trees: Sequence[Path], maker: Maker, tmp_path: Path
) -> None:
    """Powerpc's undefined shift of old; and strict under the lazy one's name."""
    tree = tmp_path / "tree"
    shutil.copytree(kernel_trees[0], tree)
    change(tree, "arch/powerpc/kernel/iommu.c", ALIGN, SHIFT)
    for old in ("iommu_dma_init_fq", "queue_iova"):
        change(tree, "drivers/iommu/dma-iommu.c", old, f"other_{old}")
    made = maker.prepare(tree)
    assert re.fullmatch("the iommu_range_alloc.* shifts by 64 .*", made.absent["k-ppc"])
    assert made.absent["k-iova"] == (
        "neither dma-iommu.c nor iova.c of this tree has a flush queue"
    )
    assert {"k_iova_strict", "k_pooled"} <= set(made.there)


@pytest.mark.parametrize("case", WHY_NOT)
def test_says_what_is_missing_of_an_allocator(
    case: str, maker: Maker, tmp_path: Path
) -> None:
    (old, new), why = WHY_NOT[case]
    tree = invented(tmp_path / "tree")
    change(tree, POOLED, old, new)
    made = maker.prepare(tree)
    assert made.there == []
    assert re.fullmatch(why, made.absent["k-pooled"]), made.absent


def test_says_which_file_is_missing(maker: Maker, tmp_path: Path) -> None:
    tree = invented(tmp_path / "tree")
    (tree / POOLED).unlink()
    made = maker.prepare(tree)
    assert made.absent["k-pooled"] == (
        "this tree has no arch/sparc/kernel/iommu-common.c" " and no lib/iommu-common.c"
    )


def test_error_names_the_line_of_the_users_file(maker: Maker, tmp_path: Path) -> None:
    tree = invented(tmp_path / "tree")
    change(tree, POOLED, "found = ", "found = missing + ")
    text = (tree / POOLED).read_text(encoding="utf-8")
    line = text[: text.index("missing")].count("\n") + 1
    assert f"{tree}/{POOLED}:{line}: " in maker.prepare(tree).absent["k-pooled"]


def test_paths_of_any_characters(maker: Maker, tmp_path: Path) -> None:
    name = "a b, äöü, it's, quo\"te, a=b, c#d, e$f, back\\slash, (x) & y; *z"
    tree = repository(tmp_path / name)
    made = maker.prepare(tree)
    assert made.there == ["k_pooled"]
    assert made.facts["path"] == str(tree)
    change(tree, POOLED, "unsigned long flags;\n", "unsigned long flags = NO_SUCH;\n")
    assert maker.prepare(tree).absent["k-pooled"].startswith(f"{tree}/{POOLED}:")
    assert maker.prepare(tree, "HEAD").there == ["k_pooled"]


def test_temporary_folder_of_any_characters(maker: Maker, tmp_path: Path) -> None:
    tree = invented(tmp_path / "tree")
    folder = tmp_path / "a=b c"
    folder.mkdir()
    assert maker.prepare(tree, env={"TMPDIR": str(folder)}).there == ["k_pooled"]
    assert not list((maker.folder / "side").glob("work.*"))


# What is refused


def test_no_such_folder(maker: Maker, tmp_path: Path) -> None:
    assert "there is no folder" in maker.prepare(tmp_path / "nowhere").refusal()


def test_file_instead_of_a_tree(maker: Maker, tmp_path: Path) -> None:
    (tmp_path / "tar").write_text("")
    assert "there is no folder" in maker.prepare(tmp_path / "tar").refusal()


def test_folder_that_is_no_tree(maker: Maker, tmp_path: Path) -> None:
    (tmp_path / "Makefile").write_text("all:\n")
    assert "no tree of the Linux kernel" in maker.prepare(tmp_path).refusal()


@pytest.mark.parametrize(
    "revision", ["nothing", "HEAD~9", "-x", "--help", "HEAD:Makefile", "0" * 40]
)
def test_no_such_revision(revision: str, maker: Maker, tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    assert revision in maker.prepare(tree, revision).refusal()


def test_revision_of_what_is_no_repository(maker: Maker, tmp_path: Path) -> None:
    said = maker.prepare(invented(tmp_path / "tree"), "HEAD").refusal()
    assert "is no git repository" in said


def test_revision_without_a_kernel(maker: Maker, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message=nothing")
    assert "no tree of the Linux kernel" in maker.prepare(tmp_path, "HEAD").refusal()


# Repositories, which are only read


def test_work_tree_and_revisions(maker: Maker, tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    head, first = git(tree, "rev-parse", "HEAD"), git(tree, "rev-parse", "HEAD~1")
    before = snapshot(tree)
    clean = maker.prepare(tree).facts
    assert (clean["commit"], clean["dirty"]) == (head, "false")
    assert maker.prepare(tree, "HEAD~1").facts["commit"] == first
    assert snapshot(tree) == before


def test_dirty_tree(maker: Maker, tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    change(tree, POOLED, "found = ", "found = 0; found = ")
    # Git's index is out of date as well, which a `git status` would write anew.
    (tree / "Makefile").touch()
    before = snapshot(tree)
    made, clean = maker.prepare(tree).facts, maker.prepare(tree, "HEAD").facts
    assert (made["dirty"], clean["dirty"]) == ("true", "false")
    assert made["commit"] == clean["commit"]
    assert made["hash"] != clean["hash"]
    assert snapshot(tree) == before


def test_change_elsewhere_is_not_dirt(maker: Maker, tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    (tree / "README").write_text("new")
    assert maker.prepare(tree).facts["dirty"] == "false"


def test_comment_changes_no_hash_beyond_its_commit(
    maker: Maker, tmp_path: Path
) -> None:
    tree = repository(tmp_path / "tree")
    hashes = {maker.prepare(tree, rev).facts["hash"] for rev in ("HEAD", "HEAD~1")}
    assert len(hashes) == 1


@pytest.mark.parametrize("kind", ["--bare", "--depth=1"])
def test_bare_and_shallow_clones(kind: str, maker: Maker, tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    git(tmp_path, "clone", "--quiet", kind, f"file://{tree}", "clone")
    clone = tmp_path / "clone"
    before = snapshot(clone)
    made = maker.prepare(clone)
    assert made.there == ["k_pooled"]
    assert made.facts["commit"] == git(tree, "rev-parse", "HEAD")
    assert snapshot(clone) == before


def test_history_that_a_shallow_clone_lacks(maker: Maker, tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{tree}", "clone")
    before = snapshot(tmp_path / "clone")
    assert "has no revision" in maker.prepare(tmp_path / "clone", "HEAD~1").refusal()
    assert snapshot(tmp_path / "clone") == before


def test_objects_that_a_partial_clone_lacks(maker: Maker, tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    git(tree, "config", "uploadpack.allowFilter", "true")
    words = ("--quiet", "--bare", "--filter=blob:none", f"file://{tree}", "clone")
    git(tmp_path, "clone", *words)
    before = snapshot(tmp_path / "clone")
    assert "no tree of the Linux kernel" in maker.prepare(tmp_path / "clone").refusal()
    assert snapshot(tmp_path / "clone") == before


def test_linked_work_tree(maker: Maker, tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    git(
        tree,
        "worktree",
        "add",
        "--quiet",
        "--detach",
        str(tmp_path / "other"),
        "HEAD~1",
    )
    before = snapshot(tmp_path / "tree")
    made = maker.prepare(tmp_path / "other")
    assert made.facts["commit"] == git(tree, "rev-parse", "HEAD~1")
    assert snapshot(tmp_path / "tree") == before


def test_plain_folder_within_another_repository(maker: Maker, tmp_path: Path) -> None:
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "commit", "--quiet", "--allow-empty", "--message=another")
    tree = invented(tmp_path / "linux")
    facts = maker.prepare(tree).facts
    assert (facts["commit"], facts["dirty"]) == ("unknown", "false")


def test_environment_of_another_repository(maker: Maker, tmp_path: Path) -> None:
    tree = repository(tmp_path / "tree")
    other = repository(tmp_path / "other")
    change(other, "Makefile", "SUBLEVEL = 3", "SUBLEVEL = 9")
    git(other, "commit", "--quiet", "--all", "--message=other")
    # As where this is run by a hook of git.
    env = {"GIT_DIR": str(other / ".git"), "GIT_WORK_TREE": str(other)}
    facts = maker.prepare(tree, "HEAD", env=env).facts
    assert facts["commit"] == git(tree, "rev-parse", "HEAD")
    assert facts["version"] == "0.7.3-invented"
