# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of harness/jobs/claims.sh with programs in the place of iommubench."""

import json
import subprocess
import sys
from pathlib import Path

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
