# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of what the report does with samples of the pass "locks"."""

import json
import subprocess
import sys
import xml.dom.minidom
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Tuple

import pytest

import results_sample as invent
from report import ReportError
from report.draw import distribution, locks, panels, render
from report.text import units
from report.draw.groups import slug
from report.read.load import load_run
from report.read.run import Run
from report.draw.run_pictures import make_pictures
from report.draw.picture import Distribution, Sheet, Panel, Picture, Shape

ROOT = Path(__file__).resolve().parent.parent.parent
STEM = "mmio-16-150-600-occupancy-5-tas-think-0"
KINDS = ("hold", "hold-distribution", "wait")

Document = Dict[str, Any]
Change = Callable[[Document], Any]


def plain_samples(cpus: Tuple[int, ...] = (1, 2)) -> List[Document]:
    """Timing samples of two variants, 6 repetitions."""
    variants = ["sun4u/pools:1", "ppc/pools:4"]
    return invent.samples(["ring"], variants, cpus, 6)


def document() -> Document:
    """Both passes of the same cells."""
    return invent.document(invent.with_locks(plain_samples()))


def by_hand(lock_sample: int = 1) -> Document:
    """One locks sample whose every figure is known: ticks of 1 / 1.5 ns.

    10 holds of 20 ns, 80 of 60 ns, 10 of 3000 ns with a flush; 25 waits of 100 ns.
    """
    (timing,) = invent.samples(["ring"], ["sun4u/pools:1"], [2], 1)
    plain, flush, wait = {30: 10, 90: 80}, {invent.bucket_of(4500): 10}, {150: 25}
    locks = invent.locks_sample(timing, plain, flush, wait, lock_sample)
    return invent.document([timing, {**locks, "order": 1}])


def load(directory: Path, content: Document, name: str = "run.json") -> Run:
    """The run of a document."""
    path = directory / name
    path.write_text(json.dumps(content), encoding="utf-8")
    return load_run(path)


def pages_of(run: Run) -> Mapping[str, Sheet]:
    """The pictures of the only group, by kind."""
    (pages,) = locks.make_pictures(run).values()
    return pages


def panels_of(run: Run, kind: str) -> Dict[str, Panel]:
    """The panels of a picture with lines, by title."""
    page = pages_of(run)[kind]
    assert isinstance(page, Picture)
    return {panel.title: panel for panel in page.panels}


def distribution_of(run: Run) -> Distribution:
    """The distribution of the only group."""
    page = pages_of(run)["hold-distribution"]
    assert isinstance(page, Distribution)
    return page


