# SPDX-License-Identifier: GPL-2.0-or-later
"""``report selftest``: on pools of invented samples."""

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict

import numpy as np
import pytest

import results_sample as invent
from comparison_data import NOISY, QUIET
from comparison_files import REVISIONS, one_side, saved, with_sides
from report.__main__ import main
from report.selftest.recording import load_recording, merged, run_of
from report.commands.selftest import injected
from report.selftest.rates import rate

NAMES = [
    invent.cell_name("ring", variant, cpus)
    for variant in ("sun4u/pools:1", "pooled/pools:1")
    for cpus in (1, 2)
]
SAME = copy.deepcopy(REVISIONS)
SAME["new"] = SAME["base"]
Capture = pytest.CaptureFixture[str]


def comparison_of(layouts: int) -> Dict[str, Any]:
    """Of differing programs, so many a side."""
    return {**REVISIONS, "layouts": layouts}


def test_rates_by_hand() -> None:
    # Clopper and Pearson: nothing of 200 leaves 1 - 0.025 ** (1 / 200) possible.
    none = rate(0, 200)
    assert none.low == 0
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 200))
    every = rate(20, 20)
    assert every.low == pytest.approx(0.025 ** (1 / 20))
    assert every.high == 1


def test_false_alarms_and_power(tmp_path: Path, capsys: Capture) -> None:
    nothing = {name: 0.0 for name in NAMES}
    slow = {name: 0.05 if "pooled" in name else 0.0 for name in NAMES}
    same = saved(tmp_path, "same.json", with_sides(nothing, comparison=SAME))
    machine = replace(NOISY, layout=0.02)
    differ = saved(
        tmp_path,
        "differ.json",
        with_sides(nothing, blocks=72, machine=machine, comparison=comparison_of(6)),
    )
    slower = saved(tmp_path, "slow.json", with_sides(slow, blocks=90, machine=QUIET))
    out = tmp_path / "new" / "selftest.json"
    words = [str(same), str(differ), f"--injected=5%:pooled={slower}"]
    assert main(["selftest", *words, "--runs", "12", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert said.err == "" and max(map(len, said.out.splitlines())) <= 100
    document = json.loads(out.read_text(encoding="utf-8"))
    first, second = document["alarms"]
    assert (first["same_programs"], first["samples_a_side"]) == (True, 60)
    assert (second["same_programs"], second["samples_a_side"]) == (False, 30)
    assert first["runs"]["hits"] <= 1 and second["runs"]["hits"] <= 1
    assert [power["cpus"] for power in document["power"]] == [1, 2]
    for power in document["power"]:
        assert power["told"]["hits"] == power["told"]["trials"] == 12
        assert power["measured"] == pytest.approx(0.05, abs=0.01)
        assert power["others"]["hits"] == 0


def test_a_pool_with_a_change_is_full_of_alarms(
    tmp_path: Path, capsys: Capture
) -> None:
    """What is dealt keeps a layout's blocks together, so it is not hidden."""
    changed = {name: 0.2 for name in NAMES}
    path = saved(tmp_path, "c.json", with_sides(changed, blocks=90, machine=QUIET))
    assert main(["selftest", str(path), "--runs", "20"]) == 0
    row = next(
        x for x in capsys.readouterr().out.splitlines() if x.startswith("c.json")
    )
    # One in four deals has all three layouts the same way round.
    assert 1 <= int(row.split()[5].partition("/")[0]) <= 10


def test_draws_are_of_the_pool_and_nothing_twice(tmp_path: Path) -> None:
    nothing = {name: 0.0 for name in NAMES[:2]}
    path = saved(
        tmp_path, "c.json", with_sides(nothing, comparison=comparison_of(5), blocks=50)
    )
    recording = load_recording(path)
    assert (recording.layouts, recording.blocks()) == ((1, 2, 3, 4, 5), 10)
    drawn = run_of(recording, 3, 4, np.random.default_rng(1), True)
    for cell, (base, new) in drawn.items():
        assert len(base) == len(new) == 3 * 4 * 2
        values = [m.value for m in (*base, *new)]
        known = {
            v for of in recording.cells[cell].values() for b in of for s in b for v in s
        }
        assert len(set(values)) == len(values) and set(values) <= known
        assert {m.block for m in base} == {m.block for m in new} == set(range(12))


def test_files_together(tmp_path: Path, capsys: Capture) -> None:
    nothing = {name: 0.0 for name in NAMES}
    files = [
        saved(tmp_path, f"{i}.json", with_sides(nothing, comparison=SAME))
        for i in range(2)
    ]
    one, both = load_recording(files[0]), merged(
        [load_recording(path) for path in files]
    )
    assert both.blocks() == 2 * one.blocks() and both.same_programs
    words = ["selftest", "--together", "--runs", "5", *map(str, files)]
    assert main(words) == 0
    assert "0.json    same programs" in capsys.readouterr().out
    other = saved(tmp_path, "o.json", with_sides(nothing, comparison=REVISIONS))
    assert "not recorded with the same programs" in refused(
        capsys, "--together", str(files[0]), str(other)
    )


def refused(capture: Capture, *words: str) -> str:
    """The one line with which the command refuses."""
    try:
        status = main(["selftest", *words])
    except SystemExit as error:
        status = int(str(error.code))
    said = capture.readouterr()
    assert status == 2 and said.out == "" and said.err.count("\n") == 1
    return said.err


def test_what_is_no_recording(tmp_path: Path, capsys: Capture) -> None:
    nothing = {name: 0.0 for name in NAMES[:1]}
    good = str(saved(tmp_path, "c.json", with_sides(nothing, blocks=9)))
    plain = str(saved(tmp_path, "p.json", one_side(NAMES)))
    assert "give recorded comparisons" in refused(capsys)
    assert "holds one side only" in refused(capsys, plain)
    assert "has 3 layouts" in refused(capsys, good, "--layouts", "4")
    assert "has 3 blocks" in refused(capsys, good, "--blocks", "4")
    assert "No such file" in refused(capsys, str(tmp_path / "none.json"))
    assert "has no cell of ppc" in refused(capsys, f"--injected=1%:ppc={good}")
    out = str(tmp_path / "c.json" / "out.json")
    words = refused_after_output(capsys, good, "--runs", "1", "--out", out)
    assert "give another --out" in words


def refused_after_output(capture: Capture, *words: str) -> str:
    assert main(["selftest", *words]) == 2
    return capture.readouterr().err


@pytest.mark.parametrize(
    "option",
    [
        "--runs=0",
        "--runs=x",
        "--runs=-1",
        "--runs=9999999999",
        "--layouts=\u0663",
        "--injected=c.json",
        "--injected=x%=c.json",
        "--injected=3%:pooled",
    ],
)
def test_options_that_are_none(tmp_path: Path, capsys: Capture, option: str) -> None:
    refused(capsys, str(tmp_path / "c.json"), option)


def test_what_was_injected() -> None:
    found = injected("0.5%:stale-local=a=b.json")
    assert found == (0.005, "stale-local", Path("a=b.json"))
    assert injected("3%=x") == (0.03, "", Path("x"))
