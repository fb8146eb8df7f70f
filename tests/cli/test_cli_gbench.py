# SPDX-License-Identifier: GPL-2.0-or-later
"""Google Benchmark's flags, and its tools on our files."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli import (
    PATIENCE,
    ROOT,
    TINY,
    Bench,
    check_schema,
    parse_strictly,
    read_results,
    refused,
    snapshot,
)

COMPARE = Path("/usr/share/benchmark/compare.py")
WIDE = ("--allocators=sun4u,ppc", "--workloads=pair,ring", "--cpus=1", "--flush=none")
NAMES = [
    f"{workload}/{variant}/cpus:1/flush:none/occupancy:5/lock:tas/think:0"
    for workload in ("pair", "ring")
    for variant in ("sun4u/pools:1", "ppc/pools:4")
]


def compare(*files: Path) -> str:
    """What compare.py prints of these files."""
    if not COMPARE.exists():
        pytest.skip(f"{COMPARE} is not there: package libbenchmark-tools")
    pytest.importorskip("scipy", reason="compare.py needs python3-scipy")
    done = subprocess.run(
        [sys.executable, str(COMPARE), "--no-color", "benchmarks", *map(str, files)],
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    return done.stdout


def test_compare_reads_two_runs(bench: Bench) -> None:
    words = ("run", *WIDE, "--seconds=0.01", "--repetitions=2")
    for name in ("a.json", "b.json"):
        assert bench(*words, "--out", name).returncode == 0
    text = compare(bench.folder / "a.json", bench.folder / "b.json")
    for name in NAMES:
        assert text.count(f"{name} ") == 2, name
        assert f"{name}_pvalue" in text


def test_compare_reads_a_file_with_a_failed_sample(bench: Bench) -> None:
    bench.run(*WIDE, "--seconds=0.01", "--repetitions=2")
    good = bench.folder / "run.json"
    document = json.loads(good.read_text(encoding="utf-8"))
    sample = document["benchmarks"][0]
    kept = list(
        json.loads((ROOT / "results/schema.json").read_text(encoding="utf-8"))[
            "definitions"
        ]["sample"]["then"]["propertyNames"]["enum"]
    )
    failed = {key: value for key, value in sample.items() if key in kept}
    failed.update(iterations=0, real_time=0.0, cpu_time=0.0)
    failed.update(error_occurred=True, error_message="made up")
    document["benchmarks"][0] = failed
    check_schema(document)
    bad = bench.folder / "bad.json"
    bad.write_text(json.dumps(document), encoding="utf-8")
    for files in ((good, bad), (bad, good), (bad, bad)):
        text = compare(*files)
        for name in NAMES:
            assert name in text


def test_list_tests(bench: Bench) -> None:
    for flag in ("--benchmark_list_tests", "--benchmark_list_tests=true"):
        done = bench("run", *WIDE, flag)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.splitlines() == NAMES
    assert not snapshot(bench.folder)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("^ring/", NAMES[2:]),
        ("-^ring/", NAMES[:2]),
        ("sun4u", NAMES[::2]),
        ("pools:(1|2)/", NAMES[::2]),
    ],
)
def test_filter(bench: Bench, pattern: str, expected: "list[str]") -> None:
    flag = f"--benchmark_filter={pattern}"
    done = bench("run", *WIDE, flag, "--benchmark_list_tests")
    assert done.stdout.splitlines() == expected


def test_filter_chooses_what_is_measured(bench: Bench) -> None:
    words = ("--seconds=0.01", "--repetitions=1")
    _, document = bench.run(*WIDE, *words, "--benchmark_filter=-^pair/")
    assert sorted(s["name"] for s in document["benchmarks"]) == sorted(NAMES[2:])


def test_repetitions_min_time_and_out(bench: Bench) -> None:
    done = bench(
        "run",
        *TINY[:4],
        "--benchmark_repetitions=3",
        "--benchmark_min_time=0.015s",
        "--benchmark_out=gb.json",
        "--benchmark_out_format=json",
    )
    assert done.returncode == 0, done.stderr
    document = read_results(bench.folder / "gb.json")
    assert len(document["benchmarks"]) == 3
    ours = document["context"]["iommubench"]
    assert (ours["seconds"], ours["repetitions"]) == (0.015, 3)
    seconds = [s["per_thread"][0]["seconds"] for s in document["benchmarks"]]
    assert all(0.014 < s < 0.2 for s in seconds), seconds


def test_format_json_prints_the_file(bench: Bench) -> None:
    done = bench("run", *TINY, "--benchmark_format=json", "--out=x.json")
    assert done.returncode == 0
    printed = parse_strictly(done.stdout)
    check_schema(printed)
    assert printed == read_results(bench.folder / "x.json")


@pytest.mark.parametrize(
    "flag",
    [
        "--benchmark_perf_counters=cycles",
        "--benchmark_report_aggregates_only=true",
        "--benchmark_enable_random_interleaving",
        "--benchmark_context=a=b",
        "--benchmark_time_unit=us",
        "--benchmark_min_warmup_time=1",
        "--benchmark_",
    ],
)
def test_other_flags_are_refused_by_name(bench: Bench, flag: str) -> None:
    refused(bench("run", *TINY, flag), flag, "Google Benchmark")


@pytest.mark.parametrize(
    ("flag", "word"),
    [
        ("--benchmark_format=csv", "csv"),
        ("--benchmark_out_format=csv", "csv"),
        ("--benchmark_filter=(", "regular expression"),
        ("--benchmark_filter=[", "regular expression"),
        ("--benchmark_list_tests=perhaps", "perhaps"),
        ("--benchmark_repetitions=0", "0"),
        ("--benchmark_min_time=10x", "10x"),
        ("--benchmark_min_time=", "--benchmark_min_time"),
        ("--benchmark_min_time=s", "--benchmark_min_time"),
        ("--benchmark_out=", "--benchmark_out"),
    ],
)
def test_bad_values_of_flags(bench: Bench, flag: str, word: str) -> None:
    refused(bench("run", *TINY, flag), word)
    assert not snapshot(bench.folder)
