# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of figures: what is in it reaches all that reads results."""

import copy
import gzip
import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List

import fastjsonschema
import jsonschema
import pytest

import results_sample as invent
from cli import ROOT
from report import ReportError
from report.draw import counters
from report.read import figures as read, schema as composed
from report.read.format1 import upgraded
from report.read.load import load_run, read_document, run_of
from report.site.figures import has_pages
from report.store.figures import figures_of
from store_sample import good

Document = Dict[str, Any]

# What format 1 called the figures of samples.
RENAMED = {
    "pairs_per_second": "ops_per_second",
    "flushes_per_kpair": "flushes_per_kop",
    "remote_pool_share": "fallback_pool_share",
    "own_pool_occupancy": "local_pool_utilization",
    "stale_reuse_per_kpair": "stale_reuse_per_kop",
    "stale_hits_per_kpair": "stale_hits_per_kop",
    "window_pairs_p50": "window_ops_p50",
    "window_pairs_p99": "window_ops_p99",
    "window_pairs_max": "window_ops_max",
    "pairs_per_flush": "ops_per_flush",
    "disturbed": "noisy",
}
# Numbers of a sample that are no figures.
PLACES = (
    "family_index per_family_instance_index repetitions repetition_index threads order"
    " seed error_occurred layout block"
).split()
CACHES: List[Any] = [
    read.figures,
    read._places,
    read.names_since_format_1,
    composed.schema,
    composed._fast_check,
]

COMMITTED = sorted(
    path
    for folder in ("reference", "demo")
    for path in (ROOT / "results" / folder).rglob("*.json*")
    if path.suffix in (".json", ".gz")
)


def listed() -> List[Document]:
    """The entries of results/figures.json."""
    text = (ROOT / "results" / "figures.json").read_text(encoding="utf-8")
    entries: List[Document] = json.loads(text)["figures"]
    return entries


@pytest.fixture(name="use")
def _use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[List[Document]], Path]]:
    """Makes the report read these entries instead."""

    def use(entries: List[Document]) -> Path:
        path = tmp_path / "figures.json"
        path.write_text(json.dumps({"figures": entries}), encoding="utf-8")
        monkeypatch.setattr(read, "FIGURES_PATH", path)
        for cached in CACHES:
            cached.cache_clear()
        return path

    yield use
    monkeypatch.undo()
    for cached in CACHES:
        cached.cache_clear()


# A new figure is one entry

TRIAL = {
    "name": "trial_ns",
    "title": "time of a trial",
    "unit": "ns/op",
    "passes": ["counters"],
    "better": "less",
    "history": "page",
    "watched": True,
    "heads": ["tri-", "al ns"],
    "table": "wide",
    "maximum": 1000,
    "meaning": "Time that a trial took.",
}


def with_trial(value: object) -> Document:
    """A document with counters samples that have the figure."""
    timing = invent.samples(["ring"], ["sun4u/pools:1"], [1, 2], repetitions=6)
    counted = copy.deepcopy(timing)
    for order, sample in enumerate(counted, len(timing)):
        sample.update({"pass": "counters", "order": order, "trial_ns": value})
    for sample in timing:
        sample["trial_ns"] = 1.0
    return invent.document([*timing, *counted])


def test_a_new_figure_is_one_entry(use: Callable[[List[Document]], Path]) -> None:
    """It is in the schema, the plots, the store and the pages; from its own pass."""
    use([*listed(), TRIAL])
    rule = composed.schema()["definitions"]["sample"]["properties"]["trial_ns"]
    assert rule["description"] == "Time that a trial took. Unit: ns/op."
    for wrong in ("7", -1, 1001):
        with pytest.raises(ReportError, match="trial_ns"):
            run_of(with_trial(wrong), Path("x.json"))

    run = run_of(with_trial(7.5), Path("x.json"))
    (picture,) = counters.make_pictures(run).values()
    (panel,) = [each for each in picture.panels if "trial_ns" in each.title]
    assert panel.scale.label == "time of a trial, ns/op"

    kept = [each for each in figures_of(run) if each.name == "trial_ns"]
    assert {(each.pass_name, each.interval.median) for each in kept} == {
        ("counters", 7.5)
    }
    it = read.figure("trial_ns")
    assert has_pages("trial_ns") and it.watched and it.heading == "trial ns"


