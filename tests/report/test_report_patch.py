# SPDX-License-Identifier: GPL-2.0-or-later
"""``report patch``: text that goes with a patch."""

import copy
import json
import shlex
import subprocess
from pathlib import Path
from typing import Any, Dict, List

import pytest

import results_sample as invent
from comparison_data import QUIET
from comparison_files import ALLOCATORS, REVISIONS, one_side, saved, with_sides
from report.__main__ import main
from report.read.cell import Cell
from report.compare.patch_text import plain, work_lines
from report.compare.reproduce import command
from report.compare.sides import load_sides
from report.compare.simulated import SimulatedRow, Work
from report.stats.seeds import Told

NAMES = [
    invent.cell_name("ring", variant, cpus)
    for variant in ("sun4u/pools:1", "pooled/pools:1", "stale-local/pools:16")
    for cpus in (1, 2)
]
CHANGES = dict(zip(NAMES, (0.0, 0.0, 0.1, 0.08, -0.2, -0.15)))

Document = Dict[str, Any]
Capture = pytest.CaptureFixture[str]


def lines_of(capture: Capture, *arguments: object) -> List[str]:
    """What the command prints, which must be fit to go into a mail."""
    assert main(["patch", *map(str, arguments)]) == 0
    said = capture.readouterr()
    assert said.err == "" and said.out.isascii()
    lines = said.out.splitlines()
    if "--markdown" not in arguments:
        assert [line for line in lines if len(line) > 75] == []
    return lines


def as_one(lines: List[str]) -> str:
    """The lines as one text, wherever they were broken."""
    return " ".join(" ".join(lines).split())


def section(lines: List[str], title: str) -> List[str]:
    """The lines below that title."""
    rest = lines[lines.index(title) + 1 :]
    return rest[: rest.index("")]


def test_losses_and_gains_and_the_rest(tmp_path: Path, capsys: Capture) -> None:
    document = with_sides(CHANGES, machine=QUIET, blocks=60)
    lines = lines_of(capsys, saved(tmp_path, "c.json", document))
    assert lines[0] == "base   111111111111 pooled: search from the hint"
    assert lines[1] == "new    222222222222 pooled: look twice"
    assert lines[2].startswith("host   invented-host, 64 CPUs, Invented CPU")
    assert lines[3] == "CPU    not recorded"
    assert lines[4].startswith("config ring flush:mmio:16,150,600 occupancy:5 lock:tas")
    head = lines.index("")
    assert "3 link orders, gcc" in as_one(lines[:head])
    assert lines[head : head + 4] == [
        "",
        "Measured with iommubench 0123456789ab in user space: src/ of either side,",
        "in pinned threads, with an emulated flush; no driver, device or interrupt.",
        "Times: medians, in ns/op, an op being a map and its unmap on one CPU;",
    ]
    losses, gains = section(lines, "Slower (losses):"), section(
        lines, "Faster (gains):"
    )
    assert [line.split()[:2] for line in losses[1:]] == [
        ["pooled/pools:1", "1"],
        ["pooled/pools:1", "2"],
    ]
    assert [line.split()[:2] for line in gains[1:]] == [
        ["stale-local/pools:16", "1"],
        ["stale-local/pools:16", "2"],
    ]
    assert 9 < float(losses[1].split()[4]) < 11
    assert "The same within 1 %: 2 of 6 cells." in lines


def test_nothing_moved(tmp_path: Path, capsys: Capture) -> None:
    nothing = {name: 0.0 for name in NAMES}
    lines = lines_of(
        capsys, saved(tmp_path, "c.json", with_sides(nothing, machine=QUIET, blocks=60))
    )
    assert "Slower (losses): none" in lines and "Faster (gains): none" in lines
    assert "The same within 1 %: 6 of 6 cells." in lines


def test_what_cannot_be_told_is_named(tmp_path: Path, capsys: Capture) -> None:
    few = with_sides({NAMES[0]: 0.0, NAMES[1]: 0.0}, blocks=15)
    text = " ".join(" ".join(lines_of(capsys, saved(tmp_path, "c.json", few))).split())
    assert (
        "Cannot tell: 2 of 2 cells (smallest change that would have been seen:" in text
    )
    assert "sun4u/pools:1 on 1, 2 CPUs" in text


