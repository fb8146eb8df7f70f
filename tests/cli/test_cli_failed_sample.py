# SPDX-License-Identifier: GPL-2.0-or-later
"""A sample that crashes or hangs is recorded as failed, and the run goes on."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

from cli import (
    PATIENCE,
    ROOT,
    Bench,
    Document,
    failed_samples,
    is_alive,
    read_results,
    sample_process,
    suite,
    wait_for,
)
from test_cli_gbench import compare

WORDS = (
    "--allocators=sun4u,ppc",
    "--workloads=pair",
    "--flush=none",
    "--seconds=0.2",
    "--repetitions=2",
)


def hit_first_sample(bench: Bench, number: int, cpus: int) -> "tuple[str, str]":
    """Runs it with a signal to the first sample; stdout and stderr."""
    runner = bench.start("run", *WORDS, f"--cpus={cpus}", "--out=f.json")
    sample = wait_for(lambda: sample_process(runner))
    os.kill(sample, number)
    stdout, stderr = runner.communicate(timeout=PATIENCE)
    assert runner.returncode == 1, stderr
    assert not is_alive(sample)
    return stdout, stderr


def check(bench: Bench, stdout: str, stderr: str, *words: str) -> Document:
    """One of the four samples failed, and everybody says so."""
    document = read_results(bench.folder / "f.json")
    failed = failed_samples(document)
    assert len(document["benchmarks"]) == 4 and len(failed) == 1
    assert failed[0]["order"] == 0 and failed[0]["iterations"] == 0
    assert suite(document)["complete"] is True
    for word in words:
        assert word in failed[0]["error_message"]
    note = [line for line in stderr.splitlines() if failed[0]["name"] in line][-1]
    assert note.startswith("iommubench: ") and failed[0]["error_message"] in note
    assert stderr.endswith("iommubench: 1 of 4 samples failed\n")
    assert "1 failed" in stdout
    # The cell's other sample stands in the table.
    assert len(re.findall(r"^  \S+/pools:\d+ +\d+ +\d+\.\d", stdout, re.M)) == 2
    return document


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (signal.SIGSEGV, ("signal 11", "Segmentation fault")),
        (signal.SIGKILL, ("signal 9", "Killed")),
        (signal.SIGABRT, ("signal 6", "Aborted")),
    ],
    ids=["SEGV", "KILL", "ABRT"],
)
def test_crash(bench: Bench, number: int, words: "tuple[str, ...]") -> None:
    check(bench, *hit_first_sample(bench, number, 1), *words)


@pytest.mark.usefixtures("two_cpus")
def test_readers_cope(bench: Bench) -> None:
    stdout, stderr = hit_first_sample(bench, signal.SIGSEGV, 2)
    document = check(bench, stdout, stderr)
    path = bench.folder / "f.json"
    plot = subprocess.run(
        [sys.executable, "-m", "report", "plot", str(path)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )
    assert plot.returncode == 0, plot.stderr
    assert list(bench.folder.glob("*.svg")) and list(bench.folder.glob("*.png"))
    assert failed_samples(document)[0]["name"] in compare(path, path)


@pytest.mark.slow
def test_hang(bench: Bench) -> None:
    began = time.monotonic()
    stdout, stderr = hit_first_sample(bench, signal.SIGSTOP, 1)
    check(bench, stdout, stderr, "hung", "killed")
    # 4 intervals and 20 s.
    assert time.monotonic() - began > 20


def test_all_samples_of_a_cell_fail(bench: Bench) -> None:
    # At full occupancy `pair` finds nothing to map.
    done, document = bench.run(
        *"--allocators=sun4u --workloads=pair,ring --cpus=1 --flush=none".split(),
        *"--occupancy=100 --seconds=0.01 --repetitions=2".split(),
        exit_code=1,
    )
    failed = failed_samples(document)
    assert {s["name"].split("/")[0] for s in failed} == {"pair"} and len(failed) == 2
    assert {s["error_message"][:12] for s in failed} == {"no pair was "}
    assert re.search(r"^  sun4u/pools:1 +1 +- ", done.stdout, re.M)
    assert re.search(r"^  sun4u/pools:1 +1 +\d", done.stdout, re.M)