def run_plot(path: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the report as a user does."""
    return subprocess.run(
        [sys.executable, "-B", "-m", "report", "plot", str(path), *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


# The format


def test_locks_samples_load(tmp_path: Path) -> None:
    run = load(tmp_path, by_hand())
    timing, locks = run.samples
    assert (timing.pass_name, locks.pass_name) == ("timing", "locks")
    assert timing.cell == locks.cell
    assert not timing.histograms and not timing.locks
    assert locks.figures["acquisitions"] == 100
    assert locks.figures["hold_ns_p50"] == 60
    hold = locks.histograms["hold"]
    assert (hold.count, hold.overflow) == (100, 0)
    assert hold.buckets[:2] == ((20.0, 10), (60.0, 80))
    assert locks.locks[0]["lock"] == "pool 0"
    assert "locks" not in locks.figures
    assert run.clock_step_ns == 0.7
    assert run.of_pass("locks") == [locks]


def test_passes_keep_apart(tmp_path: Path) -> None:
    run = load(tmp_path, document())
    assert len(run.of_pass("timing")) == len(run.of_pass("locks")) == 24
    assert not run.of_pass("counters")
    audit = invent.samples(["ring"], ["sun4u/pools:1"], [1], 1, prefix="audit/")
    assert not load(tmp_path, invent.document(audit)).of_pass("timing")


def test_sampled_locks(tmp_path: Path) -> None:
    run = load(tmp_path, by_hand(lock_sample=8))
    (locks,) = run.of_pass("locks")
    assert locks.figures["acquisitions"] == 800
    assert locks.histograms["hold"].count == 100
    caption = pages_of(run)["hold"].caption[1]
    # All acquisitions of one in so many stretches of time.
    assert "(times: of one in 8 acquisitions)" in caption


def test_absent_is_not_zero(tmp_path: Path) -> None:
    (timing,) = invent.samples(["ring"], ["sun4u/pools:1"], [1], 1)
    calm = invent.locks_sample(timing, {30: 10}, {}, {})
    assert not [name for name in calm if name.startswith(("wait_", "hold_flush"))]
    idle = invent.locks_sample(timing, {}, {}, {})
    assert not [name for name in idle if name.startswith("hold_")]
    run = load(tmp_path, invent.document([timing, calm, idle]))
    assert [s.figures["acquisitions"] for s in run.of_pass("locks")] == [10, 0]
    assert pages_of(run)


LOCK_FIGURES = [
    "acquisitions",
    "con_bounces",
    "acq_bounces",
    "lock_sample",
    "hold_flushes",
    *(f"hold_flush_ns_{name}" for name in ("p50", "max", "total")),
    *(
        f"{times}_ns_{name}"
        for times in ("hold", "wait")
        for name in "min p50 p90 p99 p999 max mean mean_raw total".split()
    ),
]


def refusal(tmp_path: Path, content: Document) -> str:
    """Why a document is refused."""
    with pytest.raises(ReportError) as caught:
        load(tmp_path, content)
    return str(caught.value)


@pytest.mark.parametrize("name", [*LOCK_FIGURES, "locks", "histograms"])
def test_figures_are_required_in_locks_only(tmp_path: Path, name: str) -> None:
    content = by_hand()
    timing, locks = content["benchmarks"]
    kept = locks.pop(name)
    # A mean is absent where it drowns in what reading the clock costs.
    message = "" if name.endswith("_mean") else refusal(tmp_path, content)
    if name.endswith("_mean"):
        load(tmp_path, content)
    else:
        assert f"[1]: {name!r} is missing" in message
    locks[name] = kept
    timing[name] = kept
    assert f"[0].{name}: does not belong here" in refusal(tmp_path, content)


BROKEN: List[Tuple[Change, str]] = [
    (lambda s: s.update(acquisitions=-1), "acquisitions: -1"),
    (lambda s: s.update(acquisitions=100.5), "acquisitions: 100.5"),
    (lambda s: s.update(lock_sample=0), "lock_sample: 0"),
    (lambda s: s.update(hold_ns_p50="60"), 'hold_ns_p50: "60" is not a number'),
    (lambda s: s.update(hold_ns_min=-1), "hold_ns_min: -1"),
    (lambda s: s.update(hold_flushes=0), "hold_flushes: 0"),
    (lambda s: s.update(acquisitions=99), "acquisitions is 99, histograms.hold has"),
    (lambda s: s.update(contentions=24), "contentions is 24, histograms.wait has 25"),
    (lambda s: s.update(hold_flushes=9), "hold_flushes is 9, histograms.hold_flush"),
    (lambda s: s.update(lock_sample=2), "histograms.hold has 200 with lock_sample"),
    (lambda s: s.update(acq_bounces=26), "acq_bounces is 26, locks have 25"),
    (lambda s: s["locks"][0].update(con_bounces=26), "con_bounces is 25, locks have"),
    (lambda s: s["locks"].append(dict(s["locks"][0])), "locks have 200 together"),
    (lambda s: s["locks"][0].pop("lock"), "'lock' is missing"),
    (lambda s: s["locks"][0].update(acquisitions=0), "locks[0].acquisitions: 0"),
    (lambda s: s["locks"][0].update(other=1), "'other' is not a known field"),
    (lambda s: s["locks"][0].update(hold=[]), "locks[0].hold: [] is not"),
    (lambda s: s["locks"][0]["wait"].pop("p99_ns"), "'p99_ns' is missing"),
    (lambda s: s["locks"][0]["wait"].update(max_ns=-1), "wait.max_ns: -1"),
    (lambda s: s["histograms"].pop("wait"), "'wait' is missing"),
    (lambda s: s["histograms"].update(other={}), "'other' is not a known field"),
    (lambda s: s["histograms"]["hold"].pop("overflow"), "'overflow' is missing"),
    (lambda s: s["histograms"]["hold"].update(count=101), "hold has 100 times, its"),
    (lambda s: s["histograms"]["hold"].update(overflow=1), "hold has 101 times, its"),
    (lambda s: s["histograms"]["hold"]["buckets"].reverse(), "not in rising order"),
    (lambda s: s["histograms"]["hold"]["buckets"][0].pop(), "hold.buckets[0]"),
    (lambda s: s["histograms"]["hold"]["buckets"][0].append(1), "hold.buckets[0]"),
    (
        lambda s: s["histograms"]["hold"]["buckets"].insert(0, [1.0, 0]),
        "hold.buckets[0][1]: 0",
    ),
    (
        lambda s: s["histograms"]["hold_flush"].update(buckets=[[2000.0, 10]]),
        "hold lacks times of hold_flush",
    ),
]


@pytest.mark.parametrize("change, message", BROKEN)
def test_invalid_locks_samples(tmp_path: Path, change: Change, message: str) -> None:
    content = by_hand()
    change(content["benchmarks"][1])
    assert message in refusal(tmp_path, content)


@pytest.mark.parametrize(
    "figures, more",
    [
        ({"contentions": 26}, "contentions is more than acquisitions"),
        ({"con_bounces": 26}, "con_bounces is more than contentions"),
        ({"acq_bounces": 24}, "con_bounces is more than acq_bounces"),
        ({"acq_bounces": 101}, "acq_bounces is more than acquisitions"),
    ],
)
def test_counts_that_cannot_be(
    tmp_path: Path, figures: Dict[str, int], more: str
) -> None:
    content = by_hand()
    sample = content["benchmarks"][1]
    if "contentions" in figures:
        timing = content["benchmarks"][0]
        sample = invent.locks_sample(timing, {30: 25}, {}, {150: 26})
        content["benchmarks"][1] = sample
    else:
        sample.update(figures)
        sample["locks"][0].update(figures)
    assert more in refusal(tmp_path, content)


def test_what_is_absent_must_not_stand_there(tmp_path: Path) -> None:
    (timing,) = invent.samples(["ring"], ["sun4u/pools:1"], [1], 1)
    for name in ("wait_ns_mean", "hold_flush_ns_p50"):
        calm = invent.locks_sample(timing, {30: 10}, {}, {})
        calm[name] = 0
        other = "wait_ns_min" if name == "wait_ns_mean" else "hold_flushes"
        message = refusal(tmp_path, invent.document([timing, calm]))
        assert f"{other!r} is missing" in message


# Throughput


def test_throughput_does_not_see_locks_samples(tmp_path: Path) -> None:
    both = document()
    for sample in both["benchmarks"][24:]:
        sample.update(ops_per_second=1.0, items_per_second=1.0, noisy=1)
    both["context"]["iommubench"]["planned_samples"] = 24
    alone = {**both, "benchmarks": both["benchmarks"][:24]}
    assert [s["pass"] for s in both["benchmarks"]] == ["timing"] * 24 + ["locks"] * 24
    contents = []
    for name, content in (("both", both), ("alone", alone)):
        path = tmp_path / name / "run.json"
        path.parent.mkdir()
        path.write_text(json.dumps(content), encoding="utf-8")
        assert run_plot(path).returncode == 0
        stem = path.parent / f"run-{STEM}"
        files = [Path(f"{stem}.svg"), Path(f"{stem}.png")]
        contents.append([file.read_bytes() for file in files])
        made = sorted(file.name for file in path.parent.glob("*.svg"))
        expected = [f"run-{STEM}{kind}.svg" for kind in ("", *(f"-{k}" for k in KINDS))]
        assert made == sorted(expected if name == "both" else expected[:1])
    assert contents[0] == contents[1]


# Hold time


def test_hold_times_of_a_cell(tmp_path: Path) -> None:
    (panel,) = panels_of(load(tmp_path, by_hand()), "hold").values()
    (point,) = panel.lines["sun4u/pools:1"]
    assert (point.cpus, point.value, point.low) == (2, 60.0, 60.0)
    assert point.high == invent.bucket_of(4500) / 1.5
    assert panel.wide and panel.scale.logarithmic and panel.scale.step == 0.7


def test_hold_times_are_medians_of_the_samples(tmp_path: Path) -> None:
    content = document()
    cells = [s for s in content["benchmarks"][24:] if "sun4u" in s["name"]]
    ones = [s for s in cells if s["threads"] == 1]
    for value, sample in enumerate(ones):
        sample.update(hold_ns_p50=10.0 + value, hold_ns_p99=100.0 + value)
    (panel,) = panels_of(load(tmp_path, content), "hold").values()
    point = panel.lines["sun4u/pools:1"][0]
    assert (point.cpus, point.value, point.high) == (1, 12.5, 102.5)
    assert panel.counts == [1, 2]


def test_times_below_the_step_are_drawn_on_it(tmp_path: Path) -> None:
    content = by_hand()
    content["context"]["iommubench"]["clock"]["step_ns"] = 80.0
    pages = pages_of(load(tmp_path, content))
    (axes,) = render.draw(pages["hold"]).axes
    extent = axes.get_ylim()
    assert extent[0] < 80 < extent[1]
    assert "clock step, 80 ns" in [text.get_text() for text in axes.texts]
    drawn = [list(line.get_ydata()) for line in axes.lines if line.get_marker() == "o"]
    assert [80.0] in drawn
    assert "The clock's step is 80 ns" in pages["hold"].caption[0]


def test_extent_of_a_logarithmic_axis() -> None:
    low, high, step = panels.log_extent(50, 3000, 10)
    assert low < 10 < 3000 < high and step == 10
    low, high, step = panels.log_extent(50, 3000, 1)
    assert 1 < low < 50 and high > 3000 and step == 0
    assert panels.log_extent(5, 3000, 10)[2] == 10
    low, high, _ = panels.log_extent(50, 50, 0)
    assert high / low >= 10
    place = panels.Extent(10, 1000, True).place
    assert (place(10), place(100), place(1000)) == pytest.approx((0, 0.5, 1))


def test_equal_ends_have_no_leaders_and_stand_in_order(tmp_path: Path) -> None:
    content = document()
    for sample in content["benchmarks"][24:]:
        sample["hold_ns_p50"] = 20.0
    (axes,) = render.draw(pages_of(load(tmp_path, content))["hold"]).axes
    names = [t for t in axes.texts if "pools" in t.get_text()]
    names.sort(key=lambda text: -float(text.get_position()[1]))
    assert [n.get_text() for n in names] == ["sun4u/pools:1", "ppc/pools:4"]
    assert not [line for line in axes.lines if line.get_color() == "#999999"]


# Distribution


def shape_of(page: Distribution, variant: str = "sun4u/pools:1") -> Shape:
    """The shape of a variant in the only column."""
    (column,) = page.columns.values()
    return column[variant]


def test_shape_of_a_cell(tmp_path: Path) -> None:
    shape = shape_of(distribution_of(load(tmp_path, by_hand())))
    assert [each.share for each in shape.bins] == [0.1, 0.8, 0.1]
    assert [each.flushes for each in shape.bins] == [0, 0, 0.1]
    for each, time in zip(shape.bins, (20, 60, 3000)):
        assert each.low < time <= each.high == 2 * each.low
    flush = invent.bucket_of(4500) / 1.5
    assert shape.flush_holds == pytest.approx(0.1)
    assert shape.flush_time == pytest.approx(10 * flush / (200 + 4800 + 10 * flush))
    assert (shape.p50, shape.p99) == (60, flush)


def test_times_up_to_the_step_share_a_bin(tmp_path: Path) -> None:
    content = by_hand()
    clock = content["context"]["iommubench"]["clock"]
    for step, shares in ((60.0, [0.9, 0.1]), (59.0, [0.1, 0.8, 0.1])):
        clock["step_ns"] = step
        shape = shape_of(distribution_of(load(tmp_path, content)))
        assert [each.share for each in shape.bins] == pytest.approx(shares)
        assert (shape.bins[0].low, shape.bins[0].high) == (0, step)
    clock["step_ns"] = 0
    assert shape_of(distribution_of(load(tmp_path, content))).bins[0].high == 32


def test_overflow_is_as_long_as_the_longest(tmp_path: Path) -> None:
    content = by_hand()
    sample = content["benchmarks"][1]
    sample["hold_ns_max"] = 8e11
    bucket = sample["histograms"]["hold"]["buckets"][1]
    bucket[1] -= 5
    sample["histograms"]["hold"]["overflow"] = 5
    last = shape_of(distribution_of(load(tmp_path, content))).bins[-1]
    assert last.low < 8e11 <= last.high
    assert last.share == 0.05


def test_samples_of_a_cell_are_added_up(tmp_path: Path) -> None:
    (timing,) = invent.samples(["ring"], ["sun4u/pools:1"], [1], 1)
    first = invent.locks_sample(timing, {30: 10}, {}, {})
    second = invent.locks_sample(timing, {90: 30}, {}, {})
    shape = shape_of(
        distribution_of(load(tmp_path, invent.document([timing, first, second])))
    )
    assert [each.share for each in shape.bins] == [0.25, 0.75]
    assert (shape.flush_holds, shape.flush_time) == (0, 0)


def test_distribution_is_of_the_most_cpus(tmp_path: Path) -> None:
    content = invent.document(invent.with_locks(plain_samples((1, 4, 2))))
    content["benchmarks"] = [
        s
        for s in content["benchmarks"]
        if not ("ppc" in s["name"] and s["threads"] == 4 and s["pass"] == "locks")
    ]
    page = distribution_of(load(tmp_path, content))
    assert list(page.columns) == ["ring, 4 CPUs"]
    assert list(page.columns["ring, 4 CPUs"]) == ["sun4u/pools:1"]
    assert page.flush_ns == 3004.2


def test_flush_is_marked_and_given_as_number(tmp_path: Path) -> None:
    page = distribution_of(load(tmp_path, by_hand()))
    (axes,) = render.draw(page).axes
    texts = "\n".join(text.get_text() for text in axes.texts)
    assert "p50 60 ns, p99 3 \u00b5s" in texts
    assert "flush in 10 % of holds,\n86 % of the time held" in texts
    hatched = [patch for patch in axes.patches if patch.get_hatch() == "//////"]
    least = axes.get_ylim()[0]
    assert [p.get_height() + least for p in hatched] == pytest.approx([0.1])
    assert hatched[0].get_x() < 3000 < hatched[0].get_x() + hatched[0].get_width()
    assert "\u2264" not in texts


def test_numbers_beside_a_panel() -> None:
    calm = Shape([], p50=9.9, p99=20.0, flush_holds=0, flush_time=0)
    text = distribution.numbers(calm, 10.0)
    assert text == "p50 \u226410 ns, p99 20 ns\nno flush under the lock"
    exact = Shape([], p50=10.0, p99=10.1, flush_holds=0, flush_time=0)
    assert distribution.numbers(exact, 10.0).startswith("p50 \u226410 ns, p99 10 ns")
    assert "p50 9.9 ns" in distribution.numbers(calm, 0.0)
    assert distribution.numbers(None, 10.0) == "not measured"


# Contention and wait


def test_contention_and_wait(tmp_path: Path) -> None:
    panels = panels_of(load(tmp_path, by_hand()), "wait")
    assert list(panels) == ["ring: contended", "ring: wait"]
    share = panels["ring: contended"].lines["sun4u/pools:1"][0]
    wait = panels["ring: wait"].lines["sun4u/pools:1"][0]
    assert share.value == 0.25
    assert wait.value == 100.0 - 8.0


def test_no_wait_is_no_point(tmp_path: Path) -> None:
    panels = panels_of(load(tmp_path, document()), "wait")
    contended = panels["ring: contended"].lines["sun4u/pools:1"]
    waits = panels["ring: wait"].lines["sun4u/pools:1"]
    assert [point.cpus for point in contended] == [1, 2]
    assert contended[0].value == 0 < contended[1].value
    assert [point.cpus for point in waits] == [2]
    assert list(panels["ring: wait"].counts) == [1, 2]


def test_nothing_contended(tmp_path: Path) -> None:
    timing = plain_samples((1,))
    run = load(tmp_path, invent.document(invent.with_locks(timing)))
    pages = pages_of(run)
    share, wait = render.draw(pages["wait"]).axes
    assert share.get_ylim() == (0, 1)
    assert [t.get_text() for t in wait.texts] == ["no acquisition was contended"]


# All of it


@pytest.mark.parametrize(
    "benchmarks",
    [
        invent.with_locks(invent.samples(repetitions=2)),
        invent.with_locks(
            invent.samples(["ring"], cpus=[1, 2, 4, 8, 16, 32, 64], repetitions=1)
        ),
        invent.with_locks(invent.samples(["ring"], ["sun4u/pools:1"], [1], 1)),
        invent.with_locks(invent.samples(["a", "b", "c"], ["new/pools:2"], [1, 3], 1)),
    ],
)
def test_drawing(tmp_path: Path, benchmarks: List[Document]) -> None:
    pages = pages_of(load(tmp_path, invent.document(benchmarks)))
    assert tuple(pages) == KINDS
    for page in pages.values():
        drawn = render.draw(page)
        svg = render.render(drawn, "svg", page)
        xml.dom.minidom.parseString(svg)
        assert svg == render.render(render.draw(page), "svg", page)
        assert render.render(drawn, "png", page).startswith(b"\x89PNG\r\n")


def test_captions(tmp_path: Path) -> None:
    content = document()
    for sample in content["benchmarks"][24:]:
        sample["real_time"] *= 1.125
    content["benchmarks"][24]["noisy"] = 1
    failed = {**invent.failed(invent.cell_name(), 48), "pass": "locks"}
    content["benchmarks"].append(failed)
    run = load(tmp_path, content)
    assert not locks.remarks(run)
    for page in pages_of(run).values():
        caption = "\n".join(page.caption)
        assert "time of an op against samples without them: +12.5 % in the" in caption
        assert "Of 25 samples 1 were noisy (kept) and 1 failed" in caption
        assert "6 samples" in caption
        assert "invented-host, flush" not in caption
        assert "takes 3004 ns (3000 ns asked for)" in caption


def test_groups_and_simulated_clocks(tmp_path: Path) -> None:
    sun4u = ["sun4u/pools:1"]
    benchmarks = [
        *invent.with_locks(invent.samples(["ring"], sun4u)),
        *invent.with_locks(invent.samples(["ring"], sun4u, prefix="sim/niagara2/")),
        *invent.samples(["ring"], sun4u, flush="none"),
    ]
    run = load(tmp_path, invent.document(benchmarks))
    pictures = locks.make_pictures(run)
    assert [slug(group) for group in pictures] == [STEM, f"sim-niagara2-{STEM}"]
    simulated = list(pictures.values())[1]["hold"]
    assert isinstance(simulated, Picture)
    assert simulated.panels[0].scale.step == 0
    assert "clock steps" not in simulated.caption[0]
    assert set(make_pictures(run)) >= {"none-occupancy-5-tas-think-0", STEM}


def test_all_locks_samples_failed(tmp_path: Path) -> None:
    content = invent.document(plain_samples())
    failed = {**invent.failed(invent.cell_name(), 24, "no pin"), "pass": "locks"}
    content["benchmarks"].append(failed)
    path = tmp_path / "run.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    result = run_plot(path, "--format", "svg")
    assert result.returncode == 0
    assert result.stdout.splitlines() == [str(tmp_path / f"run-{STEM}.svg")]
    assert result.stderr.splitlines() == [
        f"report: {path}: all 1 locks samples failed, the first with 'no pin':"
        " no pictures of locks"
    ]


def test_text_of_times_and_shares() -> None:
    times = [0, 0.7, 10.0148, 999.96, 1000, 3004.2, 12.5e6, 2e9]
    assert [units.duration(ns) for ns in times] == [
        *("0 ns", "0.7 ns", "10 ns", "1 \u00b5s", "1 \u00b5s", "3 \u00b5s"),
        *("12.5 ms", "2 s"),
    ]
    assert units.duration(123.0, 2) == "120 ns"
    shares = [0, 1e-7, 0.000062, 0.0123, 0.5, 0.9999, 1]
    assert [units.percent(share) for share in shares] == [
        *("0 %", "<0.0001 %", "0.0062 %", "1.2 %", "50 %", ">99 %", "100 %")
    ]


def test_shares_are_written_in_percent(tmp_path: Path) -> None:
    pages = pages_of(load(tmp_path, by_hand()))
    axes = render.draw(pages["wait"]).axes[0]
    assert axes.get_ylabel() == "contended, % of acquisitions"
    assert axes.yaxis.get_major_formatter()(0.25, 0) == "25"
