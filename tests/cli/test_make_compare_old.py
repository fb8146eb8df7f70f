# SPDX-License-Identifier: GPL-2.0-or-later
"""make compare with a revision whose src/ no longer fits this harness.

Its stand-in is made of HEAD: another interface, and what programs had before today's
names, workloads and platforms.
"""

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, Optional

import pytest

from cli import ROOT, Bench, Done, one_line, read_results, suite
from test_make_compare import commit_with, git, make_compare, need_history

pytestmark = [pytest.mark.xdist_group("make_compare"), pytest.mark.slow]

PLACES = ("src", "bench", "harness", "include")
# Unlike today's, and a warning that is none of this tree's business.
OTHER_INTERFACE = "frees_any_range", "frees_any"
GONE = "src/s390.c", "bench/coherent.c"
OLD_WORDS = (
    ("harness/plan/cell.c", '[LOCK_QUEUED] = "queued"', '[LOCK_QUEUED] = "mcs"'),
    ("harness/plan/variant.c", '"advance"', '"nosuch"'),
    ("harness/cmd/option_rows.c", '"--platform"', '"--like"'),
    ("src/gart.c", '.name = "gart"', '.name = "advance"'),
    ("src/sun4u.c", "#include", "static int warned_of;\n#include"),
)
CELLS = (
    *("--allocators=sun4u,gart,s390", "--workloads=ring,sg,coherent", "--cpus=1"),
    *("--lock=tas,queued", "--think=0,50", "--seconds=0.001"),
)
TINY = (*CELLS, "--flush=none", "--entries=1024")
OLD_REASONS = (
    "its sg frees each segment by itself, even side by side (12)",
    "it thinks twice an op (12)",
    "no allocator 's390' (2)",
    "--workloads: no workload 'coherent' (6)",
)


def old_files() -> Dict[str, Optional[str]]:
    """What of HEAD the old tree has otherwise."""
    before, after = OTHER_INTERFACE
    names = git({}, "grep", "-l", before, "HEAD", "--", *PLACES).splitlines()
    paths = {name.split(":", 1)[1] for name in names} | {word[0] for word in OLD_WORDS}
    files: Dict[str, Optional[str]] = {}
    for path in paths:
        text = git({}, "show", f"HEAD:{path}") + "\n"
        files[path] = text.replace(before, after)
    for path, now, then in OLD_WORDS:
        text = files[path] or ""
        assert now in text, path
        files[path] = text.replace(now, then, 1)
    files.update({path: None for path in GONE})
    return files


@dataclass
class Old:
    """The old commit, its programs, and the comparison of this work tree with it."""

    commit: str
    env: Dict[str, str]
    place: Path
    results: Path
    done: Done

    def sides(self, base: str, new: str) -> List[str]:
        """Options that name the sides; "" is the work tree."""
        return [
            f"--side={side}={self.place / (commit[:16] or 'worktree')}"
            for side, commit in (("base", base), ("new", new))
        ]


@pytest.fixture(name="old", scope="module")
def _old(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Old]:
    need_history()
    folder = tmp_path_factory.mktemp("old")
    commit, env = commit_with(folder, old_files(), "as it was")
    # Built to be asked, not to be fast.
    env["MAKEFLAGS"] = f"-j{os.cpu_count()} -- OPT=-O0 WERROR=-Werror"
    results = folder / "x.json"
    done = make_compare(
        program,
        *TINY,
        BASE=commit,
        BUDGET="1",
        SIMULATE="no",
        OUT=str(results),
        **env,
    )
    place = program.parent / "compare"
    yield Old(commit, env, place, results, done)
    shutil.rmtree(place / commit[:16], ignore_errors=True)


def test_whole_trees_are_compared_and_it_says_so(old: Old) -> None:
    assert old.done.returncode == 0, old.done.stderr
    first = old.done.stdout.splitlines()[0]
    assert first.startswith("whole trees, each with its own harness"), first
    assert f"src/ of {old.commit} does not build in the harness of this tree" in first
    log = first.rpartition("see ")[2]
    assert OTHER_INTERFACE[1] in (ROOT / log).read_text(encoding="utf-8")
    assert old.done.stdout.count("does not build") == 1
    comparison = suite(read_results(old.results))["comparison"]
    assert [comparison[side]["what"] for side in ("base", "new")] == ["tree", "tree"]