def test_without_its_entry_it_is_a_number(
    use: Callable[[List[Document]], Path]
) -> None:
    """What events that were asked for are: kept, drawn and shown, but not watched."""
    use(listed())
    run = run_of(with_trial(1001), Path("x.json"))
    assert "trial_ns" in {each.name for each in figures_of(run)}
    (picture,) = counters.make_pictures(run).values()
    assert any("trial_ns" in each.title for each in picture.panels)
    assert has_pages("trial_ns") and not read.figure("trial_ns").watched


@pytest.mark.parametrize(
    "change, message",
    [
        ({"better": "most"}, "better: 'most' is none of more, less, neither"),
        ({"history": "no"}, "history: 'no' is none of page, store, none"),
        ({"name": "real_time"}, "real_time is listed twice"),
        ({"title": None}, "'title' is missing"),
    ],
)
def test_entries_that_are_wrong(
    use: Callable[[List[Document]], Path], change: Document, message: str
) -> None:
    """Named with their place, in a line."""
    entry = {k: v for k, v in {**TRIAL, **change}.items() if v is not None}
    path = use([*listed(), entry])
    with pytest.raises(ReportError) as caught:
        read.figures()
    assert str(caught.value) == f"{path}: figures[{len(listed())}]: {message}"


def test_a_list_that_is_none(use: Callable[[List[Document]], Path]) -> None:
    """Not JSON, or not there."""
    path = use([])
    path.write_text("[]", encoding="utf-8")
    with pytest.raises(ReportError, match="not a list of figures"):
        read.figures()
    path.unlink()
    with pytest.raises(ReportError, match="install"):
        read.figures()


def test_places_are_those_of_the_list() -> None:
    """Pages and panels show figures as they are listed, then events by name."""
    names = [entry["name"] for entry in listed()]
    shuffled = ["zz_event", "aa_event", *reversed(names)]
    assert sorted(shuffled, key=read.in_order) == [*names, "aa_event", "zz_event"]
    assert read.figure("fairness").heading == "fairness"
    assert read.figure("hold_ns_p50").heading == "hold p50 ns"


# The schema


def test_the_schema_is_printed_whole() -> None:
    """It describes every figure, and is a schema."""
    schema = json.loads(good("schema"))
    jsonschema.Draft7Validator.check_schema(schema)
    properties = schema["definitions"]["sample"]["properties"]
    for entry in listed():
        assert properties[entry["name"]]["description"].startswith(entry["meaning"])
    for name, least, most in (("fairness", 0, 1), ("lock_sample", 1, None)):
        assert properties[name].get("minimum") == least
        assert properties[name].get("maximum") == most
    assert properties["contentions"]["type"] == "integer"


def test_schema_json_names_no_figure() -> None:
    """Its own properties of a sample say which one it is; figures are listed once."""
    # It refuses keys that occur twice.
    schema = read_document(composed.SCHEMA_PATH)
    properties = schema["definitions"]["sample"]["properties"]
    assert not properties.keys() & {entry["name"] for entry in listed()}
    assert read_document(read.FIGURES_PATH)["figures"] == listed()


# Files of format 1


@pytest.mark.parametrize("path", COMMITTED, ids=str)
def test_committed_files_give_the_numbers_that_they_have(path: Path) -> None:
    """All of them, under the names of format 2; and they fit schema.json alone."""
    raw = path.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        raw = gzip.decompress(raw)
    document = json.loads(raw)
    old = document["context"]["iommubench"]["format"] == 1
    _alone()(upgraded(document) if old else document)
    samples = load_run(path).samples
    assert len(samples) == len(document["benchmarks"]) > 0
    for sample, entry in zip(samples, document["benchmarks"]):
        numbers = {
            RENAMED.get(name, name) if old else name: value
            for name, value in entry.items()
            if isinstance(value, (int, float)) and name not in PLACES
        }
        assert sample.figures == ({} if sample.failed else numbers)
        assert [each.ops for each in sample.threads] == [
            each["pairs" if old else "ops"] for each in entry.get("per_thread", ())
        ]


@lru_cache(maxsize=None)
def _alone() -> Callable[[Document], Any]:
    """Raises if a document does not fit results/schema.json as it is."""
    text = composed.SCHEMA_PATH.read_text(encoding="utf-8")
    check: Callable[[Document], Any] = fastjsonschema.compile(json.loads(text))
    return check


def test_there_are_files_of_format_1() -> None:
    """Plain ones and some that gzip has made smaller."""
    assert len(COMMITTED) > 20
    starts = {path.read_bytes()[:2] for path in COMMITTED}
    assert b"\x1f\x8b" in starts and len(starts) > 1
