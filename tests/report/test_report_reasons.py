# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said beside the verdicts of a comparison, and for which data it is not."""

import copy
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest

import results_sample as invent
from comparison_data import NOISY, QUIET, Machine, Sides, cell
from comparison_files import ALLOCATORS, REVISIONS, saved, with_sides
from report.__main__ import main
from report.compare import patch_shape
from report.compare.lines import sim_change, work_text
from report.compare.simulated import SimulatedRow, Work
from report.stats.seeds import Told
from report.read.cell import Cell
from report.stats.change import compare_all
from report.stats.data import Measurement
from report.stats.means import SAMPLES_MIN
from report.stats.verdict import Verdict, judge

SUN4U, POOLED = "sun4u/pools:1", "pooled/pools:1"
NAME, OTHER = (invent.cell_name("ring", variant) for variant in (SUN4U, POOLED))

Document = Dict[str, Any]
Capture = pytest.CaptureFixture[str]


def said(capture: Capture, command: str, *arguments: object) -> List[str]:
    """What the command prints, having succeeded."""
    assert main([command, *map(str, arguments)]) == 0
    out = capture.readouterr()
    assert out.err == ""
    return out.out.splitlines()


def both(capture: Capture, path: Path) -> List[str]:
    """What compare and patch say of a file, each as one text."""
    texts = [said(capture, command, path) for command in ("compare", "patch")]
    return [" ".join(" ".join(lines).split()) for lines in texts]


def slowed(document: Document, name: str, share: float, factor: float) -> Document:
    """With that share of new's samples of a cell slower."""
    rng = np.random.default_rng(7)
    for sample in document["benchmarks"]:
        if (sample["name"], sample["side"]) == (name, "new") and rng.random() < share:
            sample["real_time"] *= factor
    return document


# The mean


def slow_mode(rng: np.random.Generator, sides: Sides, share: float) -> Sides:
    """Some of new's samples take three times as long."""
    base, new = sides
    return base, [
        Measurement(m.layout, m.block, m.value * (3 if rng.random() < share else 1))
        for m in new
    ]


@pytest.mark.parametrize("machine,blocks", [(QUIET, 18), (QUIET, 60), (NOISY, 60)])
def test_a_slow_mode_is_not_called_the_same(machine: Machine, blocks: int) -> None:
    rng = np.random.default_rng(21)
    medians = 0
    told = {0.0: 0, 0.1: 0}
    for share in told:
        for _ in range(5):
            cells = [cell(rng, machine, blocks) for _ in range(12)]
            changes = compare_all([slow_mode(rng, sides, share) for sides in cells])
            told[share] += judge(changes, margin=0.01).count(Verdict.SAME)
            if share:
                medians += sum(c.equivalence(0.01) <= 0.025 for c in changes)
    # What its median alone would let pass is most of those without it.
    assert medians >= 10
    assert told[0.1] <= 3 < 20 <= told[0.0]


def test_the_mean_is_told(tmp_path: Path, capsys: Capture) -> None:
    document = with_sides({NAME: 0.0, OTHER: 0.0}, machine=QUIET, blocks=60)
    path = saved(tmp_path, "c.json", slowed(document, NAME, 0.1, 3))
    compare, patch = both(capsys, path)
    assert re.search(r"sun4u/pools:1 1 .* cannot tell \(mean\)", compare)
    assert re.search(r"pooled/pools:1 1 .*\] same ", compare)
    for text in (compare, patch):
        assert re.search(
            r"cannot tell \(mean\): the medians are the same within 1 %, but the"
            r" means, which a few slow samples move, are not known to be within 10 %:"
            r" sun4u/pools:1 on 1 CPU \+[12][0-9]\.[0-9] % \[",
            text,
        )
    assert "Cannot tell by the mean: 1 of 2 cells." in patch
    assert "Cannot tell: " not in patch
    even = with_sides({NAME: 0.0, OTHER: 0.0}, machine=QUIET, blocks=60)
    for text in both(capsys, saved(tmp_path, "even.json", even)):
        assert "mean" not in text.replace("meaning", "")


