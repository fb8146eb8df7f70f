# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the report: loading, statistics of the plot, pictures, command line."""

import copy
import gzip
import json
import random
import subprocess
import sys
import xml.dom.minidom
from pathlib import Path
from typing import Any, Callable, Dict, List, Tuple

import jsonschema
import pytest
from scipy.stats import binom

import results_sample as invent
from report import ReportError
from report.commands import plot
from report.draw import placing, render, styles, throughput
from report.text import median
from report.__main__ import main
from report.draw.groups import Group, slug
from report.read.cell import Cell
from report.read.load import load_run
from report.draw.picture import Picture
from report.read.schema import SCHEMA_PATH

ROOT = Path(__file__).resolve().parent.parent.parent
PNG_START = b"\x89PNG\r\n"

Document = Dict[str, Any]


def small_document() -> Document:
    """Two variants, one workload, 1 and 2 CPUs, 6 repetitions."""
    return invent.document(
        invent.samples(["ring"], ["sun4u/pools:1", "pooled/pools:16"], repetitions=6)
    )


def write(directory: Path, document: Document, name: str = "run.json") -> Path:
    """The document as a file."""
    path = directory / name
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def refusal(path: Path) -> str:
    """The message with which a file is refused: one line that begins with its name."""
    with pytest.raises(ReportError) as caught:
        load_run(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert len(message) < 500 + len(str(path))
    return message


def run_report(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the report as a user does."""
    return subprocess.run(
        [sys.executable, "-B", "-m", "report", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


# Cell names


@pytest.mark.parametrize(
    "name",
    [
        "ring/sun4u/pools:1/cpus:1/flush:none/occupancy:5/lock:tas/think:0",
        "full/stale-hop/pools:16/cpus:128/flush:mmio:16,150,600/occupancy:99.5"
        "/lock:queued/think:1500",
        "sim/niagara2/ring/ppc/pools:4/cpus:64/flush:spin:0/occupancy:0/lock:ticket"
        "/think:0",
        "audit/churn/pooled/pools:1/cpus:16/flush:spin:0/occupancy:50/lock:tas/think:0",
    ],
)
def test_cell_names_come_back(name: str) -> None:
    assert str(Cell.parse(name)) == name


def test_cell_fields() -> None:
    cell = Cell.parse(
        "sim/niagara2/churn/stale-local/pools:16/cpus:64/flush:mmio:16,150,600"
        "/occupancy:50/lock:queued/think:200"
    )
    assert cell == Cell(
        workload="churn",
        allocator="stale-local",
        pools=16,
        cpus=64,
        flush="mmio:16,150,600",
        occupancy="50",
        lock="queued",
        think="200",
        profile="niagara2",
    )
    assert cell.variant == "stale-local/pools:16"


GOOD = "ring/sun4u/pools:1/cpus:1/flush:none/occupancy:5/lock:tas/think:0"
BAD_NAMES = [
    "",
    "ring/sun4u",
    GOOD + "/",
    GOOD + "/more:1",
    "native/" + GOOD,
    "sim/" + GOOD,
    GOOD.replace("cpus:1", "cpus:0"),
    GOOD.replace("cpus:1", "cpus:01"),
    GOOD.replace("cpus:1", "cpus:-1"),
    GOOD.replace("pools:1", "pools:one"),
    GOOD.replace("flush:none", "flush:"),
    GOOD.replace("flush:none", "flush:a b"),
    GOOD.replace("think:0", "think:0.5"),
    GOOD.replace("ring", "../ring"),
]


@pytest.mark.parametrize("name", BAD_NAMES)
def test_bad_cell_names(name: str) -> None:
    with pytest.raises(ValueError):
        Cell.parse(name)


@pytest.mark.parametrize("name", BAD_NAMES + [GOOD, "sim/x/" + GOOD, "audit/" + GOOD])
def test_schema_and_parser_agree_on_names(name: str) -> None:
    schema = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    rule = schema["definitions"]["sample"]["properties"]["name"]
    fits = jsonschema.Draft7Validator(rule).is_valid(name)
    assert fits == (name not in BAD_NAMES)


# Loading


def test_schema_is_a_schema() -> None:
    schema = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    assert "GPL-2.0-or-later" in schema["$comment"]


def test_every_field_is_described() -> None:
    def undescribed(schema: Any, where: str) -> List[str]:
        found = []
        for name, part in schema.get("properties", {}).items():
            if "description" not in part:
                found.append(f"{where}.{name}")
            found += undescribed(part, f"{where}.{name}")
            items = part.get("items", {})
            for item in items if isinstance(items, list) else [items]:
                found += undescribed(item, f"{where}.{name}[]")
        return found

    schema = json.loads(SCHEMA_PATH.read_text(encoding="utf-8"))
    assert not undescribed(schema, "")
    for name, part in schema["definitions"].items():
        assert not undescribed(part, name)


def test_load(tmp_path: Path) -> None:
    document = small_document()
    document["benchmarks"][0].update({"noisy": 1, "cycles": 123.5})
    document["benchmarks"][0]["label"] = "a remark"
    document["context"]["iommubench"]["flush_models"].append(
        {"name": "none", "requested_ns": None, "achieved_ns": None}
    )
    failure = invent.failed(invent.cell_name(cpus=2), 24, "no pin")
    document["benchmarks"].append(failure)
    document["context"]["iommubench"]["host"]["microcode"] = "0x1"
    run = load_run(write(tmp_path, document))
    assert len(run.samples) == 25
    assert run.host.cpu_model == "Invented CPU (no measurement)"
    assert run.host.cpu_order[:2] == (0, 1)
    assert run.flush_models[invent.FLUSH].achieved_ns == 3004.2
    assert "none" not in run.flush_models
    assert run.context["num_cpus"] == 64
    first, last = run.samples[0], run.samples[-1]
    assert first.noisy and not first.failed
    assert first.figures["cycles"] == 123.5
    assert first.figures["real_time"] == document["benchmarks"][0]["real_time"]
    assert "order" not in first.figures
    assert len(run.samples[1].threads) == 2
    assert run.samples[1].threads[1].os_cpu == 2
    assert last.failed and last.error == "no pin"
    assert not last.figures


def test_other_passes_need_no_timing_figures(tmp_path: Path) -> None:
    document = small_document()
    entry = document["benchmarks"][0]
    keep = list(entry)[: list(entry).index("items_per_second")]
    counters = {key: entry[key] for key in keep}
    counters.update({"pass": "counters", "cycles": 210.0})
    document["benchmarks"].append(counters)
    run = load_run(write(tmp_path, document))
    assert run.samples[-1].figures["cycles"] == 210.0


def break_it(change: Callable[[Document, Document, Document], Any]) -> Document:
    """A document changed by change(context.iommubench, first sample, document)."""
    document = small_document()
    change(document["context"]["iommubench"], document["benchmarks"][0], document)
    return document


BROKEN: List[Tuple[Callable[[Document, Document, Document], Any], str]] = [
    (lambda ours, first, all_: ours.update(format=3), "reads 1 and 2"),
    (lambda ours, first, all_: ours.pop("commit"), "'commit' is missing"),
    (
        lambda ours, first, all_: ours.update(commit="v1"),
        'iommubench.commit: "v1" is malformed',
    ),
    (
        lambda ours, first, all_: ours.update(complet=True),
        "'complet' is not a known field",
    ),
    (lambda ours, first, all_: all_["context"].pop("iommubench"), "not written by"),
    (lambda ours, first, all_: all_["context"].update(date="today"), "context.date"),
    (lambda ours, first, all_: all_.pop("benchmarks"), "'benchmarks' is missing"),
    (
        lambda ours, first, all_: first.update(real_time="1"),
        '[0].real_time: "1" is not a number',
    ),
    (lambda ours, first, all_: first.update(real_time=0), "[0].real_time: 0"),
    (lambda ours, first, all_: first.update(iterations=0), "[0].iterations: 0"),
    (lambda ours, first, all_: first.update(cycles="12"), '[0].cycles: "12" is not'),
    (lambda ours, first, all_: first.update(cycles=True), "[0].cycles: true is not"),
    (lambda ours, first, all_: first.update(fairness=1.5), "[0].fairness"),
    (lambda ours, first, all_: first.update(noisy=2), "[0].noisy"),
    (lambda ours, first, all_: first.update(run_type="aggregate"), "[0].run_type"),
    (lambda ours, first, all_: first.update(error_message="x"), "error_message"),
    (lambda ours, first, all_: first.update(name="ring/sun4u"), "[0].name"),
    (lambda ours, first, all_: first.update(run_name="other"), "run_name"),
    (lambda ours, first, all_: first.pop("noisy"), "'noisy' is missing"),
    (lambda ours, first, all_: first.pop("per_thread"), "'per_thread' is missing"),
    (lambda ours, first, all_: first["per_thread"].clear(), "per_thread has 0"),
    (lambda ours, first, all_: first["per_thread"][0].pop("ops"), "per_thread[0]"),
    (
        lambda ours, first, all_: all_["benchmarks"].append(
            {**invent.failed(GOOD, 24), "ref_ticks": 1.0}
        ),
        "'ref_ticks'",
    ),
]


@pytest.mark.parametrize("change, message", BROKEN)
def test_invalid_documents(
    tmp_path: Path,
    change: Callable[[Document, Document, Document], Any],
    message: str,
) -> None:
    assert message in refusal(write(tmp_path, break_it(change)))


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "not valid JSON"),
        (json.dumps(small_document())[:5000], "not valid JSON"),
        ("[" * 100000, "not valid JSON"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "'c' occurs twice"),
        ('{"a": NaN}', "NaN is not a finite"),
        ('{"a": -Infinity}', "-Infinity is not a finite"),
        ('{"a": 1e999}', "1e999 is not a finite"),
        ("[]", "not written by iommubench"),
        ("null", "not written by iommubench"),
        ('{"context": {"date": "x"}, "benchmarks": []}', "not written by iommubench"),
    ],
)
def test_foreign_text(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    assert message in refusal(path)


def test_unreadable_files(tmp_path: Path) -> None:
    assert "No such file" in refusal(tmp_path / "none.json")
    assert "directory" in refusal(tmp_path)
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    assert "not valid JSON" in refusal(binary)


def test_gzip(tmp_path: Path) -> None:
    plain = write(tmp_path, small_document())
    small = tmp_path / "run.json.gz"
    small.write_bytes(gzip.compress(plain.read_bytes()))
    assert load_run(small).samples == load_run(plain).samples
    for cut in (3, 15, 200):
        small.write_bytes(gzip.compress(plain.read_bytes())[:cut])
        assert "not valid gzip" in refusal(small)


# The interval of the median


@pytest.mark.parametrize("count", range(1, 80))
def test_interval_is_the_tightest_that_is_sure(count: int) -> None:
    interval = median.median_interval([float(v) for v in range(count, 0, -1)])
    k = round(interval.low)
    assert interval.high == count + 1 - k
    assert interval.median == (count + 1) / 2
    if not interval.confident:
        assert count < 6 and k == 1
        return
    assert 1 - 2 * binom.cdf(k - 1, count, 0.5) >= median.LEVEL
    assert 1 - 2 * binom.cdf(k, count, 0.5) < median.LEVEL


def test_interval_covers_the_median() -> None:
    random_ = random.Random(1)
    covered = 0
    for _ in range(2000):
        interval = median.median_interval([random_.expovariate(1) for _ in range(10)])
        covered += interval.low <= 0.6931 <= interval.high
    assert 0.965 < covered / 2000 < 0.99  # 97.9 % in theory


# Styles


def test_styles_stay_apart() -> None:
    eight = [styles.style_of(variant) for variant in invent.ALL_EIGHT]
    assert len({(style.marker, style.filled) for style in eight}) == 8
    assert len({style.dashes for style in eight}) == 8
    assert len({(style.colour, style.filled) for style in eight}) == 8


def test_styles_of_newcomers_are_stable() -> None:
    assert styles.style_of("epoch/pools:32") == styles.style_of("epoch/pools:32")
    newcomers = {styles.style_of(f"allocator{n}/pools:8") for n in range(20)}
    assert len(newcomers) > 15


def test_order_of_variants() -> None:
    shuffled = ["zbud/pools:16", "zbud/pools:2", *reversed(invent.ALL_EIGHT)]
    expected = [*invent.ALL_EIGHT, "zbud/pools:2", "zbud/pools:16"]
    expected.remove("stale-hop/pools:16")
    expected.insert(7, "stale-hop/pools:16")
    assert sorted(shuffled, key=styles.in_order) == expected


# Places of names and points


def test_names_keep_their_distance() -> None:
    random_ = random.Random(2)
    for count in list(range(1, 12)) + [50]:
        wanted = sorted(random_.random() ** 3 for _ in range(count))
        places = placing.spread(wanted, 0.07)
        step = min(0.07, 1 / max(count - 1, 1))
        assert all(b - a > step - 1e-9 for a, b in zip(places, places[1:]))
        assert -1e-9 < places[0] and places[-1] < 1 + 1e-9


def test_names_with_room_stay_put() -> None:
    assert placing.spread([0.1, 0.4, 0.9], 0.07) == pytest.approx([0.1, 0.4, 0.9])
    assert placing.spread([0.5, 0.5], 0.1) == pytest.approx([0.45, 0.55])


def test_dodges_stand_around_the_count() -> None:
    shifts = placing.dodges(8, [1, 2, 3])
    assert sum(shifts) == pytest.approx(0)
    assert len(set(shifts)) == 8
    assert max(shifts) < 0.25
    assert placing.dodges(1, [4]) == [0.0]


def test_readable_counts() -> None:
    assert placing.readable([1, 2, 4, 8], 0.3) == [1, 2, 4, 8]
    named = placing.readable(list(range(1, 49)), 0.4)
    assert {1, 48, 2, 4, 8, 16} <= set(named)
    assert len(named) < 12


# Pictures


def pictures_of(tmp_path: Path, document: Document) -> Dict[Group, Picture]:
    """The pictures of a document."""
    return throughput.make_pictures(load_run(write(tmp_path, document)))


def test_picture(tmp_path: Path) -> None:
    document = small_document()
    document["benchmarks"][0]["noisy"] = 1
    document["benchmarks"].append(invent.failed(invent.cell_name(), 24))
    (picture,) = pictures_of(tmp_path, document).values()
    (panel,) = picture.panels
    line = panel.lines["sun4u/pools:1"]
    assert panel.title == "ring"
    assert [point.cpus for point in line] == [1, 2]
    assert line[0].low < line[0].value < line[0].high
    caption = "\n".join(picture.caption)
    for words in (
        "median of 6 samples",
        "95 % interval",
        "Of 25 samples 1 were noisy (kept) and 1 failed (left out).",
        "invented-host",
        "Invented CPU",
        "0.0.0-invented",
        "0123456789ab,",
        "8192 entries",
        "takes 3004 ns (3000 ns asked for)",
        "iommubench run --workloads",
    ):
        assert words in caption
    assert "INCOMPLETE" not in caption


def test_caption_of_an_incomplete_short_run(tmp_path: Path) -> None:
    document = invent.document(invent.samples(["ring"], repetitions=3))
    ours = document["context"]["iommubench"]
    ours.update(complete=False, planned_samples=160, dirty=True)
    (picture,) = pictures_of(tmp_path, document).values()
    caption = "\n".join(picture.caption)
    assert "smallest to largest sample (too few samples" in caption
    assert "INCOMPLETE RUN: it has 48 of 160 planned" in caption
    assert "with local changes" in caption


def test_other_fields_make_figures_of_their_own(tmp_path: Path) -> None:
    sun4u = ["sun4u/pools:1"]
    benchmarks = [
        *invent.samples(["ring"], sun4u),
        *invent.samples(["ring"], sun4u, occupancy="50"),
        *invent.samples(["ring"], sun4u, flush="none"),
        *invent.samples(["ring"], sun4u, prefix="sim/niagara2/"),
        *invent.samples(["ring"], sun4u, prefix="audit/"),
    ]
    pictures = pictures_of(tmp_path, invent.document(benchmarks))
    assert [slug(group) for group in pictures] == [
        "mmio-16-150-600-occupancy-5-tas-think-0",
        "mmio-16-150-600-occupancy-50-tas-think-0",
        "none-occupancy-5-tas-think-0",
        "sim-niagara2-mmio-16-150-600-occupancy-5-tas-think-0",
    ]
    simulated = list(pictures.values())[-1]
    assert "simulated on niagara2" in simulated.title
    assert "got" not in "".join(simulated.caption)


def test_nothing_to_plot(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="no timing sample"):
        pictures_of(tmp_path, invent.document([]))
    failures = [invent.failed(invent.cell_name(), order) for order in range(3)]
    with pytest.raises(ReportError, match="all 3 timing samples failed.*invented fail"):
        pictures_of(tmp_path, invent.document(failures))


@pytest.mark.parametrize(
    "benchmarks",
    [
        invent.samples(repetitions=2),
        invent.samples(["ring"], ["sun4u/pools:1"], [1], 1),
        invent.samples(["a", "b", "c"], ["new/pools:2"], [1, 3, 64], 1),
        invent.samples(["ring"], [f"new{n}/pools:2" for n in range(30)], [4], 1),
    ],
)
def test_drawing(tmp_path: Path, benchmarks: List[Document]) -> None:
    (picture,) = pictures_of(tmp_path, invent.document(benchmarks)).values()
    drawn = render.draw(picture)
    assert len(drawn.axes) == len(picture.panels)
    assert all(axes.get_ylim()[0] == 0 for axes in drawn.axes)
    assert render.render(drawn, "png", picture).startswith(PNG_START)
    xml.dom.minidom.parseString(render.render(drawn, "svg", picture))


def test_ticks_are_the_cpu_counts(tmp_path: Path) -> None:
    benchmarks = invent.samples(["ring"], cpus=[1, 2, 4, 6], repetitions=1)
    (picture,) = pictures_of(tmp_path, invent.document(benchmarks)).values()
    axes = render.draw(picture).axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == list("1246")
    assert axes.get_ylabel() == "Mops/s, all CPUs together"


# Command line


def test_plot_writes_and_names_its_files(tmp_path: Path) -> None:
    path = write(tmp_path, small_document(), "a.b.json")
    result = run_report("plot", str(path))
    assert (result.returncode, result.stderr) == (0, "")
    names = [Path(line) for line in result.stdout.splitlines()]
    stem = "a.b-mmio-16-150-600-occupancy-5-tas-think-0"
    assert names == [tmp_path / f"{stem}.svg", tmp_path / f"{stem}.png"]
    assert all(name.stat().st_size > 5000 for name in names)


def test_svg_is_the_same_each_time(tmp_path: Path) -> None:
    path = write(tmp_path, small_document())
    contents = []
    for name in ("one", "two/deep"):
        result = run_report(
            "plot", str(path), "--out-dir", str(tmp_path / name), "--format", "svg"
        )
        (written,) = result.stdout.splitlines()
        contents.append(Path(written).read_bytes())
    assert contents[0] == contents[1]


def test_odd_characters(tmp_path: Path) -> None:
    document = small_document()
    ours = document["context"]["iommubench"]
    ours["command_line"] = "iommubench run --out '$HOME/$x_{' <&> \x01 \\frac"
    ours["host"]["cpu_model"] = "UltraSPARC\u2122 T2 \n $"
    result = run_report("plot", str(write(tmp_path, document)))
    assert (result.returncode, result.stderr) == (0, "")
    svg = Path(result.stdout.splitlines()[0])
    xml.dom.minidom.parseString(svg.read_bytes())


def test_wrong_usage(tmp_path: Path) -> None:
    good = str(write(tmp_path, small_document()))
    bad = copy.deepcopy(small_document())
    bad["benchmarks"] = []
    empty = str(write(tmp_path, bad, "empty.json"))
    cases: List[Tuple[List[str], str]] = [
        ([], "COMMAND"),
        (["draw"], "invalid choice"),
        (["plot"], "RUN.json"),
        (["plot", good, "--colour"], "--colour"),
        (["plot", good, "--format", "svg,pdf"], "'pdf'"),
        (["plot", good, "--format", ""], "''"),
        (["plot", good, "--out-dir", good], "choose another place"),
        (["plot", str(tmp_path / "none.json")], "No such file"),
        (["plot", empty], "no timing sample"),
    ]
    for arguments, message in cases:
        result = run_report(*arguments)
        assert result.returncode == 2, arguments
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1, result.stderr
        assert message in result.stderr


def test_help(capsys: "pytest.CaptureFixture[str]") -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--help"])
    assert caught.value.code == 0
    assert plot.HELP in capsys.readouterr().out
