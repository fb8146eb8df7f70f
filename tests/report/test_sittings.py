# SPDX-License-Identifier: GPL-2.0-or-later
"""Several sittings of one comparison: what is said of them, and what is not."""

import copy
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import pytest

import results_sample as invent
from comparison_data import QUIET
from comparison_files import REVISIONS, one_side, saved, with_sides
from report.__main__ import main

NAMES = [invent.cell_name("ring", v, 1) for v in ("sun4u/pools:1", "pooled/pools:1")]
DAYS = ("2026-11-20", "2026-11-24", "2026-11-28", "2026-12-01", "2026-12-02", "2026-12")

Document = Dict[str, Any]
Capture = pytest.CaptureFixture[str]
# Of the second cell; the first changes in none.
FAR_APART = (0.327, 0.103, 0.21)
ALIKE = (0.101, 0.103, 0.099)


def sitting(
    number: int, change: float, other: float = 0.0, date: Optional[str] = None
) -> Document:
    """A sitting in which the second cell changed, and the first maybe."""
    facts = copy.deepcopy(REVISIONS)
    for side in ("base", "new"):
        facts[side]["programs"] = [f"{number}{side[0]}".encode().hex().zfill(16)] * 3
    document = with_sides(
        {NAMES[0]: other, NAMES[1]: change},
        machine=QUIET,
        blocks=60,
        seed=number + 1,
        comparison=facts,
    )
    document["context"]["date"] = date or f"{DAYS[number]}T10:00:00+00:00"
    return document


def files(folder: Path, documents: List[Document]) -> List[Path]:
    return [saved(folder, f"s{i}.json", each) for i, each in enumerate(documents)]


def said(capture: Capture, command: str, *words: object, status: int = 0) -> str:
    """What the command prints, as one text."""
    assert main([command, *map(str, words)]) == status
    out = capture.readouterr()
    assert out.err == ""
    limit = 80 if command == "compare" else 75
    lines = [line for line in out.out.splitlines() if ".json" not in line]
    assert max(map(len, lines)) <= limit or "--markdown" in words
    return " ".join(out.out.split())


def refused(capture: Capture, *words: object) -> str:
    assert main(["compare", *map(str, words)]) == 2
    out = capture.readouterr()
    assert out.out == "" and out.err.count("\n") == 1
    return out.err


@pytest.mark.parametrize("command", ["compare", "patch"])
def test_one_sitting_says_so(tmp_path: Path, capsys: Capture, command: str) -> None:
    (path,) = files(tmp_path, [sitting(0, 0.1)])
    text = said(capsys, command, path)
    assert "ne sitting: intervals and verdicts are of it alone" in text
    assert "between" not in text and "ne sitting a side" not in text


@pytest.mark.parametrize("command", ["compare", "patch"])
def test_two_runs_are_a_sitting_a_side(
    tmp_path: Path, capsys: Capture, command: str
) -> None:
    pair = files(tmp_path, [one_side(NAMES), one_side(NAMES, 1.2)])
    text = said(capsys, command, *pair)
    assert "ne sitting a side" in text and "it alone" not in text


@pytest.mark.parametrize("command", ["compare", "patch"])
def test_the_spread_stands_beside_the_interval(
    tmp_path: Path, capsys: Capture, command: str
) -> None:
    paths = files(tmp_path, [sitting(i, c) for i, c in enumerate(FAR_APART)])
    # By date, whatever the order they are given in.
    text = said(capsys, command, *reversed(paths))
    assert "3 sittings, begun 2026-11-20 10:00, 2026-11-24 10:00, 2026-11-28" in text
    assert "ne sitting: " not in text
    row = text[text.index("pooled/pools:1 1") :].split()
    assert 20 < float(row[4]) < 22 and float(row[5].strip("+-")) < 1
    assert (
        9.5 < float(row[6].strip("[+")) < 11 and 32 < float(row[7].strip("]+")) < 33.5
    )
    assert row[8:10] == ["slower", "3/3"]
    assert "in 1 of 2 cells two sittings' intervals do not overlap" in text
    assert "pooled/pools:1 on 1 CPU" in text and "sun4u/pools:1 on 1 CPU" not in text
    assert "with 75 %: no 95 % interval" in text
    assert "from one day to the next" not in text


