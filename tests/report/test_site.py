# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard's site as files; tests/browser has it in a browser."""

import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple, cast

import pytest

pytest.importorskip("jinja2", reason="no jinja2: make deps installs it")
pytest.importorskip("sqlalchemy", reason="no sqlalchemy: make deps installs it")

from report import ReportError, __main__ as command  # noqa: E402
from report.commands import dashboard  # noqa: E402
from report.changes.alerts import alerts_of, changes_of  # noqa: E402
from report.changes.size import Size  # noqa: E402
from report.site import data, make_site  # noqa: E402
from report.site.host_lines import flat  # noqa: E402
from report.read.figures import figure, figures  # noqa: E402
from report.site.figures import (  # noqa: E402
    has_pages,
    number,
    percent,
    shown,
    unit_behind,
)
from report.site.history import Archive, series_id  # noqa: E402
from report.site.tables import Near  # noqa: E402
from report.site.write import MARK, Folder  # noqa: E402
from report.store import Store, open_store  # noqa: E402
from report.text import templates  # noqa: E402
import postgres  # noqa: E402
from site_sample import (  # noqa: E402
    NASTY,
    InMemory,
    alert_of,
    base_run,
    fake_uplot,
    fill,
    small_store,
)

VOID = "meta link br input img hr wbr area base col embed source track".split()


class Page(HTMLParser):
    """What the tests ask of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.links: List[str] = []
        self.policy = ""
        self.forbidden: List[str] = []
        self._open: List[str] = []
        self.text = ""
        self.feed(path.read_text(encoding="utf-8"))
        self.unclosed = self._open

    def handle_starttag(self, tag: str, attrs: List[Tuple[str, Optional[str]]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.links += [given[name] for name in ("href", "src") if name in given]
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]
        if tag == "style" or (tag == "script" and not given.get("src")):
            self.forbidden.append(f"<{tag}>")
        self.forbidden += [
            name for name in given if name == "style" or name.startswith("on")
        ]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module", name="uplot")
def _uplot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fake_uplot(tmp_path_factory.mktemp("uplot") / "uplot")


@pytest.fixture(scope="module", name="site")
def _site(uplot: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two hosts, one with a page of claims."""
    folder = tmp_path_factory.mktemp("site")
    claims = folder / "results" / "a host" / "claims"
    claims.mkdir(parents=True)
    (claims / "claims.html").write_text("<!doctype html><title>claims</title>")
    alerts = small_store(folder / "history.db")
    with open_store(str(folder / "history.db")) as store:
        make_site(Archive(store, alerts), folder / "out", uplot, [folder / "results"])
    return folder / "out"


def tiny(runs: int = 3, cells: int = 4) -> Store:
    """What Store answers, without one."""
    return cast(Store, InMemory(runs, cells))


def pages(site: Path) -> Dict[Path, Page]:
    """All pages of our making."""
    return {
        path: Page(path)
        for path in site.rglob("*.html")
        if path.parent.name != "claims"
    }


def test_every_page_is_whole_and_has_the_policy(site: Path) -> None:
    for path, page in pages(site).items():
        assert page.unclosed == [], path
        assert page.forbidden == [], path
        rules = dict(rule.split(" ", 1) for rule in page.policy.split("; "))
        assert rules["default-src"] == "'none'"
        assert rules["script-src"] == rules["style-src"] == "'self'"
        assert "unsafe" not in page.policy and "http" not in page.policy


def test_every_link_leads_to_a_file(site: Path) -> None:
    for path, page in pages(site).items():
        for link in page.links:
            target = link.partition("#")[0]
            assert not re.match("[a-z]+:|//", target), (path, link)
            if target:
                assert (path.parent / target).is_file(), (path, link)


def test_every_page_is_reached_from_the_first(site: Path) -> None:
    seen, new = set(), {site / "index.html"}
    while new:
        path = new.pop()
        seen.add(path)
        links = [link.partition("#")[0] for link in Page(path).links]
        found = {(path.parent / link).resolve() for link in links if ".html" in link}
        new |= found - seen
    assert seen == {path.resolve() for path in site.rglob("*.html")}


