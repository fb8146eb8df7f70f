# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of what the report does with samples of the pass "sim"."""

import json
import subprocess
import sys
import xml.dom.minidom
from itertools import combinations
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

import results_sample as invent
from report import ReportError
from report.draw import render
from report.draw import simulated as draw_simulated
from report.text import units
from report.draw.knee import knee
from report.read.load import load_run
from report.read.run import Run
from report.draw.run_pictures import make_pictures
from report.draw.picture import Panel, Picture, Point

ROOT = Path(__file__).resolve().parent.parent.parent
PROFILE = "sun4v-t5-2"
SUMMARY = "Oracle SPARC T5-2: 2 sockets x 16 cores x 8 strands, 3.6 GHz"
STEM = "mmio-16-150-600-occupancy-5-tas-think-0"

Document = Dict[str, Any]

# From `iommubench sim --profile sun4v-t5-2 --allocators sun4u,pooled,stale-hop
# --pools 16 --workloads ring --cpus 1,4,16,64,256`: variant -> of each CPU count
# pairs, ops/s, hold p50 and p99 in ns, acquisitions, contentions, wait p50 and p99.
CPUS = (1, 4, 16, 64, 256)
SUN4U, POOLED, HOP = "sun4u/pools:1", "pooled/pools:16", "stale-hop/pools:16"
SIMULATED = {
    SUN4U: (
        (32768, 10686584, 3.472, 29.567, 65536, 0, None, None),
        (32768, 2387540, 81.407, 292.863, 65536, 13893, 2088.959, 11337.727),
        (32768, 914963, 97.791, 880.639, 65536, 49064, 7241.727, 43778.047),
        (32768, 337440, 259.071, 6651.903, 65536, 45588, 87556.095, 583008.255),
        (65536, 121999, 268.287, 22937.599, 131072, 69702, 1350565.887, 8925478.911),
    ),
    POOLED: (
        (32768, 8211900, 3.472, 43.263, 65536, 0, None, None),
        (32768, 32590406, 3.472, 43.263, 65536, 0, None, None),
        (32768, 116514878, 3.472, 140.287, 65536, 1, 340561.312, 340561.312),
        (32768, 21103093, 71.167, 978.943, 65536, 12520, 3031.039, 33816.575),
        (65536, 6364430, 296.959, 2342.911, 131072, 70279, 19005.439, 193986.559),
    ),
    HOP: (
        (32768, 1465744, 60.671, 60.671, 291874, 0, None, None),
        (32768, 9405960, 60.671, 152.575, 127083, 3381, 301.055, 3031.039),
        (32768, 14628590, 34.559, 552.959, 80930, 5457, 1974.271, 33161.215),
        (33152, 20627943, 34.559, 2605.055, 88283, 9844, 5931.007, 434110.463),
        (73088, 20858322, 218.111, 17170.431, 206059, 34803, 7897.087, 8489271.295),
    ),
}


def times_of(count: int, p50: Optional[float], p99: Optional[float]) -> Document:
    """A histogram with such a median and 99 % quantile."""
    if p50 is None or p99 is None:
        return {"count": 0, "overflow": 0, "buckets": []}
    upper = count // 4 if p99 > p50 else 0
    buckets = [[p50, count - upper]] + ([[p99, upper]] if upper else [])
    return {"count": count, "overflow": 0, "buckets": buckets}