def test_what_agrees_is_not_called_apart(tmp_path: Path, capsys: Capture) -> None:
    paths = files(tmp_path, [sitting(i, c) for i, c in enumerate(ALIKE)])
    text = said(capsys, "compare", *paths)
    assert (
        "2 cells in 3 sittings: 1 slower in each, 0 faster in each, 1 the same" in text
    )
    assert "do not overlap" not in text and "sittings differ" not in text


def test_sittings_that_contradict(tmp_path: Path, capsys: Capture) -> None:
    paths = files(tmp_path, [sitting(i, c) for i, c in enumerate((0.1, -0.1, 0.1))])
    text = said(capsys, "compare", *paths)
    assert "0 slower in each" in text and "1 with contrary verdicts" in text
    assert "sittings differ:" in text
    text = said(capsys, "patch", *paths)
    assert "Slower (losses) in each of 3 sittings: none" in text
    assert "Not told alike by all sittings:" in text


def test_of_one_day(tmp_path: Path, capsys: Capture) -> None:
    """A spread of one day is said to be no more; the share rises with the number."""
    documents = [sitting(i, 0.1, date=f"2026-11-28T1{i}:00:00+00:00") for i in range(6)]
    paths = files(tmp_path, documents)
    text = said(capsys, "compare", *paths)
    assert "all sittings began within 5 h: what changes from one day to the" in text
    assert "with 96 %" in text and "no 95 % interval" not in text
    assert "with 50 %: no 95 % interval" in said(capsys, "compare", *paths[:2])


def test_the_same_programs_are_told(tmp_path: Path, capsys: Capture) -> None:
    documents = [sitting(i, 0.1) for i in range(3)]
    words = "sittings ran the same programs"
    assert words not in said(capsys, "compare", *files(tmp_path, documents))
    of = "comparison"
    ours = documents[2]["context"]["iommubench"]
    ours[of] = documents[0]["context"]["iommubench"][of]
    assert words in said(capsys, "compare", *files(tmp_path, documents))


def test_the_command_asks_for_as_many(tmp_path: Path, capsys: Capture) -> None:
    paths = files(tmp_path, [sitting(i, 0.1) for i in range(3)])
    assert "SITTINGS=3" in said(capsys, "patch", *paths)
    assert "| within | between |" in said(capsys, "patch", *paths, "--markdown")


def test_a_limit_is_held_in_every_sitting(tmp_path: Path, capsys: Capture) -> None:
    paths = files(tmp_path, [sitting(i, c) for i, c in enumerate(FAR_APART)])
    text = said(capsys, "compare", *paths, "--at-most=5%", status=1)
    assert "slower by more than 5 % in each of 3 sittings: +10.2" in text
    text = said(capsys, "compare", *paths, "--at-most=15%")
    assert "none is slower by more than 15 % in every sitting" in text


def _host(document: Document) -> Document:
    host: Document = document["context"]["iommubench"]["host"]
    return host


def _another_microcode(document: Document) -> None:
    _host(document)["cpu_revision"] = "family 26, model 2, microcode 0x2"


def _another_commit(document: Document) -> None:
    document["context"]["iommubench"]["comparison"]["new"]["commit"] = "3" * 40


def _another_harness(document: Document) -> None:
    document["context"]["iommubench"]["commit"] = "4" * 40


def _the_same_date(document: Document) -> None:
    document["context"]["date"] = f"{DAYS[0]}T10:00:00+00:00"


@pytest.mark.parametrize(
    "change,words",
    [
        (_another_microcode, "CPU revisions not recorded and family 26"),
        (_another_harness, "iommubench 0123456789ab and 444444444444"),
        (_another_commit, f"new's commit is {'2' * 40} and {'3' * 40}"),
        (_the_same_date, "are the same sitting: give each once"),
    ],
)
def test_what_are_no_sittings_of_one_comparison(
    tmp_path: Path, capsys: Capture, change: Callable[[Document], None], words: str
) -> None:
    documents = [sitting(i, 0.1) for i in range(2)]
    change(documents[1])
    paths = files(tmp_path, documents)
    assert words in refused(capsys, *paths)
    if change in (_another_microcode, _another_harness):
        text = said(capsys, "compare", *paths, "--across-hosts")
        assert words in text and "! pooled/pools:1" in text


def test_files_that_are_no_comparisons(tmp_path: Path, capsys: Capture) -> None:
    sides = files(tmp_path, [sitting(0, 0.1), sitting(1, 0.1), one_side(NAMES)])
    assert "s2.json: holds one side only: several files" in refused(capsys, *sides)
    assert "not of several" in refused(capsys, *sides, "--undecided")
