# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the passes that record locks: what they say, and when nothing is said."""

import re
from pathlib import Path
from typing import Any, Dict, List

import pytest

import results_sample as invent
from report import ReportError
from report.claims.data import load
from report.claims.measure import contended
from report.draw import locks, one_figure
from report.draw.picture import Picture
from report.read import lock_passes
from report.read.run import Run
from report.store.figures import figures_of
from test_report_locks import load as load_run
from test_report_locks import pages_of, panels_of, refusal

ROOT = Path(__file__).resolve().parent.parent.parent
Document = Dict[str, Any]

CELL = "ring/sun4u/pools:1/cpus:2"


def passes(counted: float = 1.0, timed: float = 1.0) -> List[Document]:
    """A sample of each pass; an op of the two of locks takes so many times as long."""
    (timing,) = invent.samples(["ring"], ["sun4u/pools:1"], [2], 1)
    contention = invent.contention_sample(timing, 1000, 400)
    drawn = invent.drawn_sample(timing, {30: 40, 90: 10}, {150: 20}, 20, 0.25)
    contention["real_time"] *= counted
    drawn["real_time"] *= timed
    return [
        {**each, "order": order}
        for order, each in enumerate((timing, contention, drawn))
    ]


def run_of(tmp_path: Path, **times: float) -> Run:
    """The run of these samples."""
    return load_run(tmp_path, invent.document(passes(**times)))


def test_each_pass_has_its_figures(tmp_path: Path) -> None:
    _, contention, drawn = run_of(tmp_path).samples
    assert contention.figures["contentions"] == 400
    assert not contention.histograms and not contention.locks
    assert "contentions" not in drawn.figures
    assert drawn.figures["acquisitions"] == 1000 == 20 * drawn.histograms["hold"].count
    assert drawn.figures["waiting_share"] == 0.25


def test_pictures_take_each_from_its_pass(tmp_path: Path) -> None:
    panels = panels_of(run_of(tmp_path), "wait")
    assert list(panels) == ["ring: waiting", "ring: contended", "ring: wait"]
    values = [panel.lines["sun4u/pools:1"][0].value for panel in panels.values()]
    assert values == [0.25, 0.4, 92.0]
    caption = pages_of(load_run(tmp_path, invent.document(passes())))["hold"].caption[1]
    assert "(times: of one in 20 acquisitions, drawn at random)" in caption


@pytest.mark.parametrize("counted, timed", [(1.19, 0.81), (1.0, 1.0)])
def test_what_is_near_is_told(tmp_path: Path, counted: float, timed: float) -> None:
    run = run_of(tmp_path, counted=counted, timed=timed)
    assert not lock_passes.distorted(run.samples) and not locks.remarks(run)
    assert locks.make_pictures(run)


@pytest.mark.parametrize(
    "counted, timed, percent",
    [(1.21, 1.0, "+21"), (1.0, 1.3, "+30"), (0.7, 1.25, "-30"), (1.0, 0.75, "-25")],
)
def test_nothing_is_told_of_what_recording_changed(
    tmp_path: Path, counted: float, timed: float, percent: str
) -> None:
    run = run_of(tmp_path, counted=counted, timed=timed)
    assert not locks.make_pictures(run)
    (remark,) = locks.remarks(run)
    assert "no figures of locks of 1 cell, whose ops took more than 20 %" in remark
    assert f"({percent} % in {CELL}" in remark
    (taken,) = load([tmp_path / "run.json"]).cells.values()
    assert not taken.locks and contended(taken) is None


def test_no_way_round(tmp_path: Path) -> None:
    """Neither the store nor a picture of one figure tells what is left out."""
    for timed, told in ((1.0, True), (1.3, False)):
        run = run_of(tmp_path, timed=timed)
        names = {figure.name for figure in figures_of(run)}
        assert "real_time" in names
        assert ("hold_ns_p50" in names) == told == ("contentions" in names)
        if told:
            assert one_figure.make_pictures(run, "hold_ns_p50")
            continue
        with pytest.raises(
            ReportError, match="'hold_ns_p50': no figures of locks of 1"
        ):
            one_figure.make_pictures(run, "hold_ns_p50")
        with pytest.raises(ReportError, match="no sample has the figure 'cycles'"):
            one_figure.make_pictures(run, "cycles")


def test_the_program_and_the_report_agree() -> None:
    header = ROOT / "harness" / "output" / "lock_passes.h"
    (most,) = re.findall(r"LOCK_PASSES_CHANGE_MAX (.*)", header.read_text("utf-8"))
    assert float(most) == lock_passes.MOST


def test_other_cells_are_told_beside(tmp_path: Path) -> None:
    other = [
        {**each, "name": name, "run_name": name, "order": 3 + place}
        for place, each in enumerate(passes())
        for name in [each["name"].replace("sun4u", "gart")]
    ]
    run = load_run(tmp_path, invent.document([*passes(timed=2.0), *other]))
    (pages,) = locks.make_pictures(run).values()
    wait = pages["wait"]
    assert isinstance(wait, Picture)
    assert {name for panel in wait.panels for name in panel.lines} == {"gart/pools:1"}
    assert "no figures of locks of 1 cell" in "\n".join(wait.caption)


BROKEN = [
    (1, {"contentions": 1001}, "contentions is more than acquisitions"),
    (1, {"acquisitions": 399}, "contentions is more than acquisitions"),
    (1, {"locks": []}, "locks: does not belong here"),
    (1, {"waiting_share": 0.5}, "waiting_share: does not belong here"),
    (1, {"hold_ns_p50": 5}, "hold_ns_p50: does not belong here"),
    (2, {"lock_sample": 19}, "acquisitions is 1000, histograms.hold has 950"),
    (2, {"waiting_share": 1.5}, "waiting_share: 1.5"),
    (2, {"acq_bounces": 1001}, "acq_bounces is more than acquisitions"),
    (0, {"contentions": 5}, "contentions: does not belong here"),
]


@pytest.mark.parametrize("index, change, message", BROKEN)
def test_what_cannot_be_is_refused(
    tmp_path: Path, index: int, change: Document, message: str
) -> None:
    samples = passes()
    samples[index].update(change)
    assert message in refusal(tmp_path, invent.document(samples))


def test_nothing_need_be_drawn(tmp_path: Path) -> None:
    """Of a few acquisitions none may be timed: then there are no times."""
    (timing,) = invent.samples(["ring"], ["sun4u/pools:1"], [2], 1)
    drawn = invent.drawn_sample(timing, {}, {}, 1, 0.0, acquisitions=7)
    run = load_run(tmp_path, invent.document([timing, {**drawn, "order": 1}]))
    assert run.samples[1].figures["acquisitions"] == 7
    assert not locks.make_pictures(run)