def simulated(
    variant: str, cpus: int, repetition: int = 0, factor: float = 1.0, **words: str
) -> Document:
    """The simulated sample of a cell; `factor` scales its throughput and times."""
    row = SIMULATED[variant][CPUS.index(cpus)]
    pairs, rate, *quantiles, taken, contended, wait50, wait99 = row
    assert rate
    lock = words.pop("lock", "tas")
    name = invent.cell_name("ring", variant, cpus, prefix=f"sim/{PROFILE}/", **words)
    name = name.replace("lock:tas", f"lock:{lock}")
    sample = invent.sample(name, 1e9 * cpus / (rate * factor), 0, repetition)
    for native in ("noisy", "migrations", "involuntary_switches", "steal_ns"):
        del sample[native]
    sample.update({"iterations": pairs, "pass": "sim", "lock_sample": 1})
    for counted in "cycles basic_blocks accesses invalidations".split():
        sample[counted] = 41.02
    for misses in ("l1d", "llc", "coherence"):
        sample[f"{misses}_misses"] = 7.78
    counts = {"acquisitions": taken, "contentions": contended}
    counts.update(con_bounces=contended, acq_bounces=contended)
    sample.update(counts)
    times = {"hold": (taken, *quantiles), "wait": (contended, wait50, wait99)}
    entry: Document = {"lock": "arena 0", **counts, "wait": None}
    sample["histograms"] = {"hold_flush": times_of(0, None, None)}
    for kind, (count, p50, p99) in times.items():
        sample["histograms"][kind] = times_of(int(count or 0), p50, p99)
        if p50 is None or p99 is None:
            continue
        for figure in "min p50 p90".split():
            sample[f"{kind}_ns_{figure}"] = p50 * factor
        for figure in "p99 p999 max mean mean_raw total".split():
            sample[f"{kind}_ns_{figure}"] = p99 * factor
        names = "min p50 p99 max total".split()
        entry[kind] = {f"{n}_ns": sample[f"{kind}_ns_{n}"] for n in names}
    sample["locks"] = [entry]
    return sample


def samples(
    variants: Sequence[str] = tuple(SIMULATED),
    cpus: Sequence[int] = CPUS,
    **words: str,
) -> List[Document]:
    """One sample of each of these cells."""
    return [simulated(v, count, 0, 1.0, **words) for v in variants for count in cpus]


def document(benchmarks: List[Document]) -> Document:
    """A results document of simulated samples."""
    whole = invent.document(
        [{**each, "order": order} for order, each in enumerate(benchmarks)]
    )
    ours = whole["context"]["iommubench"]
    ours.update(seconds=0.0, flush_models=[], think_times=[])
    ours["clock"].update(step_ns=0.0, read_ns=0.0)
    ours["simulator"] = {
        "profile": PROFILE,
        "summary": SUMMARY,
        "rounds": 4,
        "polling": False,
        "audit": False,
        "machine": {
            "cpus": {"value": 256, "source": "The Register, 26 March 2013"},
            "clock_mhz": {"value": 3600, "source": "Wikipedia, SPARC T5: 3.6 GHz"},
            "l1_ways": {"value": 4, "source": "assumed: 4 ways recalled"},
        },
    }
    return whole


def load(directory: Path, content: Document) -> Run:
    """The run of a document."""
    path = directory / "run.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return load_run(path)


def pictures_of(directory: Path, benchmarks: List[Document]) -> Dict[str, Picture]:
    """The simulated pictures by kind: "", "-hold", "-wait"."""
    pictures = draw_simulated.make_pictures(load(directory, document(benchmarks)))
    stem = f"sim-{PROFILE}"
    assert all(name.startswith(stem) for name in pictures)
    return {name[len(stem) :]: picture for name, picture in pictures.items()}


def panels_of(picture: Picture) -> Dict[str, Panel]:
    """Panels by title."""
    return {panel.title: panel for panel in picture.panels}


# Loading


def test_simulated_samples_load(tmp_path: Path) -> None:
    run = load(tmp_path, document(samples()))
    assert len(run.of_pass("sim")) == 15
    assert not run.of_pass("timing") and not run.of_pass("locks")
    first = run.samples[0]
    assert first.cell.profile == PROFILE
    assert first.figures["cycles"] == 41.02
    assert first.histograms["hold"].count == 65536
    assert not first.noisy
    assert run.simulator
    assert run.simulator.summary == SUMMARY
    assert (run.simulator.cpus, run.simulator.rounds) == (256, 4)
    assert (run.simulator.figures, run.simulator.assumed) == (3, 1)


def test_native_runs_have_no_simulator(tmp_path: Path) -> None:
    run = load(tmp_path, invent.document(invent.samples(["ring"], repetitions=1)))
    assert run.simulator is None
    assert not draw_simulated.make_pictures(run)


