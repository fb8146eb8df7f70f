# SPDX-License-Identifier: GPL-2.0-or-later
"""`run`: the table, the file, and that they hold what was asked for."""

import itertools
import math
import os
import re
import socket
import subprocess
from collections import Counter
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, Tuple

import pytest

from cli import ROOT, TINY, Bench, Done, Document, read_results, refused, suite

# They share what is made once.
pytestmark = pytest.mark.xdist_group("run")

FIGURES = (
    "real_time cpu_time ops_per_second items_per_second ref_ticks fairness"
    " flushes_per_kop alloc_failures fallback_pool_share local_pool_utilization"
    " noisy migrations involuntary_switches descheduled_ns steal_ns"
).split()
REPETITIONS = 5


@pytest.fixture(scope="module", name="shown")
def _shown(
    program: Path, tmp_path_factory: pytest.TempPathFactory
) -> Tuple[Done, Document]:
    """The run that everything else here looks at."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("needs 2 CPUs")
    bench = Bench(program, tmp_path_factory.mktemp("shown"))
    words = "--allocators sun4u,pooled,stale-local --pools 16 --workloads ring"
    words += " --cpus 1,2 --flush spin:800 --seconds 0.02"
    return bench.run(*words.split(), "--repetitions", str(REPETITIONS))


def expected_cells() -> List[str]:
    """DESIGN's names of the cells of that run."""
    variants = ("sun4u/pools:1", "pooled/pools:16", "stale-local/pools:16")
    return [
        f"ring/{variant}/cpus:{cpus}/flush:spin:800/occupancy:5/lock:tas/think:0"
        for variant, cpus in itertools.product(variants, (1, 2))
    ]


def test_each_cell_has_each_repetition_once(shown: Tuple[Done, Document]) -> None:
    document = shown[1]
    got = Counter((s["name"], s["repetition_index"]) for s in document["benchmarks"])
    assert got == Counter(itertools.product(expected_cells(), range(REPETITIONS)))
    assert [s["order"] for s in document["benchmarks"]] == list(range(30))
    assert suite(document)["planned_samples"] == 30
    assert suite(document)["complete"] is True


def test_order_is_random_within_each_repetition(shown: Tuple[Done, Document]) -> None:
    samples = shown[1]["benchmarks"]
    blocks = [samples[i : i + 6] for i in range(0, 30, 6)]
    for repetition, block in enumerate(blocks):
        assert {s["repetition_index"] for s in block} == {repetition}
    assert len({tuple(s["name"] for s in block) for block in blocks}) > 1


def test_table_has_every_cell(shown: Tuple[Done, Document]) -> None:
    rows = re.findall(r"^  (\S+/pools:\d+) +(\d+) +(\S+)", shown[0].stdout, re.M)
    parts = [name.split("/") for name in expected_cells()]
    assert [(row[0], row[1]) for row in rows] == [
        (f"{part[1]}/{part[2]}", part[3].partition(":")[2]) for part in parts
    ]
    assert all(float(row[2]) > 0 for row in rows)
    assert (
        "ring   flush spin:800   utilization 5 %   lock tas   think 0 ns\n"
        in shown[0].stdout
    )
    assert max(map(len, shown[0].stdout.splitlines())) <= 100
    assert "30 samples" in shown[0].stdout


