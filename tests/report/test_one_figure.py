# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of pictures of any one figure, and of the counters' picture."""

import json
from pathlib import Path
from typing import Any, Dict, List

import pytest

import results_sample as invent
from report import ReportError
from report.__main__ import main
from report.draw import counters, one_figure
from report.read.figures import figure
from report.read.load import load_run
from report.read.run import Run

SLUG = "mmio-16-150-600-occupancy-5-tas-think-0"
VARIANTS = ["sun4u/pools:1", "pooled/pools:16"]


def counted(timing: Dict[str, Any], **events: float) -> Dict[str, Any]:
    """A sample of the pass counters with these events."""
    keep = list(timing)[: list(timing).index("items_per_second")]
    return {**{key: timing[key] for key in keep}, "pass": "counters", **events}


def run_with(tmp_path: Path, **events: float) -> Run:
    """A run of two variants on 1 and 2 CPUs, counted too if there are events."""
    samples: List[Dict[str, Any]] = invent.samples(["ring"], VARIANTS, [1, 2], 6)
    if events:
        samples += [counted(sample, **events) for sample in samples]
    path = tmp_path / "run.json"
    path.write_text(json.dumps(invent.document(samples)), encoding="utf-8")
    return load_run(path)


def test_a_listed_figure(tmp_path: Path) -> None:
    """Against CPUs, in the unit in which it is shown."""
    run = run_with(tmp_path)
    (stem, picture), *more = one_figure.make_pictures(run, "ops_per_second").items()
    assert not more and stem == f"{SLUG}-ops_per_second"
    (panel,) = picture.panels
    assert panel.scale.label == "throughput, Mops/s"
    assert set(panel.lines) == set(VARIANTS) and list(panel.counts) == [1, 2]
    rates = sorted(
        sample.figures["ops_per_second"]
        for sample in run.samples
        if sample.cell.variant == VARIANTS[0] and sample.cell.cpus == 1
    )
    middle = (rates[2] + rates[3]) / 2e6
    assert panel.lines[VARIANTS[0]][0].value == pytest.approx(middle)
    assert figure("ops_per_second").meaning in " ".join(picture.caption)


def test_only_from_passes_that_do_not_slow_it_down(tmp_path: Path) -> None:
    """Samples of counters have real_time too, which counting has made longer."""
    run = run_with(tmp_path, cycles=300.0)
    (picture,) = one_figure.make_pictures(run, "real_time").values()
    assert "Of 24 samples" in picture.caption[0]


def test_an_event_that_was_asked_for(tmp_path: Path) -> None:
    """It needs no entry in the list, and its name need not suit a file."""
    run = run_with(tmp_path, **{"ls_dispatch:ld/k": 2.5, "cycles": 300.0})
    (stem, picture), *_ = one_figure.make_pictures(run, "ls_dispatch:ld/k").items()
    assert stem == f"{SLUG}-ls_dispatch-ld-k"
    assert picture.panels[0].scale.label == "ls_dispatch:ld/k per op"
    (shown,) = counters.make_pictures(run).values()
    labels = [panel.scale.label for panel in shown.panels]
    assert labels == ["cycles per op", "ls_dispatch:ld/k per op"]


def test_what_is_too_rare_has_no_line_unless_asked_for(tmp_path: Path) -> None:
    """Context switches and the like, and bookkeeping, are no counters' panels."""
    run = run_with(tmp_path, cycles=1.0, page_faults=0.001, counters_running=1.0)
    (shown,) = counters.make_pictures(run).values()
    assert [panel.scale.label for panel in shown.panels] == ["cycles per op"]
    assert one_figure.make_pictures(run, "page_faults")


def test_a_figure_that_is_not_there(tmp_path: Path) -> None:
    """What can be chosen is said, and whether the name is known at all."""
    run = run_with(tmp_path)
    with pytest.raises(ReportError, match="no sample has .*'cycles'; choose from real"):
        one_figure.make_pictures(run, "cycles")
    with pytest.raises(ReportError, match="'x' and results/figures.json does not list"):
        one_figure.make_pictures(run, "x")


def test_command(tmp_path: Path, capsys: "pytest.CaptureFixture[str]") -> None:
    """`plot --figure` writes that picture alone."""
    run = run_with(tmp_path, cycles=300.0)
    words = ["plot", str(run.path), "--format", "svg", "--figure"]
    assert main([*words, "fairness"]) == 0
    assert capsys.readouterr().out == f"{tmp_path}/run-{SLUG}-fairness.svg\n"
    assert main([*words, "nothing"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