BROKEN: List[Any] = [
    (lambda d: d["context"]["iommubench"].pop("simulator"), "no simulator in the"),
    (
        lambda d: d["context"]["iommubench"]["simulator"].update(profile="power8"),
        "is of profile sun4v-t5-2, simulator.profile in the context is power8",
    ),
    (lambda d: d["benchmarks"][0]["per_thread"].clear(), "per_thread has 0"),
    (lambda d: d["benchmarks"][0].update(acquisitions=1), "acquisitions is 1"),
]


@pytest.mark.parametrize("change, message", BROKEN)
def test_invalid_documents(
    tmp_path: Path, change: Callable[[Document], Any], message: str
) -> None:
    content = document(samples())
    change(content)
    with pytest.raises(ReportError) as caught:
        load(tmp_path, content)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


# The knee


def line_of(values: Dict[int, float]) -> List[Point]:
    """A line of such values by CPUs."""
    return [Point(cpus, value, value, value) for cpus, value in values.items()]


@pytest.mark.parametrize(
    "values, cpus",
    [
        ({1: 10.0, 2: 20.0, 4: 40.0, 8: 80.0}, None),
        ({1: 10.0, 2: 20.0, 4: 40.0, 8: 40.0}, 4),
        ({1: 10.0, 2: 20.0, 4: 15.0, 8: 5.0}, 2),
        ({1: 10.0, 2: 4.0, 4: 3.0}, 1),
        ({1: 10.0, 2: 9.0, 4: 20.0, 8: 60.0, 16: 60.0}, 8),  # a dip made good
        ({1: 10.0, 2: 11.0, 4: 12.0, 8: 13.0}, 1),
        ({1: 10.0, 2: 12.0, 4: 14.4}, None),  # 20 % each time
        ({1: 10.0, 2: 11.8, 4: 13.8}, 1),  # 18 %
        ({4: 10.0}, None),
        ({}, None),
    ],
)
def test_knee(values: Dict[int, float], cpus: Optional[int]) -> None:
    found = knee(line_of(values))
    assert (found and found.cpus) == cpus


@pytest.mark.parametrize("counts", [(1, 2, 4, 8, 16, 32, 64), (1, 4, 16, 64), (1, 64)])
def test_knee_of_a_power_law_needs_no_ladder(counts: Sequence[int]) -> None:
    assert knee(line_of({n: n**0.26 for n in counts})) is None
    found = knee(line_of({n: n**0.24 for n in counts}))
    assert found and found.cpus == 1


# Throughput


def test_throughput(tmp_path: Path) -> None:
    picture = pictures_of(tmp_path, samples())[""]
    (panel,) = picture.panels
    assert panel.title == "ring"
    assert panel.counts == list(CPUS)
    for variant, rows in SIMULATED.items():
        points = panel.lines[variant]
        assert [point.cpus for point in points] == list(CPUS)
        values = [point.value for point in points]
        assert values == pytest.approx([row[1] for row in rows])
    assert panel.knees
    assert panel.knees.texts == {SUN4U: "1", POOLED: "16", HOP: "16"}
    assert panel.knees.points[POOLED] == panel.lines[POOLED][2]
    assert panel.ideal == panel.lines[SUN4U][0]


def test_unreached_knee(tmp_path: Path) -> None:
    rising = pictures_of(tmp_path, samples([POOLED], [1, 4, 16]))[""].panels[0]
    assert rising.knees and rising.knees.texts == {POOLED: "> 16"}
    assert not rising.knees.points
    single = pictures_of(tmp_path, samples([POOLED], [4]))[""].panels[0]
    assert single.knees and single.knees.texts == {POOLED: ""}


def test_both_axes_are_logarithmic(tmp_path: Path) -> None:
    for picture in pictures_of(tmp_path, samples()).values():
        for axes in render.draw(picture).axes:
            assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
            named = [text.get_text() for text in axes.get_xticklabels()]
            assert named == [str(count) for count in CPUS]


