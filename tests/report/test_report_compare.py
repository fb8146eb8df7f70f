# SPDX-License-Identifier: GPL-2.0-or-later
"""``report compare``: what is printed and what is refused."""

import copy
import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest

import results_sample as invent
from comparison_data import NOISY, QUIET
from comparison_files import ALLOCATORS, REVISIONS, one_side, saved, with_sides
from report.__main__ import main
from report.text.percentage import percentage, signed, size

ROOT = Path(__file__).resolve().parent.parent.parent
SUN4U, POOLED = "sun4u/pools:1", "pooled/pools:1"
NAMES = [invent.cell_name("ring", v, c) for v in (SUN4U, POOLED) for c in (1, 2)]
SLOWER = {name: 0.1 if "pooled" in name else 0.0 for name in NAMES}

Document = Dict[str, Any]
Capture = pytest.CaptureFixture[str]


def lines_of(capture: Capture, *arguments: object) -> List[str]:
    """What the command prints, having succeeded."""
    assert main(["compare", *map(str, arguments)]) == 0
    said = capture.readouterr()
    assert said.err == ""
    return said.out.splitlines()


def as_one(lines: List[str]) -> str:
    """The lines as one text, wherever they were broken."""
    return " ".join(" ".join(lines).split())


def refused(capture: Capture, *arguments: object) -> str:
    """The one line with which the command refuses."""
    assert main(["compare", *map(str, arguments)]) == 2
    said = capture.readouterr()
    assert said.out == ""
    assert said.err.startswith("report: ") and said.err.count("\n") == 1
    return said.err


