# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of the page of the claims, its files, its fits, and of what is refused."""

import csv
import json
import xml.dom.minidom
from dataclasses import replace
from html.parser import HTMLParser
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Tuple

import pytest

import results_sample as invent
from claims_sample import MARGIN, SIM, cell, data_of, run_of, samples
from report import ReportError
from report.__main__ import main
from report.claims import document, scalability
from report.claims.case import FILL, Chart, Row, Value
from report.claims.data import Data, gather, load
from report.claims.document import Block, Heading, Image, Items, Table, Text
from report.claims.document import Verbatim
from report.claims.draw import as_svg
from report.claims.findings import findings
from report.claims.flush_claims import once_a_map
from report.claims.page import build
from report.claims.panels import panels
from report.claims.variants import LOCAL_16, POOLED_1, POOLED_16, STALE_1
from report.claims.variants import SUN4U
from report.read.run import Run
from report.text import templates

pytestmark = pytest.mark.skipif(
    find_spec("jinja2") is None, reason="no jinja2: make deps installs it"
)

HOSTILE = "<script>alert(1)</script> & | `x` *y* [z](w)"
Document = Dict[str, Any]


def written(
    directory: Path, change: Optional[Callable[[Document], Any]] = None
) -> Path:
    """A results file with a few variants on 1 and 2 CPUs."""
    made = invent.document(
        invent.samples(["ring"], [SUN4U, POOLED_1, POOLED_16], repetitions=6)
    )
    if change:
        change(made)
    path = directory / "run.json"
    path.write_text(json.dumps(made), encoding="utf-8")
    return path


def rename_host(made: Document) -> None:
    """A host whose name is anything but text."""
    made["context"]["iommubench"]["host"]["name"] = HOSTILE


class Tags(HTMLParser):
    """Which elements a page has, and whether each is closed again."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: List[str] = []
        self.open: List[str] = []

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        self.seen.append(tag)
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_page_is_written(tmp_path: Path, capsys: "pytest.CaptureFixture[str]") -> None:
    """From a file to the page, with all claims, and names that mean nothing."""
    source = written(tmp_path, rename_host)
    out = tmp_path / "new" / "folder"
    assert main(["claims", str(source), "--out-dir", str(out)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("To Benjamin Herrenschmidt: ")
    heads = [line[:4] for line in lines if line[:1] == "C"]
    assert heads == [f"C{i}  " for i in range(1, 9)]
    assert lines[-1].startswith("page: ")
    assert "C7  One lock does not scale" in "\n".join(lines)
    told = "\n".join(lines)
    assert "C1  One pool" in told and "\n    this host: " in told
    assert "\n    not measured\n" in told
    assert max(map(len, lines[:-1])) <= 80
    page = (out / "claims.html").read_text(encoding="utf-8")
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "script" not in tags.seen
    assert "http" not in page.replace("http-equiv", "")
    text = (out / "claims.md").read_text(encoding="utf-8")
    assert "<script" not in text.replace("\\<", "")
    for picture in out.glob("*.svg"):
        assert f"({picture.name})" in text
        xml.dom.minidom.parse(str(picture))
    assert page.count("<img") == text.count("![") == len(list(out.glob("*.svg"))) > 3
    with (out / "claims.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["claim"] for row in rows} >= {"C1", "C2", "C6", "C7"}
    judged = {row["answer"] for row in rows if row["answer"]}
    assert judged <= {"holds", "fails", "cannot tell"}


def test_html_of_each_block() -> None:
    """Whatever stands in a block is text, and columns are marked for what they hold."""
    blocks: List[Block] = [
        Heading(1, "a <b>"),
        Text("c & d", "lead <i>"),
        Text("e"),
        Items(["f", "<g>"]),
        Table(["h", "n m"], [["i j", "1"], ["<k>", "2"]], numbers=(1,)),
        Image("f.svg", '"words"', b"<svg/>"),
        Verbatim("make <x>\n  y"),
    ]
    page = document.html(blocks)
    assert page.startswith('<!DOCTYPE html>\n<html lang="en">\n<head>\n')
    assert "<title>a &lt;b&gt;</title>" in page
    assert page.partition("<body>\n")[2].splitlines() == [
        "<h1>a &lt;b&gt;</h1>",
        "<p><strong>lead &lt;i&gt;</strong> c &amp; d</p>",
        "<p>e</p>",
        "<ul>",
        "<li>f</li>",
        "<li>&lt;g&gt;</li>",
        "</ul>",
        '<div class="wide"><table>',
        '<thead><tr><th class="word">h</th><th class="number">n m</th></tr></thead>',
        "<tbody>",
        '<tr><td>i j</td><td class="number">1</td></tr>',
        '<tr><td class="word">&lt;k&gt;</td><td class="number">2</td></tr>',
        "</tbody>",
        "</table></div>",
        '<p><img alt="&#34;words&#34;" src="data:image/svg+xml;base64,PHN2Zy8+"></p>',
        "<pre>make &lt;x&gt;",
        "  y</pre>",
        "</body>",
        "</html>",
    ]


def test_without_jinja2_it_says_what_to_install(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: "pytest.CaptureFixture[str]",
) -> None:
    """Before anything is computed or written."""
    monkeypatch.setattr(templates, "find_spec", lambda name: None)
    out = tmp_path / "out"
    assert main(["claims", str(written(tmp_path)), "--out-dir", str(out)]) == 2
    assert "apt install python3-jinja2" in capsys.readouterr().err
    assert not out.exists()


def texts(data: Data) -> str:
    """The page as Markdown, without its drawings' content."""
    blocks = build(data, findings(data, MARGIN), scalability.fits(data), MARGIN)
    return document.markdown(blocks)