def test_names_are_text_in_pages_and_data(site: Path) -> None:
    with_name = [page for page in pages(site).values() if NASTY in page.text]
    assert len(with_name) > 12
    for path in site.rglob("*.html"):
        assert "<script>document" not in path.read_text(encoding="utf-8")
    for path in (site / "data").iterdir():
        assert re.fullmatch(r"(host|series|run|looks)-[0-9a-z]+\.js", path.name)
        assert path.read_text(encoding="utf-8").isascii()


def test_claims_are_copied_and_linked(site: Path) -> None:
    claims = [x for x in Page(site / "index.html").links if x.startswith("claims/")]
    assert len(claims) == 1
    assert "<title>claims" in (site / claims[0]).read_text()


def test_a_change_stands_where_it_should(site: Path) -> None:
    overview = Page(site / "index.html").text
    assert "+12.0 %" in overview and "24 worse" in overview
    assert "21 more" in overview and "Changed too: kernel: one" in overview
    assert "[+11.5 % .. +12.5 %]" in overview
    assert "invented: change number 30" in overview


def test_hosts_are_never_mixed(site: Path) -> None:
    lengths = set()
    for path in (site / "data").glob("series-*"):
        at = re.search(r'"at":\[([0-9,]*)\]', path.read_text())
        assert at
        lengths.add(len(at[1].split(",")))
    assert lengths == {40, 12}


def test_a_site_is_the_same_each_time(tmp_path: Path, uplot: Path) -> None:
    for name in ("one", "two"):
        make_site(Archive(tiny(), ()), tmp_path / name, uplot)
    for path in (tmp_path / "one").rglob("*.js"):
        again = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == again.read_bytes()


def test_postgresql_gives_the_same_site(
    server: postgres.Server, tmp_path: Path, uplot: Path
) -> None:
    run = base_run(variants=("sun4u/pools:1",), workloads=("ring",))
    for name, url in (("one", server.new_url()), ("two", str(tmp_path / "db"))):
        with open_store(url, create=True) as store:
            fill(store, run, 25, step=15)
            alerts = alerts_of(store, changes_of(store))
            make_site(Archive(store, alerts), tmp_path / name, uplot)
    one, two = contents(tmp_path / "one"), contents(tmp_path / "two")
    assert one == two
    assert "worse" in one["index.html"]


def contents(site: Path) -> Dict[str, str]:
    """The text of each page and data file, but for the store's name and the time."""
    return {
        str(path.relative_to(site)): re.sub(
            "<footer>.*</footer>", "", path.read_text(encoding="utf-8"), flags=re.S
        )
        for path in site.rglob("*")
        if path.suffix in (".html", ".js")
    }


def test_more_events_than_fit_have_a_page(tmp_path: Path, uplot: Path) -> None:
    store = tiny(40)
    series = store.series()[:1]
    alerts = [alert_of(store.runs(), step, series, -0.05) for step in range(36, 6, -1)]
    make_site(Archive(store, alerts), tmp_path / "out", uplot)
    overview = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert overview.count('class="event"') == 12
    assert 'href="moved.html">All 30' in overview
    moved = (tmp_path / "out" / "moved.html").read_text(encoding="utf-8")
    assert moved.count('class="event"') == 30


def test_from_and_to_nothing_is_said_where_it_is_so(
    tmp_path: Path, uplot: Path
) -> None:
    """A ratio is missing as soon as one value is 0, whatever the medians are."""
    store = tiny(40)
    for before, after, words in ((0, 2, "from 0"), (2, 0, "to 0"), (1, 3, "\u2013")):
        alert = alert_of(store.runs(), 20, store.series()[:1])
        size = Size(before, after, None, None, None)
        alert = replace(alert, lead=replace(alert.lead, size=size))
        make_site(Archive(store, [alert]), tmp_path / "out", uplot)
        overview = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
        assert re.findall(r'<td class="num"><span class="\w+">(.*?)<', overview) == [
            words
        ]


