# SPDX-License-Identifier: GPL-2.0-or-later
"""Figures of locks: what each pass tells, and that drawn ones tell what all do."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

from cli import ROOT, Bench, read_results

# Times of a whole interval: not beside other tests that want all CPUs.
pytestmark = pytest.mark.xdist_group("run")

TIMES = re.compile(r"^(acquire|hold|wait|hold_flush)_ns_|^waiting_share$|_bounces$")


def by_pass(samples: List[Dict[str, Any]], cpus: int) -> Dict[str, Dict[str, Any]]:
    """A sample of each pass of the cell with so many CPUs."""
    return {s["pass"]: s for s in samples if s["threads"] == cpus}


def lock_sampling(folder: Path, *names: str) -> "subprocess.CompletedProcess[str]":
    """What the report says of two files."""
    return subprocess.run(
        [sys.executable, "-B", "-m", "report", "lock-sampling"]
        + [str(folder / name) for name in names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_each_pass_has_its_figures(bench: Bench) -> None:
    cpus = min(2, len(os.sched_getaffinity(0)))
    done, document = bench.run(
        "--allocators=sun4u",
        "--workloads=ring",
        f"--cpus={cpus}",
        "--seconds=0.05",
        "--repetitions=1",
        "--lock-stat",
    )
    assert done.returncode == 0, done.stderr
    samples = by_pass(document["benchmarks"], cpus)
    assert sorted(samples) == ["contention", "locks", "timing"]
    timing, counted, timed = (samples[n] for n in ("timing", "contention", "locks"))
    assert not [n for n in timing if TIMES.search(n) or n in ("locks", "acquisitions")]
    assert not [n for n in counted if TIMES.search(n)] and "histograms" not in counted
    # Two of each op, and where the lock was taken for nothing.
    assert 2 * counted["iterations"] <= counted["acquisitions"]
    assert counted["contentions"] <= counted["acquisitions"]
    assert "contentions" not in timed and timed["acquire_ns_p50"] > 0
    held = timed["histograms"]["hold"]["count"]
    assert timed["histograms"]["acquire"]["count"] > 0
    assert timed["lock_sample"] == pytest.approx(timed["acquisitions"] / held)
    assert timed["lock_sample"] > 10
    assert 0 <= timed["waiting_share"] <= 1
    (lock,) = timed["locks"]
    assert lock["acquisitions"] == timed["acquisitions"]
    assert lock["acq_bounces"] == timed["acq_bounces"]
    assert "time of an op against samples without lock statistics" in done.stdout
    row = re.search(r"^  sun4u/pools:1 .*", done.stdout, re.M)
    assert row
    # It says so where it keeps them back.
    assert ("no figures of locks" in done.stdout) == ("  -  " in row[0])


def test_drawn_locks_tell_what_all_do(bench: Bench) -> None:
    """As `run --locks` takes them, and pays for them; the report holds them to all."""
    words = "--allocators=sun4u --workloads=ring --cpus=1,4 --flush=none".split()
    words += ["--entries=1024", "--rounds=256", "--repetitions=3"]
    for name, more in (("exact.json", ()), ("drawn.json", ("--draw-locks",))):
        out = f"--out={bench.folder / name}"
        done = bench("sim", *words, *more, out)
        assert done.returncode == 0, done.stderr
    exact, drawn = (
        read_results(bench.folder / name)["benchmarks"]
        for name in ("exact.json", "drawn.json")
    )
    for one, other in zip(exact, drawn):
        assert one["name"] == other["name"] and one["lock_sample"] == 1
        timed = other["histograms"]["hold"]["count"]
        assert other["lock_sample"] == pytest.approx(other["acquisitions"] / timed)
        assert 30 < other["lock_sample"] < 3000
        # The clock is read under the lock, so it costs, but little.
        assert other["real_time"] != one["real_time"]
        assert 0.95 < other["real_time"] / one["real_time"] < 1.05
    for names, status in (
        (("exact.json", "drawn.json"), 0),
        (("exact.json", "exact.json"), 2),
        (("drawn.json", "drawn.json"), 2),
    ):
        told = lock_sampling(bench.folder, *names)
        assert told.returncode == status, told.stdout + told.stderr
        assert len(told.stderr.splitlines()) == (1 if status else 0)
        assert not status or "--draw-locks" in told.stderr
    # Files that cannot be held against each other, in one line.
    done = bench("sim", *words, "--cpus=2", f"--out={bench.folder / 'other.json'}")
    assert done.returncode == 0, done.stderr
    (bench.folder / "torn.json").write_text('{"context": {', encoding="utf-8")
    for name, said in (
        ("other", "cells are not"),
        ("torn", "torn.json"),
        ("no", "no."),
    ):
        told = lock_sampling(bench.folder, f"{name}.json", "drawn.json")
        assert told.returncode == 2 and said in told.stderr
        assert len(told.stderr.splitlines()) == 1
    # Holds that are told twice as long are found out.
    path = bench.folder / "drawn.json"
    text = path.read_text(encoding="utf-8")
    text = re.sub(
        r'"hold_ns_mean": *([0-9.e+]+)',
        lambda found: f'"hold_ns_mean": {2 * float(found[1])}',
        text,
    )
    path.write_text(text, encoding="utf-8")
    told = lock_sampling(bench.folder, "exact.json", "drawn.json")
    assert told.returncode == 1
    assert "7 of 9 figures within 10 %" in told.stdout
    assert "too far: ring sun4u/pools:1, 4 CPUs: hold ns: " in told.stdout