def test_only_what_both_know_and_mean_is_measured(old: Old) -> None:
    document = read_results(old.results)
    names = {sample["name"] for sample in document["benchmarks"]}
    assert {re.sub("/entries.*lock:", " ", name) for name in names} == {
        f"ring/{allocator} {lock}/think:0"
        for allocator in ("sun4u", "gart")
        for lock in ("tas", "queued")
    }
    assert not any(s.get("error_occurred") for s in document["benchmarks"])
    left_out, *names_told = suite(document)["comparison"]["remarks"]
    assert left_out.startswith("32 cells left out because of base: ")
    assert sorted(left_out.split(": ", 1)[1].split(", ")) == sorted(
        part for reason in OLD_REASONS for part in reason.split(", ")
    )
    assert names_told == [
        "queued is mcs in base: another queue lock",
        "gart is advance in base: it takes its lock once a map, and aligns nothing",
    ]
    for remark in (left_out, *names_told):
        assert old.done.stderr.count(remark) == 1
        assert remark in " ".join(old.done.stdout.split())
    assert "part of the change" in old.done.stdout


def planned(bench: Bench, *words: str) -> List[str]:
    """The lines of a dry run of a comparison."""
    done = bench("compare", *words, "--dry-run")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_two_old_ones_mean_the_same(bench: Bench, old: Old) -> None:
    lines = planned(bench, *TINY, *old.sides(old.commit, old.commit))
    assert "queued is mcs in both: another queue lock" in lines
    left_out = [line for line in lines if "left out because of" in line]
    assert len(left_out) == 1 and "because of base" in left_out[0]
    assert "twice" not in left_out[0] and "segment" not in left_out[0]
    assert any(re.match("sg/.*/think:50", line) for line in lines)


def test_an_old_new_side(bench: Bench, old: Old) -> None:
    lines = planned(bench, *TINY, *old.sides("", old.commit))
    assert any(line.startswith("32 cells left out because of new: ") for line in lines)
    assert "queued is mcs in new: another queue lock" in lines


def test_trees_of_today_are_left_nothing_out(bench: Bench, old: Old) -> None:
    lines = planned(bench, *TINY, *old.sides("", ""))
    assert len(lines) == 3 * 3 * 2 * 2 + 1
    assert "36 cells" in lines[-1]


def test_nothing_in_common(program: Path, old: Old) -> None:
    words = ("--allocators=s390", "--workloads=ring", "--cpus=1", "--flush=none")
    done = make_compare(program, *words, BASE=old.commit, BUDGET="1", **old.env)
    assert done.returncode == 2
    one_line(done.stderr, "nothing to compare", "base: no allocator 's390'")
    # It is seen before anything is simulated.
    assert done.stdout.count("\n") == 1 and "whole trees" in done.stdout


def for_sim(bench: Bench, side: str, *words: str, note: str = "") -> Dict[str, str]:
    """The options with which a side is simulated."""
    done = bench("compare", *words, f"--for-sim={side}")
    assert done.returncode == 0
    assert note in done.stderr and bool(done.stderr) == bool(note)
    options = dict(line.split("=", 1) for line in done.stdout.splitlines())
    assert options["--think"] == "0" and options["--workloads"] == "ring"
    return options


def test_the_old_simulator_is_asked_in_its_own_words(bench: Bench, old: Old) -> None:
    words = [*CELLS, "--platform=gart", *old.sides(old.commit, "")]
    base, new = (for_sim(bench, side, *words) for side in ("base", "new"))
    assert "--platform" not in base and new["--platform"] == "gart"
    assert base["--entries"] == "16384" and "--entries" not in new
    assert base["--flush"] == "mmio:1,500,500" and "--flush" not in new
    assert base["--lock"] == "tas,mcs" and new["--lock"] == "tas,queued"
    assert base["--allocators"] == "advance/pools:1,sun4u/pools:1"
    assert new["--allocators"] == "gart/pools:1,sun4u/pools:1"
    # The same cells, by other names.
    cells = new["--benchmark_filter"].replace("/entries:16384", "")
    cells = cells.replace("ring/gart/", "ring/advance/")
    assert base["--benchmark_filter"] == cells.replace("lock:queued", "lock:mcs")
    assert cells != new["--benchmark_filter"] and cells.count("|") == 3


def test_the_old_simulator_takes_one_size(bench: Bench, old: Old) -> None:
    words = [*CELLS, "--platform=sun4u,gart", *old.sides(old.commit, "")]
    note = "simulated with tables of 8192 entries only: a plan of base has one size"
    base = for_sim(bench, "base", *words, note=note)
    new = for_sim(bench, "new", *words)
    assert base["--entries"] == "8192" and new["--platform"] == "sun4u,gart"
    assert "entries" not in new["--benchmark_filter"]