def test_missing_is_said(tmp_path: Path) -> None:
    """What was not measured, failed, or is not finished."""
    taken = samples(cell(SUN4U, SIM))
    taken[1] = replace(taken[1], figures={}, error="stuck <b>")
    run = replace(
        run_of(tmp_path, taken),
        complete=False,
        planned_samples=7,
        omitted={"a": "more CPUs than there are", "b": "more CPUs than there are"},
    )
    page = texts(gather([run]))
    assert "Nothing was measured on this host itself." in page
    assert "incomplete, 4 of 7 planned samples" in page
    assert "1 samples failed, the first with 'stuck \\<b\\>'" in page
    assert "2 cells left out: more CPUs than there are." in page
    for number in (1, 2, 3, 4, 6, 7, 8):
        assert f"C{number}: nothing to answer from; it needs " in page
    assert "| not measured |" in page


def test_what_the_tests_are_is_said(tmp_path: Path) -> None:
    """Which claims are judged how, and that measured times are of one layout."""
    page = texts(data_of(tmp_path, samples(cell(SUN4U)), samples(cell(POOLED_1))))
    assert "C1, C6 and C8's costs are judged so" in page
    assert "C2, C3, C4, C5 and C7 compare a figure with a limit" in page
    assert "one binary, that is of one link layout" in page


def other_run(tmp_path: Path, **changes: Any) -> Tuple[Run, Run]:
    """Two runs, of which the second is changed."""
    first = run_of(tmp_path, samples(cell(SUN4U)), "a.json")
    second = run_of(tmp_path, samples(cell(POOLED_1)), "b.json")
    return first, replace(second, **changes)


def test_runs_of_one_host_go_together(tmp_path: Path) -> None:
    """Their cells are all there, but only those of one run are compared."""
    data = gather(other_run(tmp_path))
    assert len(data.cells) == 2
    assert not findings(data, MARGIN)[0].cases


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"entries": 16}, "its number of entries is 16, that of"),
        ({"commit": "f" * 40}, "its commit is ffff"),
        ({"compiler": "clang 1"}, "its compiler is clang 1"),
    ],
)
def test_other_builds_are_refused(
    tmp_path: Path, changes: Dict[str, Any], message: str
) -> None:
    """One page is of one host and one build."""
    with pytest.raises(ReportError, match=message):
        gather(other_run(tmp_path, **changes))