def test_few_samples_do_not_show_the_same(tmp_path: Path, capsys: Capture) -> None:
    one = {**REVISIONS, "layouts": 1}
    for blocks, verdict in ((14, "too few samples"), (15, "same")):
        machine = replace(QUIET, core=0.001)
        document = with_sides(
            {NAME: 0.0}, machine=machine, blocks=blocks, comparison=one
        )
        compare, _ = both(capsys, saved(tmp_path, "c.json", document))
        assert f"] {verdict} " in compare
        few = f"fewer than {SAMPLES_MIN} of a side do not show that nothing changed"
        assert (few in compare) == (blocks == 14)


# What cannot be told


def test_noise_is_told_first(tmp_path: Path, capsys: Capture) -> None:
    machine = replace(NOISY, core=3.0)
    document = with_sides({NAME: 0.0, OTHER: 0.3}, machine=machine, blocks=18)
    path = saved(tmp_path, "quiet.json", document)
    for command in ("compare", "patch"):
        lines = said(capsys, command, path)
        assert lines[0].lower().rstrip(".") == "nothing can be told: too few samples"
    for sample in document["benchmarks"][1:]:
        sample["noisy"] = 1
    path = saved(tmp_path, "noisy.json", document)
    for command in ("compare", "patch"):
        lines = said(capsys, command, path)
        assert lines[0].lower().rstrip(".") == (
            "nothing can be told: 99 % of the samples were noisy"
        )
        text = "\n".join(lines)
        assert not re.search(r"<[0-9]{3}|<inf|inf\b", text)
        assert "Too noisy to tell: 2 of 2 cells." in text or " too noisy" in text
        assert "(losses): none\n" not in text


def test_nothing_told_is_not_said_beside_a_verdict(
    tmp_path: Path, capsys: Capture
) -> None:
    document = with_sides({NAME: 0.0, OTHER: 0.3}, machine=QUIET, blocks=60)
    for sample in document["benchmarks"]:
        sample["noisy"] = 1
    for text in both(capsys, saved(tmp_path, "c.json", document)):
        assert "can be told" not in text


def test_an_interval_without_0_is_explained(tmp_path: Path, capsys: Capture) -> None:
    told = {"compare": 0, "without": 0}
    for seed in range(12):
        names = {invent.cell_name("ring", SUN4U, cpus): 0.03 for cpus in range(1, 9)}
        document = with_sides(names, blocks=18, seed=seed)
        path = saved(tmp_path, "c.json", document)
        lines = said(capsys, "compare", path)
        rows = [line for line in lines if line.startswith(SUN4U)]
        found = [
            row.split()[1]
            for row in rows
            if "cannot tell <" in row and not re.search(r"\[-.* \+", row)
        ]
        text = " ".join(" ".join(lines).split())
        assert ("an interval without 0, but no verdict" in text) == bool(found)
        if found:
            of = f"sun4u/pools:1 on {', '.join(found)} CPU"
            assert of in text and "99 of 100 runs of 8 cells" in text
            told["without"] += 1
        told["compare"] += 1
    assert told["without"] > 0


def test_failed_samples_stand_beside_the_verdict(
    tmp_path: Path, capsys: Capture
) -> None:
    document = with_sides({NAME: 0.3, OTHER: 0.0}, machine=QUIET, blocks=60)
    of_new = [
        i
        for i, sample in enumerate(document["benchmarks"])
        if (sample["name"], sample["side"]) == (NAME, "new")
    ]
    for i in of_new[:20]:
        sample = document["benchmarks"][i]
        document["benchmarks"][i] = {
            **invent.failed(NAME, i),
            **{key: sample[key] for key in ("side", "layout", "block")},
        }
    compare, patch = both(capsys, saved(tmp_path, "c.json", document))
    assert re.search(r"sun4u/pools:1 1 .*\] slower\* ", compare)
    assert re.search(r"pooled/pools:1 1 .*\] same ", compare)
    for text in (compare, patch):
        beside = "*: failed samples: sun4u/pools:1 on 1 CPU (slower): 20 of 120 of new"
        assert beside in text