def test_it_says_that_it_is_a_simulation(tmp_path: Path) -> None:
    run = load(tmp_path, document(samples()))
    for picture in make_pictures(run).values():
        assert picture.title.endswith(f"simulated on {PROFILE}")
        text = "\n".join(picture.caption)
        assert f"SIMULATION, not a measurement: {PROFILE}, {SUMMARY}. 256 CPUs" in text
        assert "Of the 3 figures that describe this machine 1 are assumed" in text
        assert "intervals of 4 x 8192 ops or more" in text
        assert "Invented CPU" not in text and "noisy" not in text
        assert "Of 15 samples 0 failed" in text
    for picture in draw_simulated.make_pictures(run).values():
        assert picture.subtitle.startswith(f"simulation of {SUMMARY}\n")
        assert picture.subtitle.endswith("utilization 5 %   lock tas   think 0 ns")


def test_lock_kinds_are_panels_with_the_same_axes(tmp_path: Path) -> None:
    both = [
        *samples(lock="queued"),
        *samples(lock="tas"),
        *samples([SUN4U], lock="zlock"),
    ]
    pictures = pictures_of(tmp_path, both)
    titles = [panel.title for panel in pictures[""].panels]
    assert titles == ["ring, lock tas", "ring, lock queued", "ring, lock zlock"]
    assert "lock" not in pictures[""].subtitle.split("\n")[1]
    assert list(panels_of(pictures["-hold"]))[:3] == [
        "ring, lock tas: hold p50",
        "ring, lock tas: hold p99",
        "ring, lock queued: hold p50",
    ]
    for picture in pictures.values():
        axes = render.draw(picture).axes
        assert len({each.get_ylim() for each in axes}) == 1


def test_other_conditions_are_panels(tmp_path: Path) -> None:
    cells = [*samples(occupancy="50"), *samples(occupancy="5"), *samples(flush="none")]
    pictures = pictures_of(tmp_path, cells)
    assert [panel.title for panel in pictures[""].panels] == [
        "ring, flush mmio:16,150,600, utilization 5 %",
        "ring, flush mmio:16,150,600, utilization 50 %",
        "ring, flush none, utilization 5 %",
    ]


def test_repetitions_have_bars(tmp_path: Path) -> None:
    factors = (0.9, 1.0, 1.2)
    several = [
        simulated(SUN4U, cpus, repetition, factor)
        for cpus in (1, 4)
        for repetition, factor in enumerate(factors)
    ]
    pictures = pictures_of(tmp_path, several)
    point = pictures[""].panels[0].lines[SUN4U][0]
    expected = [10686584 * factor for factor in (1.0, 0.9, 1.2)]
    assert [point.value, point.low, point.high] == pytest.approx(expected)
    assert "median of 3 samples" in pictures[""].caption[0]
    assert "Each sample has a seed of its own" in pictures["-hold"].caption[0]
    single = pictures_of(tmp_path, samples())[""]
    assert "one sample, deterministic" in single.caption[0]


# Hold and wait


@pytest.mark.parametrize("kind, first", [("hold", 2), ("wait", 6)])
def test_quantiles(tmp_path: Path, kind: str, first: int) -> None:
    panels = panels_of(pictures_of(tmp_path, samples())[f"-{kind}"])
    assert list(panels) == [f"ring: {kind} p50", f"ring: {kind} p99"]
    for offset, panel in enumerate(panels.values()):
        assert panel.counts == list(CPUS)
        values = {p.cpus: p.value for p in panel.lines[SUN4U]}
        rows = dict(zip(CPUS, SIMULATED[SUN4U]))
        assert values == {
            cpus: row[first + offset]
            for cpus, row in rows.items()
            if row[first + offset] is not None
        }


def test_a_few_waits_are_no_quantile(tmp_path: Path) -> None:
    picture = pictures_of(tmp_path, samples())["-wait"]
    for panel in picture.panels:
        assert [point.cpus for point in panel.lines[POOLED]] == [64, 256]
    assert "1 cell with fewer than 100 such times, too few" in picture.caption[0]
    assert "fewer than" not in pictures_of(tmp_path, samples([HOP]))["-wait"].caption[0]