def test_other_hosts_are_refused(tmp_path: Path) -> None:
    """Whatever else is alike."""
    first, second = other_run(tmp_path)
    second = replace(second, host=replace(second.host, name="elsewhere"))
    with pytest.raises(ReportError, match="its host is elsewhere, that of"):
        gather([first, second])


def test_twice_the_same_cell(tmp_path: Path) -> None:
    """Two files have it."""
    first, second = other_run(tmp_path)
    with pytest.raises(ReportError, match="ring/sun4u.* is in .*a.json too"):
        gather([first, replace(second, samples=first.samples)])


def test_a_comparison_is_refused(tmp_path: Path) -> None:
    """Its samples are of two programs."""
    taken = [replace(sample, side="base") for sample in samples(cell(SUN4U))]
    with pytest.raises(ReportError, match="is a comparison"):
        gather([run_of(tmp_path, taken)])


def test_no_time_samples(tmp_path: Path) -> None:
    """A run of other passes has nothing to say."""
    taken = [replace(s, pass_name="counters") for s in samples(cell(SUN4U))]
    with pytest.raises(ReportError, match="no timing samples"):
        gather([run_of(tmp_path, taken)])


def test_empty_folder(tmp_path: Path) -> None:
    """A folder stands for the results in it."""
    with pytest.raises(ReportError, match=r"no results file \(\*\.json\) in it"):
        load([tmp_path])


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["claims"], "required: RESULTS"),
        (["claims", "nowhere.json"], "nowhere.json: No such file"),
        (["claims", "x", "--margin", "0%"], "'0%' is not a percentage"),
        (["claims", "x", "--margin", "five"], "'five' is not a percentage"),
    ],
)
def test_wrong_usage(
    arguments: List[str], message: str, capsys: "pytest.CaptureFixture[str]"
) -> None:
    """One line, exit 2."""
    try:
        status = main(arguments)
    except SystemExit as error:
        status = int(error.code or 0)
    assert status == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