@pytest.fixture(name="slower", scope="module")
def _slower(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A comparison in which pooled takes a tenth longer."""
    folder = tmp_path_factory.mktemp("slower")
    return saved(folder, "slower.json", with_sides(SLOWER, machine=QUIET, blocks=60))


# One file of both sides


def test_what_is_slower_is_told(slower: Path, capsys: Capture) -> None:
    lines = lines_of(capsys, slower)
    assert lines[0] == "base  111111111111 pooled: search from the hint"
    assert lines[1] == "new   222222222222 pooled: look twice"
    assert "all cells: ring flush:mmio:16,150,600 occupancy:5 lock:tas think:0" in lines
    rows = [line.split() for line in lines if line.startswith(("sun4u/", "pooled/"))]
    assert [(row[0], row[1], row[-1]) for row in rows] == [
        (POOLED, "1", "slower"),
        (POOLED, "2", "slower"),
        (SUN4U, "1", "same"),
        (SUN4U, "2", "same"),
    ]
    assert all(8 < float(row[4]) < 12 for row in rows[:2])
    assert (
        "4 cells: 2 slower, 0 faster, 2 the same within 1 %, 0 cannot be told" in lines
    )
    assert "960 samples, 0 of them noisy (kept)" in lines
    assert max(map(len, lines)) <= 80


def test_the_margin_decides_what_is_the_same(slower: Path, capsys: Capture) -> None:
    lines = lines_of(capsys, slower, "--margin", "20%")
    assert (
        "4 cells: 0 slower, 0 faster, 4 the same within 20 %, 0 cannot be told" in lines
    )


def test_two_allocators(tmp_path: Path, capsys: Capture) -> None:
    names = {
        invent.cell_name(workload, SUN4U, 1): change
        for workload, change in (("ring", 0.0), ("churn", -0.2))
    }
    document = with_sides(names, comparison=ALLOCATORS, machine=QUIET)
    path = saved(tmp_path, "two.json", document)
    lines = lines_of(capsys, path, "--margin=5%")
    assert lines[:2] == ["base  sun4u/pools:1", "new   pooled/pools:1"]
    rows = [line.split() for line in lines if line.startswith(("ring", "churn"))]
    assert [(row[0], row[-1]) for row in rows] == [
        ("churn", "faster"),
        ("ring", "same"),
    ]


def test_whole_trees_are_told_with_what_was_left_out(
    slower: Path, tmp_path: Path, capsys: Capture
) -> None:
    trees = copy.deepcopy(REVISIONS)
    trees["base"]["what"] = "tree"
    trees["remarks"] = ["2 cells left out because of base: no allocator 'gart' (2)"]
    document = with_sides(SLOWER, machine=QUIET, comparison=trees)
    path = saved(tmp_path, "trees.json", document)
    said = ("(own harness)", "part of the change", "because of base: no allocator")
    text = as_one(lines_of(capsys, path))
    assert f"base {'1' * 12} (own harness) pooled: search" in text
    assert f"new {'2' * 12} pooled: look twice" in text
    assert all(words in text for words in said)
    text = as_one(lines_of(capsys, slower))
    assert not any(words in text for words in said)


def test_what_cannot_be_told_says_what_could(tmp_path: Path, capsys: Capture) -> None:
    noise = replace(NOISY, core=0.2)
    path = saved(tmp_path, "noise.json", with_sides(SLOWER, blocks=15, machine=noise))
    lines = lines_of(capsys, path)
    row = next(line for line in lines if line.startswith(POOLED))
    assert "cannot tell <" in row
    assert float(row.rpartition("<")[2]) > 10
    assert any(line.startswith("cannot tell <N: a change of N %") for line in lines)


def test_noisy_and_failed_samples_are_counted(tmp_path: Path, capsys: Capture) -> None:
    document = with_sides(SLOWER, machine=QUIET)
    for sample in document["benchmarks"][:7]:
        sample["noisy"] = 1
    broken = document["benchmarks"][9]
    document["benchmarks"][9] = {
        **invent.failed(broken["name"], 9),
        **{key: broken[key] for key in ("side", "layout", "block")},
    }
    lines = lines_of(capsys, saved(tmp_path, "some.json", document))
    assert "479 samples, 7 of them noisy (kept)" in lines
    failed = "1 sample failed (left out): "
    side, name = broken["side"], broken["name"]
    assert f"{failed}{side} {name}: invented failure" in as_one(lines)
    assert (
        "3 samples left out: the other side has none of their block or layout"
        in as_one(lines)
    )


def test_markdown(slower: Path, capsys: Capture) -> None:
    lines = lines_of(capsys, slower, "--markdown")
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 2 + 4
    assert {line.count("|") for line in table} == {8}
    assert table[1] == "| --- | ---: | ---: | ---: | ---: | --- | --- |"


def test_as_a_user_starts_it(slower: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-B", "-m", "report", "compare", str(slower)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "slower" in done.stdout


def test_too_few_samples(tmp_path: Path, capsys: Capture) -> None:
    path = saved(tmp_path, "few.json", with_sides(SLOWER, blocks=3))
    lines = lines_of(capsys, path)
    rows = [line for line in lines if line.startswith((SUN4U, POOLED))]
    assert all(row.endswith("too few samples") and " - " in row for row in rows)
    assert "inf" not in as_one(lines)
    assert (
        "too few samples: a verdict needs 6 blocks, and 5 of each link order" in lines
    )
    assert main(["patch", str(path)]) == 0
    assert "Too few samples to tell: 4 of 4 cells." in capsys.readouterr().out


# Undecided cells


def test_undecided_cells_are_those_with_wide_intervals(
    tmp_path: Path, capsys: Capture
) -> None:
    quiet = {NAMES[0]: 0.0, NAMES[1]: 0.3}
    document = with_sides(quiet, machine=QUIET, blocks=60)
    noise = with_sides(
        {name: 0.0 for name in NAMES[2:]}, machine=replace(NOISY, core=0.2), blocks=60
    )
    document["benchmarks"] += noise["benchmarks"]
    path = saved(tmp_path, "some.json", document)
    # A change is no reason to go on, nor to stop.
    assert lines_of(capsys, path, "--undecided") == NAMES[2:]
    assert lines_of(capsys, path, "--undecided", "--width", "50%") == []
    assert lines_of(capsys, path, "--undecided", "--width", "0.01") == NAMES


def test_cells_that_have_just_begun_are_undecided(
    tmp_path: Path, capsys: Capture
) -> None:
    document = with_sides({NAMES[0]: 0.0, NAMES[1]: 0.0}, blocks=3, machine=QUIET)
    # Of the second cell not even a first sample of new is there.
    document["benchmarks"] = document["benchmarks"][:14]
    path = saved(tmp_path, "few.json", document)
    assert lines_of(capsys, path, "--undecided") == NAMES[:2]


# Two files


def test_two_files(tmp_path: Path, capsys: Capture) -> None:
    base = saved(tmp_path, "base.json", one_side(NAMES))
    new = saved(tmp_path, "new.json", one_side(NAMES[1:], 1.1, seed=2))
    lines = lines_of(capsys, base, new)
    assert (
        "3 cells: 3 slower, 0 faster, 0 the same within 1 %, 0 cannot be told" in lines
    )
    text = as_one(lines)
    assert f"1 cell of one side only, left out: {NAMES[0]}" in text
    assert "two runs, one after the other" in text


def test_no_cell_in_common(tmp_path: Path, capsys: Capture) -> None:
    base = saved(tmp_path, "base.json", one_side(NAMES[:1]))
    new = saved(tmp_path, "new.json", one_side(NAMES[1:]))
    assert "have no cell in common" in refused(capsys, base, new)


def _other(field: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        ours = document["context"]["iommubench"]
        others = {
            "entries": 4096,
            "seconds": 0.4,
            "cpu_order": [1, 0],
            "cpu_revision": "stepping 2",
            "topology": {"packages": 2, "numa_nodes": 1, "cores": 64, "pus": 64},
        }
        holder = ours["host"] if field in ours["host"] else ours
        holder[field] = others.get(field, "another")

    return change


@pytest.mark.parametrize(
    "field,words",
    [
        ("name", "hosts invented-host and another"),
        ("cpu_model", "CPUs Invented CPU (no measurement) and another"),
        ("cpu_revision", "CPU revisions stepping 1 and stepping 2"),
        ("arch", "architectures sparc64 and another"),
        ("compiler", "compilers gcc 0.0 and another"),
        ("cflags", "flags -O2 and another"),
        ("entries", "entries 8192 and 4096"),
        ("kernel", "kernels 0.0.0-invented and another"),
        ("virtualisation", "virtualisation none and another"),
        ("governor", "governors performance and another"),
        ("smt", "SMT off and another"),
        ("aslr", "ASLR unknown and another"),
        ("cpu_order", "orders of CPUs 0,1,2,3,"),
        ("topology", "packages 1, pus 64 and cores 64"),
        ("seconds", "intervals 0.2 s and 0.4 s"),
    ],
)
def test_different_hosts(
    tmp_path: Path, capsys: Capture, field: str, words: str
) -> None:
    documents = [one_side(NAMES), one_side(NAMES)]
    for document in documents:
        document["context"]["iommubench"]["host"]["cpu_revision"] = "stepping 1"
    base = saved(tmp_path, "base.json", documents[0])
    document = documents[1]
    _other(field)(document)
    new = saved(tmp_path, "new.json", document)
    message = refused(capsys, base, new)
    assert words in message and "--across-hosts" in message
    lines = lines_of(capsys, base, new, "--across-hosts")
    rows = [line for line in lines if SUN4U in line or POOLED in line]
    assert len(rows) == 4 and all(line.startswith("! ") for line in rows)
    assert any(line.startswith("!: ") for line in lines) and words in as_one(lines)


def test_a_revision_that_was_not_recorded(tmp_path: Path, capsys: Capture) -> None:
    """Old files are compared with each other, but not silently with others."""
    old, new = one_side(NAMES), one_side(NAMES)
    new["context"]["iommubench"]["host"]["cpu_revision"] = "stepping 1"
    paths = [saved(tmp_path, f"{i}.json", each) for i, each in enumerate((old, new))]
    assert "CPU revisions not recorded and stepping 1" in refused(capsys, *paths)
    twice = [paths[0], saved(tmp_path, "again.json", old)]
    words = "stepping and microcode are not recorded"
    assert words in as_one(lines_of(capsys, *twice))
    assert main(["patch", *map(str, twice)]) == 0
    assert "\nCPU    not recorded\n" in capsys.readouterr().out
    known = [paths[1], saved(tmp_path, "known.json", new)]
    assert words not in as_one(lines_of(capsys, *known))


# What is no input


def test_one_file_without_sides(tmp_path: Path, capsys: Capture) -> None:
    path = saved(tmp_path, "one.json", one_side(NAMES))
    assert "give a second results file" in refused(capsys, path)


def test_a_comparison_and_another_file(
    slower: Path, tmp_path: Path, capsys: Capture
) -> None:
    path = saved(tmp_path, "one.json", one_side(NAMES))
    assert "holds both sides" in refused(capsys, slower, path)
    assert "holds both sides" in refused(capsys, path, slower)


@pytest.mark.parametrize("undecided", [[], ["--undecided"]])
def test_files_that_are_no_results(
    slower: Path, tmp_path: Path, capsys: Capture, undecided: List[str]
) -> None:
    text = slower.read_text(encoding="utf-8")
    for name, content, words in (
        ("cut.json", text[: len(text) // 2], "not valid JSON"),
        ("empty.json", "", "not valid JSON"),
        ("foreign.json", '{"a": 1}', "not written by iommubench"),
        ("list.json", "[]", "not written by iommubench"),
    ):
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        assert words in refused(capsys, path, *undecided)
    assert "No such file" in refused(capsys, tmp_path / "none.json", *undecided)


def _without_layout(document: Document) -> None:
    del document["benchmarks"][0]["layout"]


def _another_side(document: Document) -> None:
    document["benchmarks"][0]["side"] = "old"


def _no_comparison(document: Document) -> None:
    del document["context"]["iommubench"]["comparison"]


def _mixed_layouts(document: Document) -> None:
    document["benchmarks"][0]["layout"] = 2


def _another_kind(document: Document) -> None:
    document["context"]["iommubench"]["comparison"]["kind"] = "hosts"


@pytest.mark.parametrize(
    "change,words",
    [
        (_without_layout, "layout"),
        (_another_side, "side"),
        (_no_comparison, "comparison is missing"),
        (_mixed_layouts, "of several layouts"),
        (_another_kind, "kind"),
    ],
)
def test_files_that_are_no_comparison(
    tmp_path: Path, capsys: Capture, change: Callable[[Document], None], words: str
) -> None:
    document = with_sides(SLOWER, comparison=copy.deepcopy(REVISIONS))
    change(document)
    assert words in refused(capsys, saved(tmp_path, "bad.json", document))


def test_only_one_side_so_far(tmp_path: Path, capsys: Capture) -> None:
    document = with_sides({NAMES[0]: 0.0})
    document["benchmarks"] = [b for b in document["benchmarks"] if b["side"] == "base"]
    path = saved(tmp_path, "half.json", document)
    assert "no cell has samples of both sides" in refused(capsys, path)
    assert lines_of(capsys, path, "--undecided") == NAMES[:1]


@pytest.mark.parametrize(
    "text", ["", "x", "-1%", "0%", "100%", "nan", "inf", "1e-3", "1%%", "\u0661%"]
)
def test_what_is_no_percentage(slower: Path, capsys: Capture, text: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["compare", str(slower), f"--margin={text}"])
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "is not a percentage" in said


def test_percentages() -> None:
    assert percentage("1%") == percentage("1 %") == percentage("1") == 0.01
    assert percentage("0.5%") == percentage(".5%") == 0.005
    changes = (0.0123, -0.123, 3.514, 0.0, -1e-9, float("inf"))
    assert [signed(x) for x in changes] == [
        "+1.23",
        "-12.3",
        "+351",
        "+0.00",
        "+0.00",
        "+inf",
    ]
    # Never less than it is.
    assert [size(x) for x in (0.00411, 0.0301, 0.111, float("inf"))] == [
        "0.42",
        "3.1",
        "12",
        "inf",
    ]


# Simulated cells


def simulated(document: Document, factor: float = 1.0) -> Document:
    """A file of `iommubench sim`, the times of pooled being multiplied."""
    result = copy.deepcopy(document)
    for sample in result["benchmarks"]:
        if "pooled" in sample["name"]:
            sample["real_time"] *= factor
    return result


@pytest.fixture(name="sim_file", scope="module")
def _sim_file(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Document:
    """Four cells, simulated in no time."""
    path = tmp_path_factory.mktemp("sim") / "sim.json"
    words = f"sim --allocators {SUN4U},{POOLED} --workloads ring --cpus 1,4"
    few = "--entries 256 --rounds 1 --out"
    subprocess.run(
        [str(program), *words.split(), *few.split(), str(path)],
        capture_output=True,
        check=True,
    )
    document: Document = json.loads(path.read_text(encoding="utf-8"))
    return document


NOTHING_SIMULATED = (
    "4 simulated cells: 0 slower, 0 faster, 4 identical in all figures of all seeds"
)


def test_simulated_cells_that_are_identical(
    slower: Path, sim_file: Document, tmp_path: Path, capsys: Capture
) -> None:
    one = saved(tmp_path, "a.json", sim_file)
    other = saved(tmp_path, "b.json", sim_file)
    lines = lines_of(capsys, slower, "--sim", one, other)
    assert NOTHING_SIMULATED in lines
    # Nothing is explained that was not said.
    text = as_one(lines)
    assert "flipped signs" not in text and "work per op" not in text
    assert "same on both sides: 8; base, new, change: medians over them" in text


def test_simulated_changes_are_told_from_chance(
    slower: Path, sim_file: Document, tmp_path: Path, capsys: Capture
) -> None:
    one = saved(tmp_path, "a.json", sim_file)
    document = simulated(sim_file, 1.2)
    for sample in document["benchmarks"]:
        if "/sun4u/" in sample["name"] and "cpus:1/" in sample["name"]:
            # Each seed goes its own way.
            sample["real_time"] *= (1.3, 0.8)[sample["seed"] % 2]
            sample["basic_blocks"] *= 1.25
    other = saved(tmp_path, "b.json", document)
    lines = lines_of(capsys, slower, "--sim", one, other)
    assert (
        "4 simulated cells: 2 slower, 0 faster, 1 cannot be told from chance, 1"
        " identical in" in as_one(lines)
    )
    (head,) = [line for line in lines if line.endswith("work per op")]
    rows = [x for x in lines[lines.index(head) :] if x.startswith((SUN4U, POOLED))]
    assert [row.split()[:2] for row in rows] == [
        [POOLED, "1"],
        [POOLED, "4"],
        [SUN4U, "1"],
    ]
    assert all("+20.0 [+20.0 +20.0]  slower" in row for row in rows[:2])
    assert "[-20.0 +30.0]  cannot tell" in rows[2]
    assert rows[2].endswith("basic blocks +25.0")


def test_a_simulated_change_of_no_account_is_no_change(
    slower: Path, sim_file: Document, tmp_path: Path, capsys: Capture
) -> None:
    """However sure it is: +0.00085 % was once painted red."""
    one = saved(tmp_path, "a.json", sim_file)
    other = saved(tmp_path, "b.json", simulated(sim_file, 1.0000085))
    text = as_one(lines_of(capsys, slower, "--sim", one, other))
    assert "4 simulated cells: 0 slower, 0 faster, 2 the same within 1 %, 2" in text
    assert "identical in all figures of all seeds" in text


def test_of_few_seeds_nothing_is_told(
    slower: Path, sim_file: Document, tmp_path: Path, capsys: Capture
) -> None:
    few = copy.deepcopy(sim_file)
    few["benchmarks"] = [s for s in few["benchmarks"] if s["seed"] < 8]
    one = saved(tmp_path, "a.json", few)
    other = saved(tmp_path, "b.json", simulated(few, 1.5))
    text = as_one(lines_of(capsys, slower, "--sim", one, other))
    assert "0 slower, 0 faster, 2 of too few seeds to tell, 2 identical in" in text
    assert "fewer than 8 seeds on both sides: simulate with --repetitions 8" in text
    assert "flipped signs" not in text


def test_other_seeds_of_one_program_are_not_slower(
    program: Path, slower: Path, tmp_path: Path, capsys: Capture
) -> None:
    """A/A of the simulator itself: the same program, seeds 1 to 8 and 9 to 16."""
    words = f"sim --allocators {SUN4U},{POOLED} --workloads ring,churn --cpus 1,4,9"
    few = "--entries 512 --rounds 1 --repetitions 16 --out"
    path = tmp_path / "both.json"
    subprocess.run(
        [str(program), *words.split(), *few.split(), str(path)],
        capture_output=True,
        check=True,
    )
    sides = []
    for name, first in (("a.json", 1), ("b.json", 9)):
        document = json.loads(path.read_text(encoding="utf-8"))
        document["benchmarks"] = [
            {**sample, "seed": sample["seed"] - first + 1}
            for sample in document["benchmarks"]
            if first <= sample["seed"] < first + 8
        ]
        sides.append(saved(tmp_path, name, document))
    text = as_one(lines_of(capsys, slower, "--sim", *sides))
    assert "12 simulated cells: 0 slower, 0 faster, " in text


def test_simulated_files_that_do_not_fit(
    slower: Path, sim_file: Document, tmp_path: Path, capsys: Capture
) -> None:
    one = saved(tmp_path, "a.json", sim_file)
    native = saved(tmp_path, "native.json", one_side(NAMES))
    for files, words in (
        ((one, native), "is not simulated"),
        ((one, tmp_path / "none.json"), "No such file"),
    ):
        # What was measured is shown all the same.
        assert main(["compare", str(slower), "--sim", *map(str, files)]) == 2
        said = capsys.readouterr()
        assert "4 cells: 2 slower" in said.out
        assert "simulated part not comparable:" in said.out
        assert words in said.err and said.err.count("\n") == 1
    # What is simulated does not depend on the host.
    document = copy.deepcopy(sim_file)
    document["context"]["iommubench"]["host"]["name"] = "another"
    other = saved(tmp_path, "b.json", document)
    assert NOTHING_SIMULATED in lines_of(capsys, slower, "--sim", one, other)


def _another_compiler(ours: Document, _: Document) -> None:
    ours["compiler"] = "another"


def _another_latency(ours: Document, _: Document) -> None:
    figures = ours["simulator"]["machine"]
    figures[next(key for key in figures if "_ps" in key or "_ns" in key)]["value"] += 1


def _another_simulator(ours: Document, _: Document) -> None:
    ours["simulator"]["sources"] = "another"


def _of_before_it_was_told(ours: Document, _: Document) -> None:
    del ours["simulator"]["sources"]


def _one_figure_more(ours: Document, _: Document) -> None:
    ours["simulator"]["machine"]["more"] = {"value": 1, "source": "assumed"}


def _polling(ours: Document, _: Document) -> None:
    ours["simulator"]["polling"] = True


def _more_rounds(ours: Document, _: Document) -> None:
    ours["simulator"]["rounds"] += 1


def _virtual_seconds(ours: Document, _: Document) -> None:
    ours["seconds"] = 0.001


def _another_seed(_: Document, document: Document) -> None:
    for sample in document["benchmarks"]:
        sample["seed"] += 100


def _all_failed(_: Document, document: Document) -> None:
    document["benchmarks"] = [
        failed_simulation(sample) for sample in document["benchmarks"]
    ]


def failed_simulation(sample: Document) -> Document:
    """The same sample, had it failed."""
    kept = {key: sample[key] for key in ("pass", "seed", "time_unit")}
    return {**invent.failed(sample["name"], sample["order"]), **kept}


@pytest.mark.parametrize(
    "change,words",
    [
        (_another_compiler, "compilers "),
        (_another_latency, "instrument changed, which is neither better nor worse: "),
        (_another_simulator, "neither better nor worse: simulators' sources "),
        (_of_before_it_was_told, " and untold"),
        (_one_figure_more, "more none and 1"),
        (_polling, "polling no and yes"),
        (_more_rounds, "rounds 1 and 2"),
        (_virtual_seconds, "intervals 0 s and 0.001 s"),
        (_another_seed, "have no seed in common: simulate both with the same --seed"),
        (_all_failed, "no cell in common that was measured: 32 samples failed"),
    ],
)
def test_simulations_that_are_not_of_the_same(
    slower: Path,
    sim_file: Document,
    tmp_path: Path,
    capsys: Capture,
    change: Callable[[Document, Document], None],
    words: str,
) -> None:
    document = copy.deepcopy(sim_file)
    change(document["context"]["iommubench"], document)
    files = saved(tmp_path, "a.json", sim_file), saved(tmp_path, "b.json", document)
    text = as_one(lines_of(capsys, slower, "--sim", *files))
    assert "4 cells: 2 slower" in text
    assert "simulated part not comparable: " in text and words in text
    assert main(["patch", str(slower), "--sim", *map(str, files)]) == 0
    text = as_one(capsys.readouterr().out.splitlines())
    assert "Simulated part not comparable: " in text


def test_what_of_simulations_is_left_out(
    slower: Path, sim_file: Document, tmp_path: Path, capsys: Capture
) -> None:
    """Failed samples, cells of one side and other seeds are told, not hidden."""
    document = copy.deepcopy(sim_file)
    first, second = document["benchmarks"][:2]
    document["benchmarks"] = [
        s for s in document["benchmarks"] if s["name"] != first["name"]
    ]
    document["benchmarks"].append(failed_simulation(first))
    document["benchmarks"].append({**second, "seed": 77, "repetition_index": 1})
    document["context"]["iommubench"]["compiler"] = "another"
    files = saved(tmp_path, "a.json", sim_file), saved(tmp_path, "b.json", document)
    for command in ("compare", "patch"):
        words = [command, str(slower), "--across-hosts", "--sim", *map(str, files)]
        assert main(words) == 0
        lines = capsys.readouterr().out.splitlines()
        assert max(map(len, lines)) <= {"compare": 120, "patch": 75}[command]
        text = "".join("".join(lines).split())
        assert f"1samplefailed(leftout):new{first['name']}:inventedfailure" in text
        assert f"1cellofonesideonly,leftout:{first['name']}" in text
        assert "1samplesleftout:theothersidelackstheirseed" in text
        assert "compilers" in text and "andanother" in text


def test_another_instrument_is_neither_better_nor_worse(
    slower: Path, sim_file: Document, tmp_path: Path, capsys: Capture
) -> None:
    for change in (_another_latency, _another_simulator):
        document = simulated(sim_file, 1.5)
        change(document["context"]["iommubench"], document)
        one = saved(tmp_path, "a.json", sim_file)
        other = saved(tmp_path, "b.json", document)
        for command in ("compare", "patch"):
            words = [command, str(slower), "--across-hosts", "--sim"]
            assert main([*words, str(one), str(other)]) == 0
            text = as_one(capsys.readouterr().out.splitlines())
            assert (
                "4 simulated cells: 0 slower, 0 faster, 2 by another instrument,"
                " neither better nor worse, 2 identical" in text
            )
            assert "Simulated slower" not in text and "flipped signs" not in text


def test_whether_the_instrument_changed_may_not_be_known(
    slower: Path, sim_file: Document, tmp_path: Path, capsys: Capture
) -> None:
    said = "the files do not tell which simulator made them"
    files = saved(tmp_path, "a.json", sim_file), saved(tmp_path, "b.json", sim_file)
    assert said not in as_one(lines_of(capsys, slower, "--sim", *files))
    old = copy.deepcopy(sim_file)
    _of_before_it_was_told(old["context"]["iommubench"], old)
    files = saved(tmp_path, "a.json", old), saved(tmp_path, "b.json", old)
    assert said in as_one(lines_of(capsys, slower, "--sim", *files))


# A limit


def test_limit_that_is_kept(slower: Path, capsys: Capture) -> None:
    text = as_one(lines_of(capsys, slower, "--at-most", "15"))
    assert re.search(r"new / base: (0\.99|1\.00) to 1\.1\d in 4 cells", text), text
    assert "none is slower by more than 15 % for certain" in text


def test_limit_that_is_not_kept(slower: Path, capsys: Capture) -> None:
    assert main(["compare", str(slower), "--at-most", "3%"]) == 1
    text = as_one(capsys.readouterr().out.splitlines())
    beyond = re.findall(
        r"(\S+): slower by more than 3 %: \+\S+ %, at least \+\S+ %", text
    )
    assert len(beyond) == 2 and all("pooled" in name for name in beyond)
    assert "none is slower" not in text


def test_limit_of_a_cell_that_may_be_within_it(slower: Path, capsys: Capture) -> None:
    # A tenth slower, within an interval that reaches below.
    text = as_one(lines_of(capsys, slower, "--at-most", "10"))
    assert "slower by more than 10 %: " not in text


def test_limit_without_enough_samples(tmp_path: Path, capsys: Capture) -> None:
    few = saved(tmp_path, "few.json", with_sides(SLOWER, machine=QUIET, blocks=3))
    text = as_one(lines_of(capsys, few, "--at-most", "3"))
    assert "4 cells have too few samples to be held to the limit of 3 %" in text
    assert "none is slower" not in text and "new / base: " not in text
