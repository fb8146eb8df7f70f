# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of what other systems are given: OpenMetrics, CSV, Google Benchmark JSON."""

import csv
import io
import json
import shutil
import statistics
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any, Dict, List

import pytest

import results_sample as invent
from cli import ROOT
from store_sample import command, good, refused, report, run_document, write

ODD = 'a "quoted\\name\nnext", \u00fc'
DEMO = ROOT / "results" / "demo"
REFERENCE = ROOT / "results" / "reference" / "kvm-epyc-2cpu" / "default.json"


@pytest.fixture(name="db")
def _db(tmp_path: Path) -> str:
    """Three runs on a host, one on another with an odd name."""
    path = str(tmp_path / "history.db")
    for number in range(3):
        write(
            tmp_path / f"runs/{number}.json", run_document(number, pair_ns=100 + number)
        )
    write(tmp_path / "runs/odd.json", run_document(5, host=ODD))
    good("store", "add", str(tmp_path / "runs"), "--db", path)
    return path


def families(text: str) -> Dict[str, Any]:
    """The metrics, read by Prometheus' own strict parser."""
    parser = pytest.importorskip(
        "prometheus_client.openmetrics.parser",
        reason="python3-prometheus-client is not installed: make deps installs it",
    )
    found = list(parser.text_string_to_metric_families(text))
    names = [family.name for family in found]
    assert len(names) == len(set(names))
    return dict(zip(names, found))


def test_openmetrics(db: str) -> None:
    text = good("export", "--format", "openmetrics", "--db", db)
    assert text.endswith("\n# EOF\n")
    found = families(text)
    samples = found["iommubench_real_time"].samples
    assert len(samples) == 2 * 4
    mine = [
        one
        for one in samples
        if one.labels["host"] == "invented-host" and one.labels["allocator"] == "sun4u"
    ]
    assert [one.value for one in mine] == pytest.approx([100.25, 101.2525, 102.255])
    assert [float(one.timestamp) for one in mine] == sorted(
        float(one.timestamp) for one in mine
    )
    assert mine[0].labels["flush"] == invent.FLUSH and mine[0].labels["cpus"] == "1"
    assert {one.labels["host"] for one in samples} == {"invented-host", ODD}
    lows = found["iommubench_real_time_low"].samples
    highs = found["iommubench_real_time_high"].samples
    for low, middle, high in zip(lows, samples, highs):
        assert low.labels == middle.labels == high.labels
        assert low.value <= middle.value <= high.value


def test_openmetrics_latest(db: str) -> None:
    text = good("export", "--format", "openmetrics", "--latest", "--db", db)
    samples = families(text)["iommubench_real_time"].samples
    assert len(samples) == 2 * 2
    assert all(one.timestamp is None for one in samples)
    assert max(one.value for one in samples) == pytest.approx(102.255)


def test_two_runs_in_a_second(tmp_path: Path) -> None:
    """A point of time has one value."""
    db = str(tmp_path / "h.db")
    for commit in ("a" * 40, "b" * 40):
        write(tmp_path / f"{commit}.json", run_document(1, commit=commit))
    good("store", "add", str(tmp_path), "--db", db)
    text = good("export", "--format", "openmetrics", "--db", db)
    assert text.count("iommubench_real_time{") == 2


def test_openmetrics_of_the_demonstration(tmp_path: Path) -> None:
    path = str(tmp_path / "h.db")
    good("store", "add", str(DEMO), "--db", path)
    words = ("export", "--format", "openmetrics", "--figure", "real_time")
    found = families(good(*words, "--db", path))
    samples = found["iommubench_real_time"].samples
    assert len(samples) == 9 * len(list(DEMO.glob("*.json")))
    assert {one.labels["profile"] for one in samples} == {"sun4v-t5-2"}