def test_one_is_no_plural(tmp_path: Path, capsys: Capture) -> None:
    document = with_sides({NAME: 0.0}, machine=QUIET, blocks=60)
    path = saved(tmp_path, "c.json", document)
    compare, patch = both(capsys, path)
    assert "1 cell: 0 slower" in compare
    assert "1 of 1 cell." in patch
    text = " ".join(said(capsys, "compare", path, "--at-most=5%"))
    assert "in 1 cell" in text and "1 cells" not in text


# The text for a patch


@pytest.mark.parametrize("length", range(70, 80))
def test_lines_break_between_words(length: int) -> None:
    words = "a sentence of some words that goes on and on until it is long enough "
    text = (words * 4)[:length].rstrip() + " and 5 % of it more, which is short"
    lines = patch_shape.said(text)
    assert max(map(len, lines)) <= 75
    assert " ".join(line.strip() for line in lines) == text
    assert not [line for line in lines if line.strip().startswith("%")]
    shortened = patch_shape.cut(text)
    assert len(shortened) <= 75 and shortened.endswith(" ...")
    assert f"{text} ".startswith(shortened[: -len("...")])


def test_what_is_measured_is_said(tmp_path: Path, capsys: Capture) -> None:
    document = with_sides({NAME: 0.0, OTHER: 0.0}, machine=QUIET, blocks=18)
    for sample in document["benchmarks"]:
        strict = "pooled" in sample["name"]
        sample["flushes_per_kop"] = 1000.0 if strict else 0.12
    (_, patch) = both(capsys, saved(tmp_path, "c.json", document))
    for words in (
        "Measured with iommubench 0123456789ab in user space: src/ of either side",
        "in pinned threads, with an emulated flush; no driver, device or interrupt",
        "Times: medians, in ns/op, an op being a map and its unmap on one CPU",
        "changes: medians of new / base among samples taken together. Flushing: ",
        "a flush at each free (strict, or too full to be lazy): pooled/pools:1",
        "lazy: sun4u/pools:1",
    ):
        assert words in patch, words
    assert "the same programs" not in patch and "same code" not in patch


def test_what_is_the_same_is_said(tmp_path: Path, capsys: Capture) -> None:
    facts = copy.deepcopy(REVISIONS)
    facts["new"]["programs"] = facts["base"]["programs"]
    document = with_sides({NAME: 0.0}, machine=QUIET, blocks=18, comparison=facts)
    (_, patch) = both(capsys, saved(tmp_path, "c.json", document))
    assert "Both sides are the same programs: what differs is noise." in patch
    facts = copy.deepcopy(REVISIONS)
    for side in ("base", "new"):
        facts[side].update(what="kernel", version="6.1.192", unchanged="k-gart, k-s390")
    document = with_sides({NAME: 0.0}, machine=QUIET, blocks=18, comparison=facts)
    compare, patch = both(capsys, saved(tmp_path, "c.json", document))
    words = "The same code on both sides, and not measured: k-gart, k-s390."
    assert words in patch and "not measured: k-gart, k-s390" in compare
    assert "the allocators' files of both kernel trees, unmodified" in patch
    # Two allocators are one program: that is no news.
    name = invent.cell_name("ring", SUN4U)
    document = with_sides({name: 0.0}, machine=QUIET, comparison=ALLOCATORS)
    (_, patch) = both(capsys, saved(tmp_path, "c.json", document))
    assert "same programs" not in patch


# What is simulated


def test_a_change_too_small_to_print_is_none() -> None:
    assert [sim_change(x) for x in (0.0, 8.5e-6, -8.5e-6, 0.01, -0.02)] == [
        "0",
        "0.00",
        "0.00",
        "+1.00",
        "-2.00",
    ]
    work = Work("flushes", 0.0, 2.0), Work("basic blocks", 4.0, 5.0)
    row = SimulatedRow(Cell.parse(NAME), 1.0, 1.0, 8, None, Told.UNKNOWN, work, 0)
    assert work_text(row) == "flushes from none, basic blocks +25.0"
    assert row.change == 0