def test_long_names_and_letters_that_are_not_ascii(
    tmp_path: Path, capsys: Capture
) -> None:
    facts = copy.deepcopy(REVISIONS)
    facts["new"]["subject"] = "pooled: größer, \u2264 " + "very long " * 20
    names = {
        invent.cell_name("ring", v, 128, flush=f, occupancy=o): 0.2
        for v in ("stale-local/pools:16", "stale-hop/pools:16")
        for f in ("mmio:16,150,600", "sun4v-hypervisor-of-a-long-name")
        for o in ("5", "99.5")
    }
    document = with_sides(names, machine=QUIET, comparison=facts)
    host = document["context"]["iommubench"]["host"]
    host["cpu_model"] = "A CPU\u00ae of a name that goes on and on " * 4
    host["cpu_order"] = list(range(64))
    lines = lines_of(capsys, saved(tmp_path, "c.json", document))
    assert lines[1].startswith("new    222222222222 pooled: gr??er, ? very long")
    assert plain("\u00b5s") == "?s"


def arguments_of(path: Path) -> List[str]:
    """What make gets from the shell that is given the command to reproduce."""
    words = command(load_sides(path, None, across_hosts=True, check=False))
    return in_shell(" ".join(words))


def in_shell(text: str) -> List[str]:
    """The words that a shell makes of it."""
    done = subprocess.run(
        ["sh", "-c", "printf '%s\\n' " + text],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_the_command_of_revisions(tmp_path: Path, capsys: Capture) -> None:
    path = saved(tmp_path, "c.json", with_sides(CHANGES, machine=QUIET))
    lines = lines_of(capsys, path)
    shown = lines[lines.index("To reproduce:") + 1 :]
    assert shown[0].startswith("  make compare BASE=111111111111 NEW=222222222222")
    assert arguments_of(path)[2:] == [
        "BASE=111111111111",
        "NEW=222222222222",
        "BUDGET=5m",
        "ARGS=--workloads ring",
    ]


def test_the_command_of_a_work_tree(tmp_path: Path, capsys: Capture) -> None:
    facts = copy.deepcopy(REVISIONS)
    facts["new"].update(commit="work tree", dirty=True)
    facts["budget_s"] = 90
    path = saved(tmp_path, "c.json", with_sides(CHANGES, comparison=facts))
    assert arguments_of(path)[2:4] == ["BASE=111111111111", "BUDGET=90s"]
    assert "(new had uncommitted changes)" in lines_of(capsys, path)


def test_the_command_of_allocators(tmp_path: Path) -> None:
    name = invent.cell_name("ring", "sun4u/pools:1")
    document = with_sides({name: 0.0}, comparison=ALLOCATORS)
    document["context"]["iommubench"]["arguments"] = shlex.split(
        "--old sun4u --new=pooled/pools:1 --budget 90s --out x --side base=a"
        " --benchmark_filter '^ring \"$(x)\" `y` \\z$' --cpus 1"
    )
    path = saved(tmp_path, "c.json", document)
    assert arguments_of(path)[2:] == [
        "OLD=sun4u/pools:1",
        "NEW=pooled/pools:1",
        "BUDGET=90s",
        # As make reads it: a doubled dollar is one.
        "ARGS=--benchmark_filter '^ring \"$$(x)\" `y` \\z$$' --cpus 1",
    ]


def test_files(tmp_path: Path, capsys: Capture) -> None:
    base = saved(tmp_path, "base.json", one_side(NAMES))
    document = one_side(NAMES, 1.1)
    document["context"]["iommubench"]["host"]["name"] = "another"
    new = saved(tmp_path, "new.json", document)
    assert main(["patch", str(base), str(new)]) == 2
    assert "--across-hosts" in capsys.readouterr().err
    assert main(["patch", str(base), str(new), "--across-hosts"]) == 0
    text = capsys.readouterr().out
    assert "NOT the same machine or build: hosts invented-host and another" in text
    assert shown_command(text.splitlines()) == [
        *"python3 -m report compare --across-hosts".split(),
        str(base),
        str(new),
    ]


def test_markdown(tmp_path: Path, capsys: Capture) -> None:
    path = saved(tmp_path, "c.json", with_sides(CHANGES, machine=QUIET))
    lines = lines_of(capsys, path, "--markdown")
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 2 * (2 + 2)
    assert {line.count("|") for line in table} == {7}
    assert lines.count("```") == 4


def test_simulated_cells_are_marked(
    program: Path, tmp_path: Path, capsys: Capture
) -> None:
    words = "sim --allocators sun4u,pooled/pools:1 --workloads ring --cpus 4,16"
    few = "--entries 256 --rounds 1 --out"
    for side in ("a", "b"):
        out = str(tmp_path / f"{side}.json")
        subprocess.run(
            [str(program), *words.split(), *few.split(), out],
            capture_output=True,
            check=True,
        )
    path = saved(tmp_path, "c.json", with_sides(CHANGES, machine=QUIET))
    files = [tmp_path / "a.json", tmp_path / "b.json"]
    lines = lines_of(capsys, path, "--sim", *files)
    text = as_one(lines)
    assert "4 simulated cells: 0 slower, 0 faster, 4 identical in all" in text
    assert "Simulated, not measured: a model of " in text
    assert "are simulated. Seeds a cell, the same on both sides: 8; medians" in text
    locks = lines[lines.index("Locks and flushes of the model, base and new:") + 1 :]
    assert [line.split()[:2] for line in locks[1:3]] == [
        ["pooled/pools:1", "sim:16"],
        ["sun4u/pools:1", "sim:16"],
    ]
    assert all(line.split()[2::2] == line.split()[3::2] for line in locks[1:3])
    document = json.loads(files[1].read_text(encoding="utf-8"))
    for sample in document["benchmarks"]:
        sample["real_time"] *= 1 + 1e-6
    saved(tmp_path, "b.json", document)
    # What prints as 0.00 is neither slower nor faster.
    lines = lines_of(capsys, path, "--sim", *files)
    moved = ("Simulated slower", "Simulated faster")
    assert not [line for line in lines if line.startswith(moved)]
    assert "0 slower, 0 faster, 4 the same within 1 %, 0 identical in" in as_one(lines)
    assert "Of those neither" not in as_one(lines)
    for sample in document["benchmarks"]:
        sample["real_time"] *= 2
    saved(tmp_path, "b.json", document)
    lines = lines_of(capsys, path, "--sim", *files)
    start = lines.index("Simulated slower (losses):")
    assert [line.split()[1] for line in lines[start + 2 : start + 6]] == [
        "sim:4",
        "sim:16",
    ] * 2


def shown_command(lines: List[str]) -> List[str]:
    """The words of the command in the text, as a shell reads its lines."""
    start = next(
        i for i, x in enumerate(lines) if x in ("To reproduce:", "Compared with:")
    )
    end = start + 1
    while lines[end].endswith("\\"):
        end += 1
    return in_shell("\n".join(lines[start + 1 : end + 1]))


def run_options(word: str) -> List[str]:
    """What of ARGS=... the run gets, which make hands to a shell."""
    name, _, value = word.partition("=")
    assert name == "ARGS"
    return shlex.split(value.replace("$$", "$"))


def test_the_command_can_be_pasted_however_long(
    tmp_path: Path, capsys: Capture
) -> None:
    """Words longer than a line are broken so that a shell puts them together."""
    document = with_sides(CHANGES, machine=QUIET)
    flush = ",".join(f"mmio:16,150,{i}" for i in range(40))
    pattern = "^ring  \"x\" `y` 'z' " + "\\\\" * 90 + " $(a)" * 30
    arguments = ["--flush", flush, "--benchmark_filter", pattern]
    document["context"]["iommubench"]["arguments"] = arguments
    path = saved(tmp_path, "c.json", document)
    *expected, ours = arguments_of(path)
    assert run_options(ours) == arguments
    for markdown in (False, True):
        lines = lines_of(capsys, path, *["--markdown"] * markdown)
        lines = [x for x in lines if x not in ("", "```")]
        assert max(len(x) for x in lines if not x.startswith("|")) <= 75
        *shown, args = shown_command(lines)
        assert shown == expected and run_options(args) == arguments


def test_the_command_of_files_has_all_options(tmp_path: Path, capsys: Capture) -> None:
    folder = tmp_path / ("a 'quoted' $folder of a name that goes on and on" * 3)
    folder.mkdir()
    files = [saved(folder, f"{n}.json", one_side(NAMES)) for n in ("base", "new")]
    lines = lines_of(capsys, *files, "--margin", "2.5%")
    assert shown_command(lines) == [
        *"python3 -m report compare --margin=2.5".split(),
        *map(str, files),
    ]


@pytest.mark.parametrize(
    "facts,what,expected",
    [
        ({}, "sources", []),
        ({}, "tree", ["WHOLE=yes"]),
        ({"whole": True}, "sources", ["WHOLE=yes"]),
        # It fell back by itself, and will again.
        ({"whole": False}, "tree", []),
        ({"whole": True, "width_percent": 0.25}, "tree", ["WIDTH=0.25", "WHOLE=yes"]),
    ],
)
def test_the_command_asks_for_whole_trees_and_width(
    tmp_path: Path, facts: Document, what: str, expected: List[str]
) -> None:
    comparison = copy.deepcopy(REVISIONS)
    comparison.update(facts)
    for side in ("base", "new"):
        comparison[side]["what"] = what
    document = with_sides({NAMES[0]: 0.0}, comparison=comparison)
    path = saved(tmp_path, "c.json", document)
    assert arguments_of(path)[5:-1] == expected


def test_whole_trees_are_told(tmp_path: Path, capsys: Capture) -> None:
    trees = copy.deepcopy(REVISIONS)
    trees["base"].update(what="tree", subject="a subject that is too long " * 3)
    # A line of 72 to 75 columns is not broken again.
    trees["remarks"] = [
        "2 cells left out because of base: it thinks twice an operation (2)"
    ]
    document = with_sides({NAMES[0]: 0.0}, comparison=trees)
    lines = lines_of(capsys, saved(tmp_path, "c.json", document))
    assert lines[0] == "Nothing can be told of any cell."
    assert lines[1].startswith("base   111111111111 (own harness) a subject that")
    assert "the whole tree of either side, with its own harness," in as_one(lines)
    assert f"({trees['remarks'][0]})" in lines
    trees["base"]["what"] = "sources"
    document = with_sides({NAMES[0]: 0.0}, comparison=trees)
    lines = lines_of(capsys, saved(tmp_path, "c.json", document))
    assert "(own harness)" not in lines[1]
    assert "src/ of either side, in pinned threads" in as_one(lines)


def test_the_tree_of_allocators_is_told(tmp_path: Path, capsys: Capture) -> None:
    name = invent.cell_name("ring", "sun4u/pools:1")
    document = with_sides({name: 0.0}, comparison=ALLOCATORS)
    document["context"]["iommubench"]["dirty"] = True
    lines = lines_of(capsys, saved(tmp_path, "c.json", document), "--margin", "5%")
    said = (
        "Measured with iommubench 0123456789ab and changes in user space: its own all"
    )
    assert said in as_one(lines)
    assert "(with a margin of 5 %, which `make compare` cannot be given)" in lines


@pytest.mark.parametrize("options", [[], ["--markdown"]])
def test_a_long_table_shows_what_moved_most(
    tmp_path: Path, capsys: Capture, options: List[str]
) -> None:
    changes = {
        invent.cell_name("ring", "sun4u/pools:1", cpus): 0.1 + cpus / 100
        for cpus in range(1, 34)
    }
    path = saved(tmp_path, "c.json", with_sides(changes, machine=QUIET))
    lines = lines_of(capsys, path, *options)
    table = lines[lines.index("Slower (losses):") :]
    shown = [x.replace("|", " ").split() for x in table if "sun4u/pools:1" in x]
    assert [int(row[1]) for row in shown] == list(range(4, 34))
    assert "and 3 more cells, which changed less" in [line.strip() for line in lines]


def test_work_from_none_is_told() -> None:
    cell = Cell.parse(NAMES[0])

    def row(*work: Work) -> SimulatedRow:
        return SimulatedRow(cell, 1.0, 1.0, 8, None, Told.UNKNOWN, work, 0)

    rows = [
        row(Work("flushes", 0.0, 0.5), Work("contentions", 2.0, 3.0)),
        row(Work("contentions", 0.0, 1.0)),
        row(Work("contentions", 2.0, 2.2)),
    ]
    for markdown in (False, True):
        text = " ".join(" ".join(work_lines(rows, markdown)).split())
        assert text == (
            "Work per op, percent: flushes from none;"
            " contentions +10.0 to +50.0 and from none"
        )