def test_table_shows_the_medians_of_the_file(shown: Tuple[Done, Document]) -> None:
    pattern = r"^  (\S+)/(\S+) +(\d+) +(\S+) +(\S+) +(\S+) +\[(\S+) \.\. (\S+)\]"
    rows = re.findall(pattern, shown[0].stdout, re.M)
    assert len(rows) == 6
    rates: Dict[Tuple[str, str, str], float] = {}
    for allocator, pools, cpus, *figures in rows:
        samples = [
            s
            for s in shown[1]["benchmarks"]
            if f"/{allocator}/{pools}/cpus:{cpus}/" in s["name"]
        ]
        times = sorted(s["real_time"] for s in samples)
        median_rate = sorted(s["ops_per_second"] for s in samples)[REPETITIONS // 2]
        rates[allocator, pools, cpus] = median_rate
        rate, scaling, time, low, high = map(float, figures)
        assert rate == pytest.approx(median_rate / 1e6, rel=1e-2)
        one = rates[allocator, pools, "1"]
        assert scaling == pytest.approx(median_rate / one, abs=0.0051)
        assert [time, low, high] == pytest.approx(
            [times[REPETITIONS // 2], times[0], times[-1]], rel=1e-3
        )


def test_every_figure_is_there_and_finite(shown: Tuple[Done, Document]) -> None:
    for sample in shown[1]["benchmarks"]:
        for figure in FIGURES:
            assert math.isfinite(sample[figure]) and sample[figure] >= 0, figure
        assert sample["ops_per_second"] > 0 and sample["ref_ticks"] > 0
        assert sample["run_name"] == sample["name"]
        assert (sample["pass"], sample["time_unit"]) == ("timing", "ns")


def cpus_of(sample: Dict[str, Any]) -> int:
    """The CPUs in a cell's name."""
    return int(sample["name"].partition("/cpus:")[2].partition("/")[0])


def test_figures_fit_each_other(shown: Tuple[Done, Document]) -> None:
    ticks_per_ns = suite(shown[1])["clock"]["ticks_per_ns"]
    for sample in shown[1]["benchmarks"]:
        cpus = cpus_of(sample)
        rate = sample["ops_per_second"]
        assert sample["items_per_second"] == rate
        assert sample["real_time"] == pytest.approx(cpus * 1e9 / rate, rel=1e-6)
        seconds = sum(t["seconds"] for t in sample["per_thread"])
        assert sample["ref_ticks"] == pytest.approx(
            seconds * 1e9 * ticks_per_ns / sample["iterations"], rel=0.01
        )
        assert sample["seed"] == 1 + sample["repetition_index"]


def test_threads_add_up(shown: Tuple[Done, Document]) -> None:
    order = suite(shown[1])["host"]["cpu_order"]
    for sample in shown[1]["benchmarks"]:
        threads = sample["per_thread"]
        assert sample["threads"] == cpus_of(sample) == len(threads)
        assert [t["cpu"] for t in threads] == list(range(len(threads)))
        assert [t["os_cpu"] for t in threads] == order[: len(threads)]
        assert sum(t["ops"] for t in threads) == sample["iterations"]
        pairs = [t["ops"] for t in threads]
        rates = [t["ops"] / t["seconds"] for t in threads]
        assert sample["ops_per_second"] == pytest.approx(sum(rates), rel=1e-6)
        # Not all of them: a test-and-set lock may starve a CPU on a busy host.
        assert max(pairs) > 0
        assert sample["fairness"] == pytest.approx(min(rates) / max(rates), rel=1e-6)
        # Other load can change an interval, which must then be flagged.
        as_asked = all(t["seconds"] == pytest.approx(0.02, rel=0.5) for t in threads)
        assert as_asked or sample["noisy"] == 1


def test_context_says_what_was_run_where(shown: Tuple[Done, Document]) -> None:
    context = shown[1]["context"]
    ours = suite(shown[1])
    assert context["host_name"] == ours["host"]["name"] == socket.gethostname()
    assert ours["host"]["arch"] == os.uname().machine
    assert os.uname().release in ours["host"]["kernel"]
    assert sorted(ours["host"]["cpu_order"]) == sorted(os.sched_getaffinity(0))
    age = datetime.now(timezone.utc) - datetime.fromisoformat(context["date"])
    # Less than zones of time differ by.
    assert -1 <= age.total_seconds() < 1800
    assert (ours["seconds"], ours["repetitions"], ours["entries"]) == (0.02, 5, 8192)
    assert "--flush spin:800" in ours["command_line"]


def test_all_defaults_but_time(bench: Bench) -> None:
    """Which variants stand above and below the rule, test_cli_platform.py looks at."""
    _, document = bench.run("--seconds=0.01", "--repetitions=1", "--cpus=1")
    sun4u = "/flush:mmio:16,150,600/occupancy:5/lock:tas/think:0"
    sun4v = "/flush:none/occupancy:5/lock:tas/think:0"
    names = {s["name"] for s in document["benchmarks"]}
    for workload in ("ring", "churn"):
        for variant in ("sun4u/pools:1", "pooled/pools:16", "stale-hop/pools:16"):
            assert f"{workload}/{variant}/cpus:1{sun4u}" in names
            big = variant.replace("/", "/entries:262144/")
            assert f"{workload}/{big}/cpus:1{sun4v}" in names
    assert {s.split("/")[0] for s in names} == {"ring", "churn"}
    assert all(
        ("/entries:262144/" in name) == name.endswith(sun4v)
        for name in names
        if "/flush:hcall:" not in name
    )


def test_lists_multiply(bench: Bench) -> None:
    words = (
        "--lock tas,queued --occupancy 5,20 --think 0,100 --flush none --flush spin:0"
    )
    _, document = bench.run(
        *"--allocators stale-1 --workloads pair --cpus 1 --seconds 0.01".split(),
        *words.split(),
        "--repetitions=1",
    )
    names = {s["name"] for s in document["benchmarks"]}
    assert names == {
        f"pair/stale-local/pools:1/cpus:1/flush:{f}/occupancy:{o}/lock:{k}/think:{t}"
        for f, o, k, t in itertools.product(
            ("none", "spin:0"), (5, 20), ("tas", "queued"), (0, 100)
        )
    }


def test_names_of_before_are_taken_with_a_word(bench: Bench) -> None:
    words = "--workloads ring --cpus 1 --flush none --dry-run".split()
    old = bench("run", *words, "--allocators=advance,advance/pools:1", "--lock=mcs,mcs")
    new = bench("run", *words, "--allocators=gart", "--lock=queued")
    assert old.returncode == new.returncode == 0
    assert old.stdout == new.stdout
    assert "ring/gart/pools:1/cpus:1/flush:none/occupancy:5/lock:queued" in new.stdout
    said = sorted(
        line.split(":")[1].split(" is ")[0] for line in old.stderr.splitlines()
    )
    assert said == [" the allocator 'advance'", " the lock 'mcs'"]
    assert new.stderr == ""


def test_what_is_given_twice_is_measured_once(bench: Bench) -> None:
    _, document = bench.run(
        *"--allocators sun4u,sun4u --workloads pair,pair --cpus 1,1".split(),
        *"--flush spin:700 --flush spin:700 --lock tas,tas --think 0,0".split(),
        *"--seconds 0.01 --repetitions 1".split(),
    )
    assert len(document["benchmarks"]) == 1
    assert len(suite(document)["flush_models"]) == 1
    assert len(suite(document)["think_times"]) == 1


def test_think_time_takes_its_time(bench: Bench) -> None:
    _, document = bench.run(*TINY, "--think=2000")
    for sample in document["benchmarks"]:
        # Once a pair.
        assert sample["real_time"] > 1800


def test_old_results_are_kept(bench: Bench) -> None:
    path = bench.folder / "run.json"
    bench.run(*TINY, "--seed=7")
    first = path.read_bytes()
    bench.run(*TINY, "--seed=8")
    assert (bench.folder / "run.json~").read_bytes() == first
    assert suite(read_results(path))["seed"] == 8
    assert {p.name for p in bench.folder.iterdir()} == {"run.json", "run.json~"}


def test_default_place_is_named(bench: Bench) -> None:
    done = bench("run", *TINY)
    assert done.returncode == 0
    place = done.stdout.splitlines()[-1].removeprefix("results: ")
    assert re.fullmatch(r"results/[\w-]+/\d{8}T\d{6}Z\.json", place)
    assert len(read_results(bench.folder / place)["benchmarks"]) == 2


@pytest.mark.parametrize("seed", ["0", "1", "9223372036854775807"])
def test_any_seed(bench: Bench, seed: str) -> None:
    _, document = bench.run(*TINY, f"--seed={seed}")
    assert [s["seed"] for s in document["benchmarks"]] == [
        (int(seed) + r) % 2**63 for r in range(2)
    ]


@pytest.mark.parametrize("entries", ["2", "64", "1024", "1000001"])
def test_small_and_large_maps_in_every_workload(bench: Bench, entries: str) -> None:
    # 64 entries and few: what `sg` leaves live once grew until it overran its queue.
    _, document = bench.run(
        *"--workloads ring,pair,churn,sg,full --cpus 1 --flush none".split(),
        *"--allocators sun4u,pooled-1 --seconds 0.02 --repetitions 1".split(),
        f"--entries={entries}",
    )
    assert all(s["iterations"] > 0 for s in document["benchmarks"])


def test_sg_keeps_to_its_occupancy(bench: Bench) -> None:
    _, document = bench.run(
        *"--workloads sg --allocators sun4u --cpus 1 --flush spin:0".split(),
        *"--entries 1024 --occupancy 5 --seconds 0.1 --repetitions 3".split(),
    )
    for sample in document["benchmarks"]:
        assert sample["alloc_failures"] == 0


@pytest.mark.parametrize(
    "flag",
    [
        "TIME_UNIT=ms",
        "REPETITIONS=3",
        "FILTER=nothing",
        "FORMAT=csv",
        "OUT=stray.json",
        "LIST_TESTS=true",
    ],
)
def test_google_benchmarks_environment_changes_nothing(bench: Bench, flag: str) -> None:
    name, _, value = flag.partition("=")
    done = bench("run", *TINY, "--out=x.json", env={f"BENCHMARK_{name}": value})
    assert done.returncode == 0, done.stderr
    samples = read_results(bench.folder / "x.json")["benchmarks"]
    assert len(samples) == 2 and {s["time_unit"] for s in samples} == {"ns"}
    assert samples[0]["real_time"] > 1
    assert [p.name for p in bench.folder.iterdir()] == ["x.json"]


# ---- a budget of time

ONE_CELL = ("--allocators=sun4u", "--workloads=pair", "--cpus=1", "--flush=none")


def budget_line(bench: Bench, *words: str) -> str:
    """What a dry run says of the budget."""
    done = bench("run", "--dry-run", *words)
    assert (done.returncode, done.stderr) == (0, "")
    found = re.search(r"^.*budget.*$", done.stdout, re.M)
    return found[0] if found else ""


def test_dry_run_says_what_comes_of_it(bench: Bench) -> None:
    assert budget_line(bench, *ONE_CELL) == ""
    line = budget_line(bench, *ONE_CELL, "--budget=2m")
    assert line.startswith("budget of 120 s: 10 repetitions of 0.2 s take about ")
    line = budget_line(bench, "--budget=1s")
    assert line.startswith("over the budget of 1 s: 7 repetitions of 0.05 s take ")
    line = budget_line(
        bench, *ONE_CELL, "--budget=90", "--seconds=3", "--repetitions=2"
    )
    assert line.startswith("budget of 90 s: 2 repetitions of 3 s take about ")


def test_results_say_so(bench: Bench) -> None:
    done, document = bench.run(*ONE_CELL, "--budget=1s")
    facts = suite(document)
    assert "over the budget" not in done.stderr
    assert facts["budget_s"] == 1
    assert facts["planned_samples"] == len(document["benchmarks"]) == 10
    assert 0.05 <= facts["seconds"] < 0.1
    assert "--budget=1s" in facts["arguments"]


def test_too_small_a_budget_is_told_and_goes_on(bench: Bench) -> None:
    done, document = bench.run(*ONE_CELL, "--budget=1s", "--repetitions=12", "--locks")
    assert re.search(r"^over the budget of 1 s: 12 repetitions", done.stderr, re.M)
    # Of the locks as few as may be.
    assert len(document["benchmarks"]) == 12 + 2 + 2


def test_none_is_as_before(bench: Bench) -> None:
    words = (*ONE_CELL, "--seconds=0.01", "--repetitions=1")
    _, document = bench.run(*words)
    assert "budget_s" not in suite(document)


@pytest.mark.parametrize("budget", ["", "0", "0.5s", "2x", "1w", "-1", "nan", "169h"])
def test_wrong_budgets(bench: Bench, budget: str) -> None:
    refused(bench("run", "--dry-run", f"--budget={budget}"), "--budget")
    refused(bench("sim", "--budget=1m"), "--budget")


def test_bench_asks_for_two_minutes(bench: Bench) -> None:
    script = ROOT / "harness" / "jobs" / "bench.sh"
    for more, says in (("", "budget of 120 s:"), ("--budget=1h", "of 3600 s:")):
        words = ["--dry-run", *ONE_CELL, *more.split()]
        done = subprocess.run(
            [script, bench.program, "out.json", "--", *words],
            cwd=bench.folder,
            env={**os.environ, "PYTHON": "false"},
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, "")
        assert says in done.stdout