# ---- what is refused ------------------------------------------------------------


def run_command(*arguments: Any) -> int:
    """The exit status of `report dashboard` with these arguments."""
    return command.main(["dashboard", *map(str, arguments)])


def test_the_command_writes_the_site_and_says_where(
    tmp_path: Path, uplot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = base_run(variants=("sun4u/pools:1",), workloads=("ring",))
    with open_store(str(tmp_path / "db"), create=True) as store:
        fill(store, run, 25, step=15)
    given = ("--db", tmp_path / "db", "--uplot", uplot, "--claims", tmp_path)
    assert run_command(*given, "--out", tmp_path / "out") == 0
    assert capsys.readouterr().out == f"{tmp_path / 'out' / 'index.html'}\n"
    overview = Page(tmp_path / "out" / "index.html").text
    assert "worse" in overview and "Changed too: kernel" not in overview


def test_a_store_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command("--db", tmp_path / "no.db", "--out", tmp_path / "out") == 2
    error = capsys.readouterr().err
    assert "no.db" in error and error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_a_store_without_runs(
    tmp_path: Path, uplot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_store(str(tmp_path / "empty.db"), create=True).close()
    given = ("--db", tmp_path / "empty.db", "--uplot", uplot)
    assert run_command(*given, "--out", tmp_path / "out") == 2
    assert "has no runs; add some" in capsys.readouterr().err
    assert os.listdir(tmp_path) == ["empty.db"]


def test_without_uplot_it_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="fetch it from npm with `make uplot`"):
        make_site(Archive(tiny(), ()), tmp_path / "out", tmp_path)


def test_without_jinja2_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(templates, "find_spec", lambda name: None)
    assert run_command() == 2
    assert "apt install python3-jinja2" in capsys.readouterr().err


def test_only_an_older_site_is_replaced(tmp_path: Path, uplot: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    make_site(Archive(tiny(), ()), out, uplot)
    (out / "left.html").write_text("of an older site")
    make_site(Archive(tiny(), ()), out, uplot)
    assert not (out / "left.html").exists() and (out / "index.html").is_file()
    (out / MARK).unlink()
    with pytest.raises(ReportError, match="is not a dashboard, so it is not replaced"):
        make_site(Archive(tiny(), ()), out, uplot)
    assert os.listdir(tmp_path) == ["out"]


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder_is_left_alone(
    tmp_path: Path, uplot: Path, kind: str
) -> None:
    out = tmp_path / "out"
    if kind == "file":
        out.write_text("precious")
    else:
        out.symlink_to(tmp_path)
    with pytest.raises(ReportError, match="not replaced"):
        make_site(Archive(tiny(), ()), out, uplot)
    assert out.is_symlink() or out.read_text() == "precious"


def test_a_place_that_cannot_be_written(tmp_path: Path, uplot: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot be written: .*--out"):
        make_site(Archive(tiny(), ()), tmp_path / "file" / "out", uplot)


def test_a_failure_in_the_middle_leaves_the_older_site(tmp_path: Path) -> None:
    with Folder(tmp_path / "out") as folder:
        folder.write("index.html", "older")
    for failure in (OSError(28, "No space left on device"), KeyError("x")):
        with pytest.raises((ReportError, KeyError)):
            with Folder(tmp_path / "out") as folder:
                folder.write("index.html", "newer")
                raise failure
    assert (tmp_path / "out" / "index.html").read_text() == "older"
    assert os.listdir(tmp_path) == ["out"]


def test_a_cell_name_that_is_none_is_said(tmp_path: Path, uplot: Path) -> None:
    store = InMemory(2, 1)
    store._series = [replace(store.series()[0], cell="no/cell")]
    with pytest.raises(ReportError, match="not a cell name: 'no/cell'"):
        make_site(Archive(cast(Store, store), ()), tmp_path / "out", uplot)
    assert not (tmp_path / "out").exists()


# ---- parts ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "value, text",
    [
        (0, "0"),
        (13.2349, "13.23"),
        (9.99951, "10.00"),
        (99.996, "100.0"),
        (999.96, "1\u202f000"),
        (231422.4, "231\u202f422"),
        (0.122, "0.1220"),
        (0.00012346, "0.0001235"),
        (0.00001, "1.00e\u221205"),
        (-5.5, "\u22125.500"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number(value) == text


def test_no_digits_below_the_step_of_the_clock() -> None:
    hold = figure("hold_ns_p50")
    assert shown(hold, 30.04, 30.0444) == shown(hold, 12.0, 30.0444) == "<30"
    assert shown(hold, 35.05, 30.0444) == "35"
    assert shown(hold, 3.472, 0) == "3.472"
    assert shown(figure("hold_ns_mean"), 7.435, 30.0444) == "7.435"
    assert shown(figure("ops_per_second"), 75.59e6, 30.0444) == "75.59"


@pytest.mark.parametrize(
    "share, text",
    [
        (0.123, "+12.3 %"),
        (-0.031, "\u22123.1 %"),
        (1.5, "+150 %"),
        (0.001, "+0.10 %"),
        (0.000012, "+0.0012 %"),
        (0, "0 %"),
    ],
)
def test_changes_in_percent(share: float, text: str) -> None:
    assert percent(share) == text


def test_what_is_watched_can_get_better() -> None:
    """And what nobody knows cannot."""
    watched = [each for each in figures().values() if each.watched]
    assert len(watched) > 10 and all(each.better for each in watched)
    assert figure("likwid:NEW").better == figure("hold_ns_total").better == 0


def test_figures_that_nobody_knows_are_shown_under_their_name() -> None:
    assert figure("likwid:NEW").title == "likwid:NEW" and has_pages("likwid:NEW")
    assert figure("hold_flush_ns_total").title == "lock hold time with a flush, sum"
    assert unit_behind(figure("wait_ns_p999")) == "ns"
    assert figure("wait_ns_").title == "wait_ns_"
    assert has_pages("hold_ns_p50") and not has_pages("hold_ns_p999")
    # What it is counted per stands in its title.
    assert unit_behind(figure("flushes_per_kop")) == ""


def test_data_are_harmless_and_finite() -> None:
    text = data.script("host", "1", {"name": NASTY + "\u2028"})
    assert text.startswith('iommubench.add("host","1",') and text.isascii()
    with pytest.raises(ValueError):
        data.script("host", "1", float("nan"))
    assert data.short(1.23456789) == 1.23457
    assert data.short(123456.789123, exact=True) == 123456.789123


def test_near_series_differ_in_one_thing() -> None:
    archive = Archive(tiny(3, 8), ())
    near = Near(archive.series).of(archive.series[0])
    assert [text for text, _ in near["CPUs"]] == ["1", "2", "3", "4"]
    assert [text for text, _ in near["allocator"]] == [
        "pooled/pools:1",
        "pooled/pools:2",
    ]
    assert "figure" not in near and "workload" not in near


def test_ids_do_not_depend_on_the_store() -> None:
    one, other = tiny(3).series()[0], tiny(5).series()[0]
    assert series_id(one) == series_id(other)


def test_a_context_is_flattened_whole() -> None:
    assert flat({"a": {"b": [1, 2], "c": []}, "d": [{"e": None}], "f": {}}) == [
        ("a.b", "1, 2"),
        ("a.c", "none"),
        ("d[0].e", "null"),
        ("f", "{}"),
    ]


@pytest.mark.parametrize("scheme", [0, 1])
def test_text_is_told_from_its_ground(scheme: int) -> None:
    """The contrast of WCAG 2, level AA: 4.5 for text, in both colour schemes."""
    css = (Path(dashboard.__file__).parent.parent / "site/assets/style.css").read_text()
    block = re.findall(r":root \{(.*?)\}", css, re.S)[scheme]
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]+);", block))
    for name in ("text", "dim", "link", "worse", "better", "flag", "mark"):
        for ground in ("back", "soft"):
            assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of #rgb or #rrggbb."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * d for d in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear: List[float] = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