def test_csv(db: str, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    good("export", "--format", "csv", "--db", db, "--out", str(out))
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len({len(row) for row in rows}) == 1
    chosen = [row for row in rows if row["figure"] == "real_time"]
    assert len(chosen) == 8 and ODD in {row["host"] for row in chosen}
    row = chosen[0]
    assert float(row["low"]) <= float(row["median"]) <= float(row["high"])
    assert row["cell"].startswith(f"{row['workload']}/{row['allocator']}/pools:")
    assert row["date"].endswith("Z") and row["count"] == "6"
    latest = good("export", "--format", "csv", "--latest", "--db", db, "--host", ODD)
    found = list(csv.DictReader(io.StringIO(latest)))
    assert {row["host"] for row in found} == {ODD}


def test_refused(db: str, tmp_path: Path) -> None:
    refused(report("export", "--db", db), "--format")
    refused(report("export", "--format", "xml", "--db", db), "--help")
    refused(report("export", "--format", "csv", "--db", "/none.db"), "store add")
    words = ("export", "--format", "csv", "--db", db, "--out")
    refused(report(*words, str(tmp_path)), "Is a directory", "--out")
    refused(report(*words, "/dev/full"), "No space left", "--out")


def test_a_reader_that_has_enough(db: str) -> None:
    """`| head` is no error."""
    words = command("export", "--format", "csv", "--db", db)
    with subprocess.Popen(
        words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout and process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


# Google Benchmark JSON, as two services read it


def github_action_benchmark(document: Any) -> List[Dict[str, Any]]:
    """What github-action-benchmark makes of a file with `tool: googlecpp`.

    It takes name, real_time, time_unit, iterations, cpu_time and threads of each entry,
    and knows neither errors nor passes (its src/extract.ts).
    """
    return [
        {
            "name": str(entry["name"]),
            "value": float(entry["real_time"]),
            "unit": entry["time_unit"] + "/iter",
            "iterations": int(entry["iterations"]),
            "cpu": float(entry["cpu_time"]),
            "threads": int(entry["threads"]),
        }
        for entry in document["benchmarks"]
    ]


def bencher(document: Any) -> Dict[str, Decimal]:
    """What bencher's adapter cpp_google makes of it: latency in ns by name.

    It wants context.caches as a list, names that are not empty and one of four time
    units (its adapters/cpp/google.rs).
    """
    assert isinstance(document["context"]["caches"], list)
    units = {"ns": 1, "us": 10**3, "ms": 10**6, "s": 10**9}
    result = {}
    for entry in document["benchmarks"]:
        assert entry["name"]
        time = Decimal(str(entry["real_time"])) * units[entry["time_unit"]]
        assert entry["name"] not in result, "two results under one name"
        result[entry["name"]] = time
    return result


def feed(path: Path) -> Any:
    """A results file as docs/store.md makes it ready for them."""
    if not shutil.which("jq"):
        pytest.skip("jq is not installed: make deps installs it")
    text = (ROOT / "docs" / "store.md").read_text(encoding="utf-8")
    lines = text[text.index("    jq '") :].split("\n\n", maxsplit=1)[0]
    program = lines.partition("jq '")[2].partition("' RUN.json")[0]
    done = subprocess.run(
        ["jq", program, str(path)], check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("path", [REFERENCE, sorted(DEMO.glob("*.json"))[0]])
def test_services_read_results(path: Path) -> None:
    """Any file is of their format; one entry a cell is left of those with samples."""
    whole = json.loads(path.read_text(encoding="utf-8"))
    assert len(github_action_benchmark(whole)) == len(whole["benchmarks"])
    document = feed(path)
    found = github_action_benchmark(document)
    latencies = bencher(document)
    cells = {entry["name"] for entry in whole["benchmarks"]}
    assert {one["name"] for one in found} == set(latencies) == cells
    for one in found:
        assert one["unit"] == "ns/iter" and one["iterations"] > 0
        values = [
            entry["real_time"]
            for entry in whole["benchmarks"]
            if entry["name"] == one["name"] and entry["pass"] in ("timing", "sim")
        ]
        assert one["value"] == statistics.median_high(values)
        assert float(latencies[one["name"]]) == one["value"]


def test_failed_samples_are_not_fed(tmp_path: Path) -> None:
    name = invent.cell_name()
    samples = [invent.sample(name, 100 + n, n, n) for n in range(3)]
    document = invent.document([*samples, invent.failed(name, 3)])
    assert bencher(feed(write(tmp_path / "run.json", document))) == {name: Decimal(101)}


def test_runs_of_changed_trees_are_told_apart(tmp_path: Path) -> None:
    """They are no points of the commit that they name."""
    db = str(tmp_path / "h.db")
    for number in range(4):
        document = run_document(number, pair_ns=100 + number, cells=1)
        document["context"]["iommubench"]["dirty"] = number in (1, 2)
        write(tmp_path / f"{number}.json", document)
    good("store", "add", str(tmp_path), "--db", db)
    text = good("store", "export", "--format", "openmetrics", "--db", db)
    samples = families(text)["iommubench_real_time"].samples
    found = [(one.labels["dirty"], int(one.value)) for one in samples]
    assert found == [("0", 100), ("0", 103), ("1", 101), ("1", 102)]
    text = good("store", "export", "--format", "openmetrics", "--latest", "--db", db)
    (last,) = families(text)["iommubench_real_time"].samples
    assert (last.labels["dirty"], int(last.value)) == ("0", 103)


def test_figures_that_differ_in_punctuation(tmp_path: Path) -> None:
    """Are one metric's, and two series."""
    db = str(tmp_path / "h.db")
    document = run_document(cells=1)
    for sample in document["benchmarks"]:
        sample.update({"likwid:A": 1.0, "likwid-A": 2.0})
    good("store", "add", str(write(tmp_path / "r.json", document)), "--db", db)
    text = good("store", "export", "--format", "openmetrics", "--db", db)
    samples = families(text)["iommubench_likwid_A"].samples
    assert {one.labels["figure"]: one.value for one in samples} == {
        "likwid:A": 1.0,
        "likwid-A": 2.0,
    }
    assert len({tuple(sorted(one.labels.items())) for one in samples}) == 2


def test_under_both_names(db: str) -> None:
    """As an action of the store, and as a command."""
    words = ("export", "--format", "csv", "--db", db)
    assert good("store", *words) == good(*words)
    refused(report("store", "export", "--db", db), "--format")
