# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of harness/jobs/claims.sh with programs in the place of iommubench."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

import results_sample as invent
from cli import PATIENCE, ROOT


def claims(directory: Path, text: str) -> "subprocess.CompletedProcess[str]":
    """Run the script with this shell text as iommubench."""
    program = directory / "program"
    program.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    program.chmod(0o755)
    return subprocess.run(
        [
            "harness/jobs/claims.sh",
            str(program),
            str(directory / "out"),
            sys.executable,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )


def test_the_program_takes_every_option(program: Path, tmp_path: Path) -> None:
    """Each of its commands is a plan; nothing is taken, as 77 stands for."""
    done = claims(tmp_path, f'"{program}" "$@" --dry-run && exit 77')
    assert done.returncode == 77, done.stderr
    lines = done.stdout.splitlines()
    assert sum(": nothing could be measured here: " in line for line in lines) > 5
    assert len(set(lines)) == len(lines)


def planned(program: Path, directory: Path) -> List[List[str]]:
    """The names of the cells that each command would take."""
    done = claims(
        directory,
        f'"{program}" "$@" --benchmark_list_tests >"{directory}/$$.names" && exit 77',
    )
    assert done.returncode == 77, done.stderr
    return [path.read_text().split() for path in directory.glob("*.names")]


def test_no_cell_is_taken_twice(program: Path, tmp_path: Path) -> None:
    """The report refuses that, after ten minutes; and no list of cells is empty."""
    runs = planned(program, tmp_path)
    assert len(runs) > 8 and all(runs)
    names = [name for run in runs for name in run]
    assert len(set(names)) == len(names)


def test_local_pools_are_filled_in_small_steps(program: Path, tmp_path: Path) -> None:
    """Or it cannot be said between which utilizations stale-local flushes too often."""
    pattern = r"(sim/\S*stale-local/pools:16/cpus:(\d+)/.*occupancy:(\d+)/)"
    text = "\n".join(name for run in planned(program, tmp_path) for name in run)
    for cpus in (1, 2, 4, 16, 64):
        fills = {
            min(100.0, int(share) * 16 / min(16, cpus))
            for _, here, share in re.findall(pattern, text)
            if int(here) == cpus
        }
        steps = sorted(fill for fill in fills if fill >= 90)
        assert len(steps) >= 2
        assert max(b - a for a, b in zip(steps, steps[1:])) <= 5


def test_what_cannot_be_measured_is_left_out(tmp_path: Path) -> None:
    """A host on which no CPU can be pinned still simulates; a page comes of it."""
    made = invent.document(invent.samples(["ring"], ["sun4u/pools:1"], repetitions=6))
    (tmp_path / "results").write_text(json.dumps(made), encoding="utf-8")
    done = claims(
        tmp_path,
        'for file; do :; done; case "$file" in'
        f' *churn.json) cp "{tmp_path}/results" "$file"; exit 1;; esac;'
        ' echo "no CPU to pin to" >&2; exit 77',
    )
    assert done.returncode == 0, done.stderr
    assert "native-occupancy: nothing could be measured here: no CPU" in done.stdout
    assert (tmp_path / "out" / "claims.html").exists()


@pytest.mark.parametrize("status", [2, 126])
def test_other_failures_end_it(tmp_path: Path, status: int) -> None:
    """With what the program said, and no page."""
    done = claims(tmp_path, f"echo out of order; exit {status}")
    assert done.returncode == 2
    assert "out of order" in done.stderr
    assert not (tmp_path / "out" / "claims.html").exists()