@pytest.mark.parametrize(
    "cpus, text",
    [([1, 4], "no acquisition was contended"), ([1, 16], "fewer than 100 everywhere")],
)
def test_cells_without_waits(tmp_path: Path, cpus: List[int], text: str) -> None:
    run = load(tmp_path, document(samples([POOLED], cpus)))
    pages = make_pictures(run)
    wait = pages[f"sim-{PROFILE}-wait"]
    for axes in render.draw(wait).axes:
        assert [each.get_text() for each in axes.texts] == [text]
    for page in pages.values():
        render.render(render.draw(page), "png", page)


# All of it


@pytest.mark.parametrize(
    "benchmarks",
    [
        samples(),
        samples([SUN4U], [1]),
        [*samples(), *samples(lock="ticket"), *samples(lock="queued")],
    ],
)
def test_texts_do_not_overlap(tmp_path: Path, benchmarks: List[Document]) -> None:
    for picture in pictures_of(tmp_path, benchmarks).values():
        drawn = render.draw(picture)
        renderer = FigureCanvasAgg(drawn).get_renderer()
        drawn.draw(renderer)
        texts = list(drawn.texts)
        for axes in drawn.axes:
            texts += [*axes.texts, axes.title, axes.xaxis.label, axes.yaxis.label]
            texts += [axes._left_title]  # pylint: disable=protected-access
            texts += axes.get_xticklabels()
            low, high = axes.get_ylim()
            ticks = zip(axes.get_yticks(), axes.get_yticklabels())
            texts += [text for value, text in ticks if low <= value <= high]
        boxes = [
            (text.get_text(), text.get_window_extent(renderer).padded(-1.5))
            for text in texts
            if text.get_text() and text.get_visible()
        ]
        page = drawn.bbox.padded(1)
        for text, box in boxes:
            inside = page.x0 <= box.x0 and box.x1 <= page.x1
            assert inside and page.y0 <= box.y0 and box.y1 <= page.y1, text
        for (one, box), (other, more) in combinations(boxes, 2):
            assert not box.overlaps(more), (one, other)


def test_all_simulated_samples_failed(tmp_path: Path) -> None:
    name = simulated(SUN4U, 4)["name"]
    failed = {**invent.failed(name, 0, "out of memory"), "pass": "sim"}
    with pytest.raises(ReportError, match="all 1 simulated samples failed.*of memory"):
        pictures_of(tmp_path, [failed])
    picture = pictures_of(tmp_path, [*samples([POOLED]), failed])[""]
    assert list(picture.panels[0].lines) == [POOLED]
    assert "Of 6 samples 1 failed (left out)." in picture.caption


def test_incomplete_run(tmp_path: Path) -> None:
    content = document(samples())
    content["context"]["iommubench"].update(complete=False, planned_samples=40)
    pictures = draw_simulated.make_pictures(load(tmp_path, content))
    for picture in pictures.values():
        assert "INCOMPLETE RUN: it has 15 of 40" in "\n".join(picture.caption)


def test_plot_writes_and_names_its_files(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps(document(samples())), encoding="utf-8")
    command = [sys.executable, "-B", "-m", "report", "plot", str(path)]
    contents = []
    for directory in ("one", "two"):
        result = subprocess.run(
            [*command, "--out-dir", str(tmp_path / directory), "--format", "svg"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (result.returncode, result.stderr) == (0, "")
        files = [Path(line) for line in result.stdout.splitlines()]
        assert [file.name for file in files] == [
            f"run-sim-{PROFILE}.svg",
            f"run-sim-{PROFILE}-hold.svg",
            f"run-sim-{PROFILE}-wait.svg",
            f"run-sim-{PROFILE}-{STEM}-hold-distribution.svg",
            f"run-sim-{PROFILE}-{STEM}-contention.svg",
        ]
        contents.append([file.read_bytes() for file in files])
    assert contents[0] == contents[1]
    for content in contents[0]:
        xml.dom.minidom.parseString(content)


def test_text_of_rates() -> None:
    rates = [1e9, 1e8, 2e7, 5e5, 1e3, 200.0]
    assert [units.rate(value) for value in rates] == [
        *("1 G", "100 M", "20 M", "500 k", "1 k", "200")
    ]
