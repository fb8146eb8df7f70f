# SPDX-License-Identifier: GPL-2.0-or-later
"""run --budget: a plan that takes about as long as there is time."""

import os
import re
import subprocess

import pytest

from cli import ROOT, Bench, refused, suite

ONE_CELL = ("--allocators=sun4u", "--workloads=pair", "--cpus=1", "--flush=none")


def line_of(bench: Bench, *words: str) -> str:
    """What a dry run says of the budget."""
    done = bench("run", "--dry-run", *words)
    assert (done.returncode, done.stderr) == (0, "")
    found = re.search(r"^.*budget.*$", done.stdout, re.M)
    return found[0] if found else ""


def test_dry_run_says_what_comes_of_it(bench: Bench) -> None:
    assert line_of(bench, *ONE_CELL) == ""
    line = line_of(bench, *ONE_CELL, "--budget=2m")
    assert line.startswith("budget of 120 s: 10 repetitions of 0.2 s take about ")
    line = line_of(bench, "--budget=1s")
    assert line.startswith("over the budget of 1 s: 7 repetitions of 0.05 s take ")
    line = line_of(bench, *ONE_CELL, "--budget=90", "--seconds=3", "--repetitions=2")
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
    done, document = bench.run(*ONE_CELL, "--budget=1s", "--repetitions=9", "--locks")
    assert re.search(r"^over the budget of 1 s: 9 repetitions", done.stderr, re.M)
    assert len(document["benchmarks"]) == 9 + 4


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