@pytest.mark.parametrize("content", ["", "{", '{"context": {}}', "[1, 2]"])
def test_foreign_files(
    tmp_path: Path, content: str, capsys: "pytest.CaptureFixture[str]"
) -> None:
    """Cut off, or of somebody else."""
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    assert main(["claims", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"report: {tmp_path / 'x.json'}: ")
    assert said.count("\n") == 1


def test_out_dir_that_is_a_file(
    tmp_path: Path, capsys: "pytest.CaptureFixture[str]"
) -> None:
    """The page cannot be written there."""
    source = written(tmp_path)
    assert main(["claims", str(source), "--out-dir", str(source)]) == 2
    assert "cannot be written" in capsys.readouterr().err


def law(cpus: int, sigma: float, kappa: float) -> float:
    """ns a pair and CPU by the law, 100 ns on one CPU."""
    return 100 * (1 + sigma * (cpus - 1) + kappa * cpus * (cpus - 1))


def test_law_is_found_again(tmp_path: Path) -> None:
    """Coefficients that were put in come out; where the law ends is found."""
    groups = []
    for cpus in (1, 2, 4, 8, 16):
        groups.append(samples(cell(SUN4U, SIM, cpus), law(cpus, 0.3, 0.02)))
        # By the law to 8 CPUs, and then no more; by no law at all.
        broken = 1 if cpus < 16 else 20
        groups.append(samples(cell(POOLED_16, SIM, cpus), broken * law(cpus, 0.1, 0)))
        jumping = 1000.0 if cpus in (2, 8) else 100.0
        groups.append(samples(cell(POOLED_1, SIM, cpus), jumping))
        if cpus < 8:  # too few counts
            groups.append(samples(cell(STALE_1, SIM, cpus), 100.0))
    data = data_of(tmp_path, *groups)
    found = {each.where.variant: each for each in scalability.fits(data)}
    assert set(found) == {SUN4U, POOLED_16, POOLED_1}
    assert found[SUN4U].counts[-1] == 16
    assert found[SUN4U].law.sigma.value == pytest.approx(0.3, rel=0.01)
    assert found[SUN4U].law.kappa.value == pytest.approx(0.02, rel=0.01)
    assert found[POOLED_16].counts[-1] == 8
    assert found[POOLED_16].law.sigma.value == pytest.approx(0.1, rel=0.01)
    assert found[POOLED_16].residual > 0.1
    assert not found[POOLED_1].fits
    page = texts(data)
    assert "4 CPU counts are needed and none were measured" in page
    assert f"| {POOLED_16} | 1 to 8 |" in page
    assert f"| {POOLED_1} | none |" in page


def test_panels_show_like_cells(tmp_path: Path) -> None:
    """A panel has the conditions that most cells share, and says which."""
    run = [
        *samples(cell(SUN4U, cpus=1)),
        *samples(cell(SUN4U, cpus=2)),
        *samples(cell(SUN4U, cpus=2, workload="churn")),
        *samples(cell(SUN4U, SIM, cpus=2)),
    ]
    data = data_of(tmp_path, run)
    rows = [Row(taken.where, Value(1, 0.5, 2)) for taken in data.cells.values()]
    chart = Chart("x", "t", "l", rows, "cpus", "variant", ("machine", "think_ns"))
    native, simulated = panels(chart)
    assert native.title == "this host, think time 0 ns"
    assert "ring" in native.rest and "utilization 5 %" in native.rest
    assert [point.x for point in native.lines[SUN4U]] == [1, 2]
    assert simulated.title == f"simulated {SIM}, think time 0 ns"
    svg = as_svg(chart, ["foot"]).decode()
    assert svg == as_svg(chart, ["foot"]).decode()
    assert "1 panels whose lines are single points" in svg


def test_flushes_over_how_full_the_own_pools_are(tmp_path: Path) -> None:
    """Where pools differ in number their fill is the axis, and not the utilization."""
    run = []
    for share in (3, 5, 50):
        for variant, fill in ((SUN4U, share), (LOCAL_16, min(16 * share / 2, 99.2))):
            here = cell(variant, cpus=2, occupancy=share)
            figures = {"flushes_per_kop": 2 * share, FILL: fill}
            run += samples(here, **figures)
    data = data_of(tmp_path, run)
    finding = once_a_map(data, MARGIN)
    (chart,) = finding.charts
    assert chart.x == FILL
    (panel,) = panels(chart)
    assert [point.x for point in panel.lines[SUN4U]] == [3, 5, 50]
    assert [point.x for point in panel.lines[LOCAL_16]] == [24, 40, 99.2]
    assert "utilization" not in panel.rest and "ring" in panel.rest
    svg = as_svg(chart, ["foot"]).decode()
    assert "local pool utilization, %" in svg
    # Nothing is known of where a point without it belongs.
    rows = [Row(row.where, row.value) for row in chart.rows]
    assert not panels(replace(chart, rows=rows))


def test_document_escapes() -> None:
    """Whatever text comes in, it stays text."""
    blocks: List[Block] = [
        Heading(1, HOSTILE),
        Text(HOSTILE, HOSTILE),
        Items([HOSTILE, "two\nlines"]),
        Table(["a|b", HOSTILE], [[HOSTILE, "1"]], (1,)),
        Verbatim(HOSTILE),
    ]
    tags = Tags()
    tags.feed(document.html(blocks))
    assert "script" not in tags.seen
    lines = document.markdown(blocks).splitlines()
    table = [line for line in lines if line.startswith("| ")]
    assert [line.replace("\\|", "").count("|") for line in table] == [3, 3, 3]
    assert "- two lines" in lines
    outside = "\n".join(line for line in lines if not line.startswith("    "))
    assert "<script" not in outside.replace("\\<", "")
